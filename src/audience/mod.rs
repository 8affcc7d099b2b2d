//! CSV bytes to recipients.
