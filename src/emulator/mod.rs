//! A loopback server of both providers' APIs.
