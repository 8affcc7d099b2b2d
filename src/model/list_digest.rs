//! A digest over a list of numbers in its order: with it the journal knows whether a list begins as it did before. It
//! says nothing about the numbers themselves to a reader who does not have them.

use sha2::{Digest as _, Sha256};

use super::Msisdn;

/// 32 hexadecimal digits.
pub fn list_digest(numbers: &[Msisdn]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"campanile list 1\n");
    for number in numbers {
        hasher.update(number.as_u64().to_le_bytes());
    }
    let hash = hasher.finalize();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_content_count() {
        let numbers: Vec<Msisdn> = [46_700_000_001, 46_700_000_002]
            .map(|number| Msisdn::from_u64(number).unwrap())
            .to_vec();
        let turned: Vec<Msisdn> = numbers.iter().rev().copied().collect();
        assert_ne!(list_digest(&numbers), list_digest(&turned));
        assert_ne!(list_digest(&numbers), list_digest(&numbers[..1]));
        assert_eq!(list_digest(&numbers[..1]), list_digest(&turned[1..]));
    }
}
