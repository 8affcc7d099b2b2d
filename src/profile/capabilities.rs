//! What an API can do with batches, as far as a decision depends on it.

use std::time::Duration;

/// What an API can do. What an account's settings may choose is not here.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent abilities, each asked for by name"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// At most this many people in a batch, whatever the settings say.
    pub most_recipients: u32,
    /// At most this many windows in a batch; `None` is no limit.
    pub max_windows: Option<u32>,
    /// Longest window; `None` is no limit.
    pub max_window_span: Option<Duration>,
    /// Batches opening later than this wait, one-offs too, because the list forgets them; `None`: one-offs never wait.
    pub max_horizon: Option<Duration>,
    /// How far back the list reaches, counted from a batch's creation; `None`: nothing is known to be forgotten.
    pub list_memory: Option<Duration>,
    /// Content can be put in place while windows are unchanged.
    pub replaces_in_place: bool,
    /// People can be taken out in place.
    pub removes_in_place: bool,
    /// Visible settings of a planned batch can be put right, else drift is a warning.
    pub repairs_drift: bool,
    /// Tags are stored.
    pub keeps_tags: bool,
    /// A read may show nothing of a batch's messages: then nobody can prove its silence after a cancel.
    pub silence_may_be_unprovable: bool,
    /// There is a dry run.
    pub has_dry_run: bool,
    /// A list shows the people of its batches, so that a look at it costs as much as they do.
    pub lists_people: bool,
}
