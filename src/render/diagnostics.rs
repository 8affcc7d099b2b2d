//! The diagnostics of this module, C201 to C299, with the pages that `campanile explain` prints.

use crate::model::Code;

/// All of them.
pub const ALL: &[Code] = &[
    SYNTAX,
    UNKNOWN_NAME,
    UNKNOWN_FILTER,
    BARE_CELL,
    KINDS_DIFFER,
    NAME_TWICE,
    MAYBE_UNSET,
    DEFAULT_ON_COLUMN,
    BLANK_LINES,
    BLANK_MESSAGE,
    ROW_FAULT,
    TOO_LONG,
    OUTSIDE_GSM,
    PLACEHOLDER_MARK,
    WHERE_SELECTS,
    OTHER_PROGRAMS_TAG,
    WEEK_AND_YEAR,
    DESTROYED,
];

/// The template cannot be read.
pub const SYNTAX: Code = Code {
    id: "C201",
    title: "the template cannot be read",
    page: "\
Bodies and `where` are Tera 2 templates: `{{ name }}` prints, `{% if %}`
decides, `{# #}` comments. The place is where reading stopped; the cause may
be before it: a missing `}}`, `%}`, `endif` or quote.

`{% include \"snippets/footer.txt\" %}` puts in a file of the project, named from
its root, when the campaign is read. `extends` and components are not available.
To write `{{` itself, put it between `{% raw %}` and `{% endraw %}`.
",
};

/// A name that nothing gives.
pub const UNKNOWN_NAME: Code = Code {
    id: "C202",
    title: "unknown name in a template",
    page: "\
A template may use the columns of its CSV, the `vars` of campaign and source,
`recipient.country`, `recipient.bucket` (0 to 99, stable for a person), and in
campaigns with `cron` `occurrence.date`, `.time`, `.week`, `.week_year` (the
year that the week belongs to), `.weekday` (1 is Monday), `.month`, `.year`.

Anything else is an error, inside conditions too: Tera itself takes an unknown
name in `if` for false, so that a mistyped column would text everybody.

Every column has a name: its head, where that is a plain word, and always its
head in small letters without accents, with `_` between words. `First Name` is
`{{ first_name }}`, `Förnamn` is `{{ fornamn }}`. A head in another script gets
a name with `columns: { name: \"Имя\" }`.
",
};

