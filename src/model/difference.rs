//! The smallest difference between two shares that groups of these sizes can show.
//!
//! In: how many people each group has. Out: hundredths of a percentage point, in integers. Never: a promise for a smaller
//! one.
//!
//! The method: two proportions are compared with the two-sided normal test at 5 %, and a difference that is there shall be
//! found in 80 of 100 tests: (z0.975 + z0.8) * sqrt(p (1 - p) (1/n + 1/m)), with z0.975 = 1.959964 and z0.8 = 0.841621 (J. L.
//! Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions, 3rd edition, chapter 4). Here p is one half,
//! where the difference must be largest: whatever the shares are, this one is enough.

/// (1.959964 + 0.841621)^2 / 4, in units of 10^-8.
const SQUARE: u128 = 196_221_963;

/// In hundredths of a percentage point, rounded up; `None` where no difference would do.
pub fn smallest_difference(n: u64, m: u64) -> Option<u32> {
    let (n, m) = (u128::from(n), u128::from(m));
    if n == 0 || m == 0 {
        return None;
    }
    // As a share it is sqrt(SQUARE / 10^8 * (n + m) / (n m)); in hundredths of a point 10^4 times that.
    let square = (SQUARE * (n + m)).div_ceil(n * m);
    let root = square.isqrt();
    let root = root + u128::from(root * root < square);
    u32::try_from(root).ok().filter(|points| *points <= 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_show_what_the_formula_says() {
        // 2.801585 / 2 * sqrt(2 / n), in hundredths of a point.
        for (n, m, expected) in [
            (1_000, 1_000, Some(627)),
            (10_000, 10_000, Some(199)),
            (4_500, 1_000, Some(490)),
            (1_000_000, 1_000_000, Some(20)),
            (4, 4, Some(9_906)),
            (3, 3, None),
            (0, 10, None),
        ] {
            assert_eq!(smallest_difference(n, m), expected, "{n} {m}");
            assert_eq!(smallest_difference(m, n), expected, "{m} {n}");
        }
    }
}
