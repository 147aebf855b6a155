//! Whom connections trust and who they are: the server's trust, an account's own authorities and client certificates, a hook's options.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hookbox_host_api::Secret;
use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use sha2::{Digest as _, Sha256};

use super::options::TlsOptions;
use super::pem;
use super::verifier::{Noted, Verifier};
use crate::error::Error;
use crate::policy::{Policy, Target};

/// Why certificates or keys cannot be used. The text has nothing of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be used: {reason}")]
pub struct TlsError {
    /// Which: `ca 2`, `client certificate 1`.
    pub what: String,
    /// Why.
    pub reason: String,
}

impl TlsError {
    fn new(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { what: what.into(), reason: reason.into() }
    }
}

/// What an account adds to the trust of the server.
#[derive(Clone, Debug, Default)]
pub struct TlsSettings {
    /// Authorities in PEM to trust beside the system's.
    pub ca: Vec<String>,
    /// Client certificates; the first one whose hosts allow a target is shown to it.
    pub identities: Vec<Identity>,
}

/// A client certificate, and the hosts that it is shown to.
#[derive(Clone, Debug)]
pub struct Identity {
    /// To whom, scheme and port included.
    pub hosts: Policy,
    /// The certificate and its chain in PEM.
    pub cert: String,
    /// Its private key in PEM.
    pub key: Secret,
}

impl TlsSettings {
    /// Of all but the private keys.
    fn digest(&self) -> [u8; 32] {
        let identities = self.identities.iter().flat_map(|one| [one.hosts.to_string(), one.cert.clone()]);
        let mut hash = Sha256::new();
        hash.update((self.ca.len() as u64).to_be_bytes());
        for text in self.ca.iter().cloned().chain(identities) {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.finalize().into()
    }
}

/// The trust of a server: its roots and its cryptography.
#[derive(Clone, Debug)]
pub(crate) struct Trust {
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl Trust {
    /// The system's authorities (those that cannot be read are left out) and more of them in PEM. Blocks while it reads files.
    pub(crate) fn new(system: bool, more: &[String]) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        if system {
            let found = rustls_native_certs::load_native_certs();
            for error in &found.errors {
                tracing::warn!(%error, "an authority of the system cannot be read");
            }
            roots.add_parsable_certificates(found.certs);
        }
        add(&mut roots, more)?;
        Ok(Self { roots: Arc::new(roots), provider: Arc::new(rustls::crypto::aws_lc_rs::default_provider()) })
    }

    fn config(&self, dress: &Dress, identity: Option<&Shown>, noted: Option<Arc<Noted>>) -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider)).with_protocol_versions(&dress.versions)?;
        let verifier = Verifier::new(Arc::clone(&dress.roots), Arc::clone(&self.provider), dress.pinned.clone(), noted);
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = match identity {
            Some(shown) => builder.with_client_auth_cert(shown.chain.clone(), shown.key.clone_key())?,
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = dress.alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        Ok(config)
    }

    /// What an account uses.
    pub(crate) fn account(&self, settings: &TlsSettings) -> Result<TlsConfig, TlsError> {
        let mut roots = Arc::clone(&self.roots);
        if !settings.ca.is_empty() {
            add(Arc::make_mut(&mut roots), &settings.ca)?;
        }
        let alpn = vec!["h2".to_owned(), "http/1.1".to_owned()];
        let pinned = certificates(&settings.ca);
        let http = Dress { roots: Arc::clone(&roots), pinned: pinned.clone(), alpn, versions: VERSIONS.to_vec() };
        let build = |identity: Option<&Shown>| self.config(&http, identity, None).map(Arc::new);
        let mut identities = Vec::new();
        for (index, identity) in settings.identities.iter().enumerate() {
            let unfit = |reason: String| TlsError::new(format!("client certificate {index}"), reason);
            let shown = Shown::parse(&identity.cert, identity.key.expose()).map_err(unfit)?;
            let config = build(Some(&shown)).map_err(|error| unfit(error.to_string()))?;
            identities.push(Known { hosts: identity.hosts.clone(), shown, config });
        }
        let plain = build(None).map_err(|error| TlsError::new("TLS", error.to_string()))?;
        let (id, digest) = (NEXT.fetch_add(1, Ordering::Relaxed), settings.digest());
        Ok(TlsConfig { id, digest, trust: self.clone(), roots, pinned, plain, identities })
    }
}

static NEXT: AtomicU64 = AtomicU64::new(1);

const VERSIONS: [&SupportedProtocolVersion; 2] = [&rustls::version::TLS13, &rustls::version::TLS12];

fn add(roots: &mut RootCertStore, texts: &[String]) -> Result<(), TlsError> {
    for (index, text) in texts.iter().enumerate() {
        let unfit = |reason: String| TlsError::new(format!("ca {index}"), reason);
        for certificate in pem::certificates(text).map_err(unfit)? {
            roots.add(certificate).map_err(|error| unfit(error.to_string()))?;
        }
    }
    Ok(())
}

