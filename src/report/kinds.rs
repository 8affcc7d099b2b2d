//! Many faults of one kind shown once: the first in full, two more by their place, and how many there are.
//!
//! In: faults in order. Out: the same in order, each kind where its first one was. Programs get them all.

use std::collections::BTreeMap;

/// Up to so many of a kind are listed one by one.
const FEW: usize = 3;

/// A fault, or many of one kind.
pub(super) struct Kind<'d, D> {
    /// Told in full.
    pub first: &'d D,
    /// Further examples; none for a single one.
    pub examples: Vec<&'d D>,
    /// How many there are.
    pub count: usize,
}

/// What makes two faults one kind: how grave they are, their code, and their message but for figures. Quoted words
/// stay: two keys that are missing are two things to mend.
pub(super) fn kind(severity: &str, code: &str, message: &str) -> String {
    let plain = message.chars().filter(|c| !c.is_ascii_digit());
    format!("{severity} {code} {}", plain.collect::<String>())
}

/// Kinds in the order of their first faults.
pub(super) fn kinds<'d, D>(all: impl IntoIterator<Item = &'d D>, kind: impl Fn(&D) -> String) -> Vec<Kind<'d, D>> {
    let all: Vec<(String, &'d D)> = all.into_iter().map(|one| (kind(one), one)).collect();
    let mut of_kind: BTreeMap<&str, Vec<&'d D>> = BTreeMap::new();
    for (kind, one) in &all {
        of_kind.entry(kind).or_default().push(*one);
    }
    let mut kinds = Vec::new();
    for (kind, one) in &all {
        let one: &'d D = one;
        let many = of_kind.get(kind.as_str()).filter(|many| many.len() > FEW);
        match many {
            None => kinds.push(Kind {
                first: one,
                examples: Vec::new(),
                count: 1,
            }),
            Some(many) if many.first().is_some_and(|first| std::ptr::eq(*first, one)) => kinds.push(Kind {
                first: one,
                examples: many.iter().take(FEW).skip(1).copied().collect(),
                count: many.len(),
            }),
            Some(_) => {}
        }
    }
    kinds
}

impl<D> Kind<'_, D> {
    /// `42 of this kind, also in a.yaml:3 and b.yaml:7`; nothing for a single one. `place` is empty where there is
    /// none.
    pub(super) fn more(&self, place: impl Fn(&D) -> String) -> Option<String> {
        if self.count == 1 {
            return None;
        }
        let places: Vec<String> = self.examples.iter().map(|one| place(one)).collect();
        let places: Vec<&str> = places
            .iter()
            .map(String::as_str)
            .filter(|place| !place.is_empty())
            .collect();
        let also = match places.as_slice() {
            [] => String::new(),
            places => format!(", also at {}", places.join(" and ")),
        };
        Some(format!("{} of this kind{also}", self.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(faults: &[&str]) -> Vec<String> {
        let kinds = kinds(faults, |fault| kind("error", "C001", fault));
        kinds
            .iter()
            .map(|kind| match kind.more(|fault| (*fault).to_owned()) {
                Some(more) => format!("{}: {more}", kind.first),
                None => (*kind.first).to_owned(),
            })
            .collect()
    }

    #[test]
    fn few_are_told_one_by_one_and_many_once_with_three_examples() {
        let few = ["row 1 is bad", "other", "row 2 is bad", "row 3 is bad"];
        assert_eq!(told(&few), few);
        let keys = ["`a` is missing", "`b` is missing", "`c` is missing", "`d` is missing"];
        assert_eq!(told(&keys), keys);
        let many = [
            "row 1 is bad",
            "unknown key `a`",
            "row 2 is bad",
            "row 3 is bad",
            "row 40 is bad",
        ];
        assert_eq!(
            told(&many),
            [
                "row 1 is bad: 4 of this kind, also at row 2 is bad and row 3 is bad",
                "unknown key `a`"
            ]
        );
    }
}