/// A filter, test or function that does not exist.
pub const UNKNOWN_FILTER: Code = Code {
    id: "C203",
    title: "unknown filter, test or function",
    page: "\
Filters come after `|`, tests after `is`. Besides those of Tera 2 there are

  urlencode                              for links: `å b` becomes `%C3%A5%20b`
  date(format=\"%d/%m\")                   of `2026-12-01` or `2026-12-01T10:00`
  number(decimals=2, point=\",\", thousands=\" \")

There is no clock, no randomness, no environment and no file in a template: the
same row gives the same text whenever it is rendered.
",
};

/// A cell whose text counts as true.
pub const BARE_CELL: Code = Code {
    id: "C204",
    title: "a cell alone as a condition",
    page: "\
Cells are text, and every text but the empty one counts as true: `no`, `0` and
`false` too. `{% if consent %}` would text those who said no.

Compare it: `{% if consent == 'yes' %}`, or `{% if nickname != '' %}` for a cell
that is not empty.
",
};

/// Text compared or computed with a number.
pub const KINDS_DIFFER: Code = Code {
    id: "C205",
    title: "text and numbers do not mix",
    page: "\
Columns are always text, so `age == 30` is never true and `age + 1` fails.
Compare with text, `age == '30'`, or make a number of it first: `{% if age | int
>= 30 %}`. A cell that is no number then fails its row.
",
};

/// One name, two meanings.
pub const NAME_TWICE: Code = Code {
    id: "C206",
    title: "a name that means two things",
    page: "\
A column and a variable, or a column and one of the reserved names `recipient`,
`occurrence` and `loop`, cannot share a name: nobody could tell which is meant.
Rename the variable, or give the column another name for templates with
`columns: { other_name: \"head\" }`.
",
};

/// Set in some branches only.
pub const MAYBE_UNSET: Code = Code {
    id: "C207",
    title: "a name that is not always set",
    page: "\
A `set` inside `if` or `for` happens only when that branch runs. Where the ways
meet again the name may not exist, and Tera would take it for false. Set it
before, or in every branch with `else`.
",
};

/// `default` and `is defined` do not ask for an empty cell.
pub const DEFAULT_ON_COLUMN: Code = Code {
    id: "C208",
    title: "this does not cover an empty cell",
    page: "\
A column exists in every row; when there is nothing in it, it is the empty text.
`{{ name | default(value='friend') }}` therefore never says `friend`, and `name
is defined` is always true.

Write `{{ name or 'friend' }}`, `{% if name != '' %}`, or `{{ name |
default(value='friend', boolean=true) }}`.
",
};

/// Lines that only hold tags.
pub const BLANK_LINES: Code = Code {
    id: "C209",
    title: "blank lines left by tags",
    page: "\
A line with nothing but `{% if %}`, `{% endif %}` and the like leaves its line
break in the message. A `-` inside the tag takes it away: `{%- if vip == 'yes'
%}` removes the break before, `{% if vip == 'yes' -%}` the one after.
",
};

/// Nothing to send.
pub const BLANK_MESSAGE: Code = Code {
    id: "C210",
    title: "a message is empty or blank",
    page: "\
For these rows the template gives nothing but whitespace, which no provider
takes. Often a branch without `else`, or a body that is one empty column. Leave
such rows out with `where`, or give the branch a text.
",
};

/// A row that the template fails on.
pub const ROW_FAULT: Code = Code {
    id: "C211",
    title: "the template fails on a row",
    page: "\
For these rows a part of the template cannot be computed: a filter does not take
what is in the cell (`int` of `abc`, `date` of `soon`), or loops turn more than
5,000 times. The rows are counted and listed by number; the cells are not shown,
since they may be personal. Use `campanile preview CAMPAIGN --row LINE` to look
at one.
",
};

/// Longer than a provider takes.
pub const TOO_LONG: Code = Code {
    id: "C212",
    title: "a message is longer than the provider takes",
    page: "\
iP.1 takes 2,000 characters, before and after its placeholders are filled; Sinch
is held to 1,600, the strictest of its documented limits. Characters outside the
basic plane, like most emoji, count as two.
",
};

/// Characters that `datacoding: gsm` does not carry.
pub const OUTSIDE_GSM: Code = Code {
    id: "C213",
    title: "a character outside GSM-7",
    page: "\
With `datacoding: gsm` a message may only hold the 128 characters of GSM-7 and
the extension `^ { } \\ [ ~ ] | €`. Others make the provider reject it. Replace
the character, set `transliterate: punctuation` or `latin`, or use `datacoding:
auto`, which lets such messages travel as UCS-2: 70 characters a segment instead
of 160.
",
};

/// Text that looks like a provider's placeholder.
pub const PLACEHOLDER_MARK: Code = Code {
    id: "C214",
    title: "text that looks like the provider's placeholder",
    page: "\
Personalized batches travel with the provider's own placeholders, `{key}` at
iP.1 and `${key}` at Sinch. Neither vendor documents how to write such a mark
literally, so personalized text with `{` or `}` (iP.1) or `${` (Sinch) is
refused rather than sent and changed on the way. A batch in which everybody gets
the same text has no such limit.
",
};

/// A `where` that selects nobody or everybody.
pub const WHERE_SELECTS: Code = Code {
    id: "C215",
    title: "`where` selects no row or every row",
    page: "\
A condition that no row or every row meets is often a misspelled value: `consent
== 'Yes'` when the file says `yes`. Comparisons are exact, upper and lower case
included.
",
};

/// A placeholder in another program's spelling.
pub const OTHER_PROGRAMS_TAG: Code = Code {
    id: "C216",
    title: "this looks like a field of another program",
    page: "\
Other programs write `{first_name}`, `[First Name]`, `%NAME%`, `*|FNAME|*`,
`<<name>>` or `${name}` where a value goes. Here all of these are text, and are
sent as they are. A value is written `{{ first_name }}`.

Where the text is meant as it is, put it between `{% raw %}` and `{% endraw %}`.
",
};

/// A week with a year that is not its own.
pub const WEEK_AND_YEAR: Code = Code {
    id: "C217",
    title: "a week beside a year that is not its own",
    page: "\
Weeks are counted by ISO 8601: a week belongs to the year of its Thursday. The
first days of January may lie in week 52 or 53 of the year before, the last ones
of December in week 1 of the next. `{{ occurrence.week }} {{ occurrence.year }}`
would then name a week that does not exist.

`occurrence.week_year` is the year of the week. With the filter `date` it is
`%G`, to be used with `%V`; `%Y` is the year of the day.
",
};

/// Characters that a conversion has destroyed.
pub const DESTROYED: Code = Code {
    id: "C218",
    title: "the text was destroyed by a conversion",
    page: "\
The template has U+FFFD, which programs write where they could not read a
character, or UTF-8 that was once read as Windows-1252 (`HÃ¥kan`). It would be
sent as it is, in UCS-2, and cost more.

Write the character itself, and save the file as UTF-8.
",
};
