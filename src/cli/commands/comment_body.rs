//! What a sticky comment says, and the mark by which it is found again.

use std::path::Path;

use super::show::{Saved, read_saved, render};
use crate::cli::context::{Context, Failed};
use crate::cli::global::Format;
use crate::model::{Instant, Namespace};
use crate::report::{Layout, failure_to_markdown};

/// Hosts refuse comments of more than 65,536 characters.
const MAX_CHARACTERS: usize = 65_000;

/// Between a reason and the plan that it makes outdated.
const OUTDATED: &str = "<!-- outdated -->";

/// What the comment says.
pub(super) struct News {
    /// The project's namespace.
    pub namespace: String,
    /// When the plan was made, or failed to be.
    pub made_at: String,
    text: String,
    /// A plan outdates what was there; a failure leaves it to be read.
    is_plan: bool,
}

impl News {
    /// From what `plan --save` left. A failure does not know its namespace: the project's file may be what is wrong.
    pub(super) fn read(context: &Context, file: &Path, now: Instant) -> Result<Self, Failed> {
        Ok(match read_saved(file)? {
            Saved::Plan(plan) => Self {
                text: render(&plan, Format::Markdown, Layout::default()),
                namespace: plan.namespace.clone(),
                made_at: plan.created_at,
                is_plan: true,
            },
            Saved::Failure(failure) => {
                let namespace = namespace(context);
                Self {
                    text: failure_to_markdown(&failure, &namespace),
                    namespace,
                    made_at: now.to_string(),
                    is_plan: false,
                }
            }
        })
    }

    /// The comment, given the one that is there.
    pub(super) fn body(&self, existing: Option<&str>) -> String {
        let body = format!(
            "<!-- campanile {} {} -->\n\n{}",
            self.namespace, self.made_at, self.text
        );
        let outdated = existing.filter(|_| !self.is_plan).and_then(last_plan);
        match outdated {
            Some((made_at, plan)) => {
                let below = format!(
                    "{body}\n{OUTDATED}\n<details><summary>Outdated: the plan of {made_at}, before this</summary>\n\n\
                     <!-- plan {made_at} -->\n{plan}\n</details>\n"
                );
                if below.chars().count() <= MAX_CHARACTERS {
                    below
                } else {
                    format!("{body}\nThe plan of {made_at} is outdated.\n")
                }
            }
            None => body,
        }
    }
}

/// The last plan in a comment of ours: its instant and text, whether it is current or outdated already.
fn last_plan(comment: &str) -> Option<(&str, &str)> {
    if let Some((_, outdated)) = comment.split_once(OUTDATED) {
        let (_, rest) = outdated.split_once("<!-- plan ")?;
        let (made_at, plan) = rest.split_once(" -->")?;
        return Some((instant(made_at)?, plan.trim().strip_suffix("</details>")?.trim()));
    }
    let (mark, plan) = comment.split_once(" -->")?;
    let made_at = instant(mark.rsplit(' ').next()?)?;
    (!plan.contains(": there is no plan\n")).then_some((made_at, plan.trim()))
}

fn instant(text: &str) -> Option<&str> {
    Instant::parse(text).is_ok().then_some(text)
}

/// The instant in a comment of ours for this namespace.
pub(super) fn marked_instant<'a>(body: &'a str, namespace: &str) -> Option<&'a str> {
    body.trim_start()
        .strip_prefix(&format!("<!-- campanile {namespace} "))?
        .split_once(" -->")
        .map(|(instant, _)| instant)
}

/// The line `namespace:` of the project's file, however wrong the rest of it is; nothing where it has none.
#[expect(clippy::disallowed_methods, reason = "a file that no reader of projects can read")]
fn namespace(context: &Context) -> String {
    let folder = context.global.directory.clone().unwrap_or_default();
    let text = std::fs::read_to_string(folder.join("campanile.yaml")).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix("namespace:"));
    let word = value
        .and_then(|value| value.split_whitespace().next())
        .unwrap_or_default();
    let word = word.trim_matches(['"', '\'']);
    Namespace::parse(word).map_or_else(|_| String::new(), |namespace| namespace.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(text: &str, made_at: &str, is_plan: bool) -> News {
        News {
            namespace: "acme".into(),
            made_at: made_at.into(),
            text: text.into(),
            is_plan,
        }
    }

    #[test]
    fn a_plan_that_failed_keeps_the_last_plan_below_as_outdated() {
        let plan = news("### the plan\n", "2030-01-07T08:00:00Z", true).body(None);
        let failure = "### Campanile: there is no plan\n\n**no**\n";
        let first = news(failure, "2030-01-07T09:00:00Z", false).body(Some(&plan));
        assert_eq!(marked_instant(&first, "acme"), Some("2030-01-07T09:00:00Z"));
        assert!(
            first.find("**no**") < first.find("Outdated: the plan of 2030-01-07T08:00:00Z"),
            "{first}"
        );
        let second = news(failure, "2030-01-07T10:00:00Z", false).body(Some(&first));
        assert_eq!(second.matches("### the plan").count(), 1, "{second}");
        assert_eq!(second.matches("<details>").count(), 1, "{second}");
        let mended = news("### a newer plan\n", "2030-01-07T11:00:00Z", true).body(Some(&second));
        assert!(
            !mended.contains("utdated") && !mended.contains("### the plan"),
            "{mended}"
        );
    }

    #[test]
    fn a_failure_without_a_plan_before_it_and_one_before_a_long_plan_fit() {
        let failure = "### Campanile: there is no plan\n\n**no**\n";
        let alone = news(failure, "2030-01-07T09:00:00Z", false).body(None);
        let again = news(failure, "2030-01-07T10:00:00Z", false).body(Some(&alone));
        assert!(!again.contains("utdated"), "{again}");
        let long = news(&"x".repeat(64_990), "2030-01-07T08:00:00Z", true).body(None);
        let short = news(failure, "2030-01-07T09:00:00Z", false).body(Some(&long));
        assert!(
            short.contains("The plan of 2030-01-07T08:00:00Z is outdated."),
            "{short}"
        );
    }
}
