//! Messages as a page shows them: text in backticks is code. Escaping is the template's.

use serde::Serialize;

/// A sentence in pieces.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Prose(Vec<SentencePiece>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct SentencePiece {
    is_code: bool,
    text: String,
}

impl<T: AsRef<str>> From<T> for Prose {
    fn from(text: T) -> Self {
        let text = text.as_ref();
        let is_paired = text.matches('`').count() % 2 == 0;
        let pieces: Vec<&str> = if is_paired {
            text.split('`').collect()
        } else {
            vec![text]
        };
        let pieces = pieces.into_iter().enumerate().filter(|(_, piece)| !piece.is_empty());
        Self(
            pieces
                .map(|(index, piece)| SentencePiece {
                    is_code: index % 2 == 1,
                    text: piece.to_owned(),
                })
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<(bool, String)> {
        let Prose(pieces) = Prose::from(text);
        pieces.into_iter().map(|piece| (piece.is_code, piece.text)).collect()
    }

    #[test]
    fn what_stands_in_backticks_is_code() {
        let told = pieces("move `opens` in `a.yaml`");
        assert_eq!(
            told,
            [
                (false, "move ".into()),
                (true, "opens".into()),
                (false, " in ".into()),
                (true, "a.yaml".into())
            ]
        );
        assert_eq!(pieces("an `odd one"), [(false, "an `odd one".into())]);
        assert_eq!(pieces(""), []);
    }
}