/// The certificates in texts that were read before.
fn certificates(texts: &[String]) -> Vec<CertificateDer<'static>> {
    texts.iter().flat_map(|text| pem::certificates(text).unwrap_or_default()).collect()
}

/// What a configuration looks like from outside.
struct Dress {
    roots: Arc<RootCertStore>,
    pinned: Vec<CertificateDer<'static>>,
    alpn: Vec<String>,
    versions: Vec<&'static SupportedProtocolVersion>,
}

#[derive(Debug)]
struct Shown {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Shown {
    fn parse(cert: &str, key: &str) -> Result<Self, String> {
        Ok(Self { chain: pem::certificates(cert)?, key: pem::key(key)? })
    }
}

#[derive(Debug)]
struct Known {
    hosts: Policy,
    shown: Shown,
    config: Arc<ClientConfig>,
}

/// The TLS of an account, made once by [`crate::Egress::tls`] and used by all of its executions. Connections of different ones are never shared.
#[derive(Debug)]
pub struct TlsConfig {
    id: u64,
    digest: [u8; 32],
    trust: Trust,
    roots: Arc<RootCertStore>,
    pinned: Vec<CertificateDer<'static>>,
    plain: Arc<ClientConfig>,
    identities: Vec<Known>,
}

impl TlsConfig {
    fn known(&self, target: &Target) -> Option<(usize, &Known)> {
        self.identities.iter().enumerate().find(|(_, known)| known.hosts.allows(target))
    }

    /// The same for the same authorities and client certificates, on any day.
    pub(crate) fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// Under which number connections to the target may be used again.
    pub(crate) fn number(&self, target: &Target) -> (u64, usize) {
        (self.id, self.known(target).map_or(0, |(index, _)| index + 1))
    }

    /// The configuration for HTTPS to the target.
    pub(crate) fn https(&self, target: &Target) -> Arc<ClientConfig> {
        Arc::clone(self.known(target).map_or(&self.plain, |(_, known)| &known.config))
    }

    /// The configuration that a hook asks for on a connection to the target, and where a fault is noted if it verifies nothing.
    ///
    /// # Errors
    /// Certificates, keys or versions that cannot be used.
    pub(super) fn raw(&self, options: &TlsOptions, target: &Target) -> Result<(Arc<ClientConfig>, Arc<Noted>), Error> {
        let unfit = |error: TlsError| Error::invalid("ERR_TLS_INVALID_CONTEXT", error.to_string());
        let (mut roots, mut pinned) = (Arc::clone(&self.roots), self.pinned.clone());
        if !options.ca.is_empty() {
            let mut own = RootCertStore::empty();
            add(&mut own, &options.ca).map_err(unfit)?;
            (roots, pinned) = (Arc::new(own), certificates(&options.ca));
        }
        let own = match (&options.cert, &options.key) {
            (Some(cert), Some(key)) => {
                Some(Shown::parse(cert, key).map_err(|reason| unfit(TlsError::new("the client certificate", reason)))?)
            }
            (None, None) => None,
            _ => return Err(unfit(TlsError::new("the client certificate", "cert and key go together"))),
        };
        if options.alpn.len() > 16 || options.alpn.iter().any(|protocol| !(1..=255).contains(&protocol.len())) {
            return Err(Error::invalid("ERR_INVALID_ARG_VALUE", "at most 16 protocols of 1 to 255 bytes can be offered"));
        }
        let dress = Dress { roots, pinned, alpn: options.alpn.clone(), versions: versions(options)? };
        let shown = own.as_ref().or_else(|| self.known(target).map(|(_, known)| &known.shown));
        let noted = Arc::new(Noted::default());
        let lenient = (!options.verify).then(|| Arc::clone(&noted));
        let config = self.trust.config(&dress, shown, lenient);
        let mut config = config.map_err(|error| unfit(TlsError::new("TLS", error.to_string())))?;
        // A session that is resumed is not verified again: none outlives the options that it was made with.
        config.resumption = Resumption::disabled();
        Ok((Arc::new(config), noted))
    }
}

fn versions(options: &TlsOptions) -> Result<Vec<&'static SupportedProtocolVersion>, Error> {
    let number = |text: &Option<String>, default: u8, oldest: u8| match text.as_deref() {
        None => Ok(default),
        Some("TLSv1.3") => Ok(3),
        Some("TLSv1.2") => Ok(2),
        Some("TLSv1" | "TLSv1.1") if oldest == 2 => Ok(2),
        Some(_) => Err(Error::invalid("ERR_TLS_INVALID_PROTOCOL_VERSION", "only TLSv1.2 and TLSv1.3 are spoken")),
    };
    let (min, max) = (number(&options.min, 2, 2)?, number(&options.max, 3, 3)?);
    if min > max {
        return Err(Error::invalid("ERR_TLS_PROTOCOL_VERSION_CONFLICT", "the lowest version is higher than the highest one"));
    }
    Ok([(3, VERSIONS[0]), (2, VERSIONS[1])].into_iter().filter(|(n, _)| (min..=max).contains(n)).map(|(_, version)| version).collect())
}
