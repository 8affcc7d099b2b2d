//! SMS campaigns as code.
//!
//! Campaign files in git become batches at an SMS provider: planned, reviewed, applied, and never twice.
//!
//! ```text
//!  campaigns/*.yaml    recipients/*.csv              the provider (iP.1, Sinch, or the emulator)
//!        |                   |                            |  complete lists, read only
//!        v                   v                            v
//!    campaign ----------> audience <- where -+        provider
//!    (trusted files)      (rows, parts)      |            |
//!        |                   |               |            |
//!        +----> schedule     +----------> render          |
//!        |      (occurrences, windows)    (messages,      |
//!        |           |                     segments)      |
//!        |           v                        v           v
//!        +-------> desired::desire -------> plan::decide(desired, existing, now, policy)
//!                                                 |
//!                                                 v
//!                                               Plan ------> report (text, Markdown, HTML, JSON, iCalendar)
//!                                                 |
//!                                                 v
//!                                               apply (walks the plan, decides nothing; journal) --> provider
//! ```
//!
//! **Core** (`model campaign audience schedule profile render desired plan report`) is pure: no clock, no files, no environment, no
//! network, no randomness. **Shell** (`project provider apply emulator cli`) has the effects and takes no decisions.
//! Who may name whom is kept by `tests/it/architecture.rs`:
//!
//! | module | may name |
//! |---|---|
//! | `model`, `emulator` | nobody |
//! | `schedule`, `profile` | `model` |
//! | `campaign`, `provider` | `model`, `profile` |
//! | `audience`, `project` | `model`, `campaign` |
//! | `render` | `model`, `campaign`, `profile` |
//! | `desired` | `model`, `campaign`, `schedule`, `profile`, `render`, `audience` |
//! | `plan` | `model`, `campaign`, `schedule` (types in tests), `profile`, `desired` (its types) |
//! | `report` | `model`, `render` (where a text breaks), `desired` (its types), `plan` |
//! | `apply` | `model`, `desired` (its types), `plan`, `provider` |
//! | `cli` | all |
//!
//! The product is the program. A module is public because something outside the library names it, and for no other crate:
//!
//! | public module | named by |
//! |---|---|
//! | `cli` | `src/main.rs` |
//! | `model` `campaign` `schedule` `desired` `plan` `apply` `provider` | the simulation (`tests/sim`) |
//! | `emulator` `project` `report` | the integration tests (`tests/it`), which read what users read |
//! | `audience` `render` | the benchmarks (`benches`) and fuzzing (`fuzz`) |
//!
//! The invariant that everything serves: nobody is texted twice, nobody outside the windows given to the provider, and
//! nothing is sent that the plan did not show. When in doubt Campanile does not send, and says so.

pub mod apply;
pub mod audience;
pub mod campaign;
pub mod cli;
pub mod desired;
pub mod emulator;
pub mod model;
pub mod plan;
mod profile;
pub mod project;
pub mod provider;
pub mod render;
pub mod report;
pub mod schedule;
