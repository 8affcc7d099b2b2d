//! Ids in the vendors' forms: they sort by creation within one run and never repeat across processes.

use std::hash::{BuildHasher, Hasher, RandomState};

use super::clock::Instant;

/// Makes ids.
#[derive(Debug)]
pub struct Ids {
    random: u64,
    next: u64,
}

impl Default for Ids {
    fn default() -> Ids {
        Ids {
            random: RandomState::new().build_hasher().finish(),
            next: 0,
        }
    }
}

impl Ids {
    /// 24 hexadecimal digits, as iP.1 shows them: seconds, the process, a counter.
    pub fn hex24(&mut self, now: Instant) -> String {
        self.next += 1;
        let seconds = now.unix_millis().div_euclid(1000);
        format!(
            "{:08x}{:010x}{:06x}",
            seconds & 0xffff_ffff,
            self.random & 0xff_ffff_ffff,
            self.next & 0xff_ffff
        )
    }

    /// A ULID, as Sinch shows them: 26 characters of Crockford's base 32, 48 bits of milliseconds first.
    pub fn ulid(&mut self, now: Instant) -> String {
        self.next += 1;
        let millis = u128::from(now.unix_millis().unsigned_abs()) & 0xffff_ffff_ffff;
        let tail = (u128::from(self.next) << 64) | u128::from(self.random);
        let bits = (millis << 80) | (tail & ((1 << 80) - 1));
        let digits = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let digit = |place: u32| digits.get(usize::try_from((bits >> (5 * place)) & 31).unwrap_or(0));
        (0..26).rev().filter_map(digit).copied().map(char::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_vendors_forms_and_differ() {
        let mut ids = Ids::default();
        let now = Instant::from_unix_millis(1_767_225_600_000);
        let (one, other) = (ids.hex24(now), ids.hex24(now));
        assert!(one.len() == 24 && one.bytes().all(|byte| byte.is_ascii_hexdigit()) && one < other);
        let (one, other) = (ids.ulid(now), ids.ulid(now));
        assert!(one.len() == 26 && one < other && one.starts_with('0'), "{one}");
    }
}
