//! What a test or a curious user may choose about the emulated accounts with `POST /_emulator/settings`.
//!
//! The defaults are the sandbox: unlimited credit, any sender, everything sent the moment its window opens, a canceled
//! batch that stays visible. Unknown keys are refused. Settings are not part of the state file.

use serde::{Deserialize, Serialize};

/// The choices; every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Status of a successful `POST /v2/batches`: 200, 201 or 202 (the vendor does not say which).
    pub create_status: u16,
    /// Largest page of a list at iP.1; a larger `limit` is lowered to it.
    pub page_limit: usize,
    /// Messages sent a second by one batch; null sends all of them the moment the window opens.
    pub messages_per_second: Option<u32>,
    /// Time from sending to delivery, in milliseconds.
    pub delivery_ms: u32,
    /// How old a batch must be, in milliseconds, before a list shows it.
    pub list_lag_ms: u32,
    /// Whether DELETE of a planned batch leaves it behind as canceled, or erases it (iP.1).
    pub delete_planned: DeletePlanned,
    /// The account's registered senders; null means that any sender is accepted and the register cannot be read.
    pub senders: Option<Vec<String>>,
    /// What a sender outside the register does.
    pub unregistered_sender: UnregisteredSender,
    /// Currency of the account: SEK or EUR.
    pub currency: Currency,
    /// Money on the account before the first message, as a decimal.
    pub balance: Money,
    /// Whether messages that the balance cannot pay are rejected; otherwise the balance turns negative.
    pub prepaid: bool,
    /// Price of a segment where no prefix matches.
    pub price_per_segment: Money,
    /// Prices of a segment by number prefix; the longest match wins.
    pub prices: Vec<PrefixPrice>,
    /// Body limit of Sinch's sending call, in characters.
    pub sinch_body_limit: usize,
    /// The service plans' default callback URL at Sinch.
    pub sinch_callback_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            create_status: 200,
            page_limit: 200,
            messages_per_second: None,
            delivery_ms: 0,
            list_lag_ms: 0,
            delete_planned: DeletePlanned::Cancel,
            senders: None,
            unregistered_sender: UnregisteredSender::RejectMessages,
            currency: Currency::Sek,
            balance: Money::from_micros(10_000_000_000),
            prepaid: false,
            price_per_segment: Money::from_micros(349_000),
            prices: Vec::new(),
            sinch_body_limit: 2000,
            sinch_callback_url: None,
        }
    }
}

impl Settings {
    /// Price of one segment to a number, priority aside.
    pub fn price_of_segment(&self, msisdn: &str) -> Money {
        let longest = self
            .prices
            .iter()
            .filter(|price| msisdn.starts_with(&price.prefix))
            .max_by_key(|p| p.prefix.len());
        longest.map_or(self.price_per_segment, |price| price.per_segment)
    }
}

/// A price for the numbers that begin with `prefix`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrefixPrice {
    /// First digits of the number.
    pub prefix: String,
    /// Price of one segment.
    pub per_segment: Money,
}

/// What DELETE does to a planned batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeletePlanned {
    /// It stays readable as canceled.
    Cancel,
    /// It is gone.
    Erase,
}

/// What an unregistered sender does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnregisteredSender {
    /// The call succeeds, each message ends as rejected.
    RejectMessages,
    /// The call is rejected.
    RejectCall,
}

/// Currency of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Swedish account.
    Sek,
    /// International account.
    Eur,
}

impl Currency {
    /// ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Currency::Sek => "SEK",
            Currency::Eur => "EUR",
        }
    }
}

/// Money in millionths of the account's currency; decimal text or a number on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(i64);

impl Money {
    /// From millionths.
    pub const fn from_micros(micros: i64) -> Money {
        Money(micros)
    }

    /// The amount in millionths of a unit of the currency.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The sum.
    #[must_use]
    pub const fn plus(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }

    /// The difference.
    #[must_use]
    pub const fn minus(self, other: Money) -> Money {
        Money(self.0.saturating_sub(other.0))
    }

    /// So many times this.
    #[must_use]
    pub fn times(self, count: usize) -> Money {
        Money(self.0.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX)))
    }

    /// From decimal text with at most six places.
    pub fn parse(text: &str) -> Option<Money> {
        let text = text.trim();
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 6 || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let micros: i64 = format!("{fraction:0<6}").parse().ok()?;
        let whole: i64 = whole.parse().ok()?;
        Some(Money(
            whole.checked_mul(1_000_000)?.checked_add(micros)?.checked_mul(sign)?,
        ))
    }

    /// As the vendor prints it: a JSON number.
    pub fn number(self) -> serde_json::Value {
        serde_json::from_str(&self.to_string()).unwrap_or_default()
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let fraction = format!("{:06}", micros % 1_000_000);
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        write!(out, "{sign}{}{point}{fraction}", micros / 1_000_000)
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Money, D::Error> {
        let text = match serde_json::Value::deserialize(input)? {
            serde_json::Value::String(text) => text,
            serde_json::Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        Money::parse(&text).ok_or_else(|| serde::de::Error::custom("not a decimal amount with at most six places"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_keeps_its_decimals() {
        for text in ["0.349", "-1.5", "12", "0.000001"] {
            assert_eq!(Money::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Money::parse("1e3"), None);
        assert_eq!(Money::parse("0.0000001"), None);
    }

    #[test]
    fn the_longest_prefix_sets_the_price() {
        let price = |prefix: &str, text| PrefixPrice {
            prefix: prefix.into(),
            per_segment: Money::parse(text).unwrap(),
        };
        let settings = Settings {
            prices: vec![price("1", "1"), price("1684", "2.10")],
            ..Settings::default()
        };
        assert_eq!(settings.price_of_segment("16845551234").to_string(), "2.1");
        assert_eq!(settings.price_of_segment("12025550123").to_string(), "1");
        assert_eq!(settings.price_of_segment("46701234567").to_string(), "0.349");
    }
}
