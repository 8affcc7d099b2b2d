//! Exit codes of `docs/contract.md`, and which wins when several apply.

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// 0: done.
    Done,
    /// 1: failed, nothing was changed.
    Failed,
    /// 2: `--detailed-exitcode`: the plan has operations.
    HasOperations,
    /// 3: refused by a guard, or by `--strict`.
    Guard,
    /// 4: not in the reviewed plan, or it is stale or expired.
    Stale,
    /// 5: some operations failed or something is left.
    Partial,
    /// 6: at least one outcome is not known.
    Unknown,
    /// 64: wrong usage.
    Usage,
    /// 65: bad input file.
    Input,
    /// 130: SIGINT.
    Interrupted,
    /// 143: SIGTERM.
    Terminated,
}

impl Exit {
    /// Strongest first: 6, 130/143, 5, 4, 3, 65, 64, 1, 2, 0.
    const STRENGTH: [Self; 11] = [
        Self::Unknown,
        Self::Interrupted,
        Self::Terminated,
        Self::Partial,
        Self::Stale,
        Self::Guard,
        Self::Input,
        Self::Usage,
        Self::Failed,
        Self::HasOperations,
        Self::Done,
    ];

    /// The number that the shell sees.
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::HasOperations => 2,
            Self::Guard => 3,
            Self::Stale => 4,
            Self::Partial => 5,
            Self::Unknown => 6,
            Self::Usage => 64,
            Self::Input => 65,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The one that wins.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        Self::STRENGTH
            .into_iter()
            .find(|exit| *exit == self || *exit == other)
            .unwrap_or(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_code_wins_as_the_contract_orders_them() {
        let order = [6, 130, 5, 4, 3, 65, 64, 1, 2, 0];
        let all: Vec<Exit> = Exit::STRENGTH
            .into_iter()
            .filter(|exit| *exit != Exit::Terminated)
            .collect();
        assert_eq!(all.iter().map(|exit| exit.code()).collect::<Vec<_>>(), order);
        for (i, strong) in all.iter().enumerate() {
            for weak in &all[i..] {
                assert_eq!(weak.or(*strong), *strong);
                assert_eq!(strong.or(*weak), *strong);
            }
        }
    }
}
