//! TLS with verified certificates: those of a private authority, or the system's.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::model::WhyNot;

/// A connector that trusts the certificates of this PEM text, or those of the system.
pub(super) fn connector(ca: Option<&str>) -> Result<MakeRustlsConnect, WhyNot> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let Some(pem) = ca else {
        // An error says that somebody else has installed one: as good.
        let _ = rustls::crypto::CryptoProvider::install_default((*provider).clone());
        let loaded = MakeRustlsConnect::with_native_certs();
        let none = "the system has no certificates; name those of the server's authority with `ca_file`";
        return loaded.map(|(connector, _)| connector).map_err(|_| none.into());
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|_| WhyNot::from("`ca_file` does not hold certificates in PEM"))?;
        let added = roots.add(certificate);
        added.map_err(|_| WhyNot::from("a certificate of `ca_file` cannot be used"))?;
    }
    if roots.is_empty() {
        return Err("`ca_file` does not hold certificates in PEM".into());
    }
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| WhyNot::from("TLS cannot be set up"))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
