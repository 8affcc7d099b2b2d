//! One file a command: its arguments and its `run`.

pub(super) mod apply;
mod apply_checks;
pub(super) mod calendar;
pub(super) mod comment;
mod comment_body;
pub(super) mod completions;
pub(super) mod emulate;
pub(super) mod explain;
pub(super) mod feedback;
pub(super) mod init;
pub(super) mod man;
pub(super) mod opt_outs;
pub(super) mod plan;
pub(super) mod preview;
mod preview_serve;
pub(super) mod results;
pub(super) mod schema;
pub(super) mod segments;
pub(super) mod show;
pub(super) mod sources;
pub(super) mod status;
pub(super) mod stop;
pub(super) mod test;
pub(super) mod validate;

use super::args::Command;
use super::context::{Context, Failed};
use super::exit::Exit;

/// Runs the command that was typed.
pub(super) fn dispatch(context: &Context, command: Command) -> Result<Exit, Failed> {
    if !matches!(command, Command::Results(_)) {
        context.require_no_csv()?;
    }
    match command {
        Command::Init(args) => init::run(context, &args),
        Command::Validate(args) => validate::run(context, &args),
        Command::Preview(args) => preview::run(context, &args),
        Command::Plan(args) => plan::run(context, &args),
        Command::Show(args) => show::run(context, &args),
        Command::Apply(args) => apply::run(context, &args),
        Command::Test(args) => test::run(context, &args),
        Command::Status(args) => status::run(context, &args),
        Command::Calendar(args) => calendar::run(context, &args),
        Command::Sources(args) => sources::run(context, &args),
        Command::Stop(args) => stop::run(context, &args),
        Command::Segments(args) => segments::run(context, &args),
        Command::Explain(args) => explain::run(context, &args),
        Command::Results(args) => results::run(context, &args),
        Command::OptOuts(args) => opt_outs::run(context, &args),
        Command::Feedback(args) => feedback::run(context, &args),
        Command::Comment(args) => comment::run(context, &args),
        Command::Emulate(args) => emulate::run(context, &args),
        Command::Schema(args) => schema::run(context, &args),
        Command::Completions { shell } => completions::run(context, shell),
        Command::Man { directory } => man::run(context, &directory),
    }
}
