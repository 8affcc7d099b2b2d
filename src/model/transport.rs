//! How a batch travels: through which API, as which kind of message, in which characters.

/// Which API a batch goes through; part of the fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Api {
    /// iP.1 SMS API v2.
    Ip1,
    /// Sinch Batches (XMS).
    Sinch,
}

impl Api {
    /// Every API.
    pub const ALL: [Self; 2] = [Self::Ip1, Self::Sinch];

    /// `ip1` or `sinch`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ip1 => "ip1",
            Self::Sinch => "sinch",
        }
    }
}

/// `sms`, or `flash`: shown once and gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageType {
    /// A standard SMS.
    Sms,
    /// Appears once on the device.
    Flash,
}

impl MessageType {
    /// `sms` or `flash`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Flash => "flash",
        }
    }
}

/// The largest character set that a batch may use, as sent to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Datacoding {
    /// 7-bit only: the provider rejects messages that need more.
    Gsm,
    /// UCS-2 permitted.
    Ucs,
    /// The API has no such setting and decides per message (Sinch).
    PerMessage,
}

impl Datacoding {
    /// `gsm`, `ucs` or `per-message`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gsm => "gsm",
            Self::Ucs => "ucs",
            Self::PerMessage => "per-message",
        }
    }
}

/// How one message travels (3GPP TS 23.038).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// 160 septets alone, 153 in a concatenated segment.
    Gsm7,
    /// 70 code units alone, 67 in a concatenated segment.
    Ucs2,
}

impl Encoding {
    /// `gsm7` or `ucs2`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gsm7 => "gsm7",
            Self::Ucs2 => "ucs2",
        }
    }
}
