//! One view model to text, Markdown, HTML, JSON and iCalendar.
