//! What kind of subscriber a number is given to, as its numbering plan says.

use std::collections::BTreeSet;

/// Kinds of libphonenumber. A plan that gives mobiles and fixed lines the same ranges cannot tell them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberKind {
    /// A mobile.
    Mobile,
    /// A fixed line.
    Fixed,
    /// A mobile or a fixed line: the plan does not say which.
    MobileOrFixed,
    /// The caller pays more than for a call.
    Premium,
    /// The caller pays nothing.
    TollFree,
    /// Caller and called share the price.
    SharedCost,
    /// Over the internet.
    Voip,
    /// Follows a person from phone to phone.
    Personal,
    /// A pager.
    Pager,
    /// One number for all of a company.
    Company,
    /// An answering machine.
    Voicemail,
}

impl NumberKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Mobile,
        Self::Fixed,
        Self::MobileOrFixed,
        Self::Premium,
        Self::TollFree,
        Self::SharedCost,
        Self::Voip,
        Self::Personal,
        Self::Pager,
        Self::Company,
        Self::Voicemail,
    ];

    /// As in `guards.number_types`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Fixed => "fixed",
            Self::MobileOrFixed => "mobile_or_fixed",
            Self::Premium => "premium",
            Self::TollFree => "toll_free",
            Self::SharedCost => "shared_cost",
            Self::Voip => "voip",
            Self::Personal => "personal",
            Self::Pager => "pager",
            Self::Company => "company",
            Self::Voicemail => "voicemail",
        }
    }

    /// Whether a text can reach it, as far as the plan says: what is not certainly something else.
    pub fn can_be_mobile(self) -> bool {
        matches!(self, Self::Mobile | Self::MobileOrFixed)
    }

    /// Whether it is certainly of none of these kinds; where the plan does not say, it may be.
    pub fn is_none_of(self, kinds: &BTreeSet<Self>) -> bool {
        self != Self::MobileOrFixed && !kinds.contains(&self)
    }

    /// Certainly nothing that texts are meant for: a fixed line, a pager, or a number that costs its caller more or
    /// less.
    pub fn is_certainly_no_mobile(self) -> bool {
        match self {
            Self::Fixed | Self::Premium | Self::TollFree | Self::SharedCost | Self::Pager => true,
            Self::Mobile | Self::MobileOrFixed | Self::Voip | Self::Personal | Self::Company | Self::Voicemail => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_that_the_plan_does_not_tell_is_never_refused() {
        let mobile = BTreeSet::from([NumberKind::Mobile]);
        for kind in NumberKind::ALL {
            let may_be = matches!(kind, NumberKind::Mobile | NumberKind::MobileOrFixed);
            assert_eq!(kind.is_none_of(&mobile), !may_be, "{}", kind.as_str());
        }
        assert!(!NumberKind::MobileOrFixed.is_none_of(&BTreeSet::from([NumberKind::Premium])));
    }
}
