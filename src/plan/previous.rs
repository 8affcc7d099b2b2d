//! What a batch that is replaced, changed or canceled says, as far as its provider shows it: for the reviewer, never for
//! a decision.

use crate::model::Window;

use super::parts::Want;
use super::world::World;

/// The batch as it stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Previous {
    /// Whom recipients would have seen.
    pub sender: Option<String>,
    /// The text with the provider's placeholders (`{v1}`) in the place of cells; `None` where it holds no placeholder,
    /// because then it may be somebody's rendered message.
    pub text: Option<String>,
    /// In order of opening.
    pub windows: Vec<Window>,
    /// Its people, where the provider tells how many.
    pub recipients: Option<u64>,
    /// People of the new batch who are not in it.
    pub joined: Option<u64>,
    /// People in it who are not in the new batch.
    pub left: Option<u64>,
}

/// What batch `i` says; with `want`, who joins and who leaves.
pub(super) fn before(world: &World<'_>, i: usize, want: Option<&Want<'_>>) -> Previous {
    let theirs = world.batch(i);
    let visible = theirs.listed().map(|listed| &listed.visible);
    let people = world.people_if_read(i);
    let recipients = world.headcount(i);
    let stays = people.zip(want).and_then(|(people, want)| {
        let stays = people.iter().filter(|number| want.holds(*number)).count();
        Some((u64::try_from(stays).ok()?, want.totals.recipients))
    });
    Previous {
        sender: visible.and_then(|visible| visible.sender.clone()),
        text: visible
            .and_then(|visible| visible.body.as_deref())
            .filter(|body| is_made_of_columns(body))
            .map(str::to_owned),
        windows: theirs.windows.to_vec(),
        recipients,
        joined: stays.map(|(stays, all)| all.saturating_sub(stays)),
        left: stays.zip(recipients).map(|((stays, _), was)| was.saturating_sub(stays)),
    }
}

/// Whether cells stand in it as placeholders of ours, `{v1}` or `${v1}`: what is between them is then the template's own.
fn is_made_of_columns(body: &str) -> bool {
    body.split("{v").skip(1).any(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest.as_bytes().get(digits) == Some(&b'}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_with_placeholders_of_columns_are_shown() {
        for (body, shown) in [
            ("Hi {v1}, reply STOP", true),
            ("${v12}: today", true),
            ("Hi Ada, reply STOP", false),
            ("{m1}", false),
            ("{v}", false),
            ("{vip1}", false),
            ("", false),
        ] {
            assert_eq!(is_made_of_columns(body), shown, "{body}");
        }
    }
}
