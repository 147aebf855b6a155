//! The authorities that an account's calls trust, and the client certificates that they show: as callers give them, as they are stored, and as
//! callers see them. A private key is sealed in the store and never returned.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use hookbox_egress::{CertificatePart, Identity, Policy, check_authorities};
use hookbox_host_api::Secret;
use serde::{Deserialize, Serialize};

use super::hosts::hosts;
use crate::clock::Timestamp;
use crate::error::ServiceError;
use crate::fields::Fields;

/// The most authorities and the most client certificates of an account.
const MOST: usize = 20;

/// A client certificate as callers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCertificate {
    /// To whom it is shown. Of several certificates for a host, it is the first one.
    pub hosts: Policy,
    /// Whose it is.
    pub subject: String,
    /// Until when it is valid.
    pub expires_at: Timestamp,
    /// SHA-256 of the certificate, in hexadecimal digits.
    pub fingerprint: String,
}

/// The parts of a client certificate that callers do not see, as they are stored under its fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClientKey {
    /// The certificate and its chain in PEM.
    pub(crate) cert: String,
    /// The private key in PEM, sealed by the vault for this account and fingerprint. In base64, so that a record is readable JSON.
    pub(crate) sealed: String,
}

/// A client certificate as a caller gives it.
#[derive(Clone, Debug)]
pub(crate) struct GivenCertificate {
    hosts: Policy,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// A new one.
    New { identity: Identity, shown: ClientCertificate },
    /// One that the account has, and where the caller named it.
    Known { fingerprint: String, field: String },
}

/// Seals a private key for a fingerprint.
pub(crate) type SealKey<'a> = dyn Fn(&str, &Secret) -> Result<String, ServiceError> + 'a;

/// Reads a list of authorities, each a text in PEM.
pub(super) fn authorities(fields: &mut Fields, name: &str) -> Result<Vec<String>, ServiceError> {
    let texts = fields.strings(name)?.unwrap_or_default();
    check_number(fields, name, texts.len())?;
    for (index, text) in texts.iter().enumerate() {
        check_authorities(text).map_err(|reason| fields.wrong(&format!("{name}[{index}]"), format_args!("cannot be trusted: {reason}")))?;
    }
    Ok(texts)
}

/// Reads a list of client certificates.
pub(super) fn client_certificates(fields: &mut Fields, name: &str) -> Result<Vec<GivenCertificate>, ServiceError> {
    let items = fields.objects(name)?.unwrap_or_default();
    check_number(fields, name, items.len())?;
    items.into_iter().map(GivenCertificate::read).collect()
}

fn check_number(fields: &Fields, name: &str, number: usize) -> Result<(), ServiceError> {
    if number > MOST { Err(fields.wrong(name, format_args!("does not meet maximum length of {MOST}"))) } else { Ok(()) }
}

impl GivenCertificate {
    fn read(item: Fields) -> Result<Self, ServiceError> {
        let mut item = item.only(&["hosts", "cert", "key", "fingerprint", "subject", "expires_at"])?;
        let hosts = hosts(&mut item, "hosts")?.ok_or_else(|| item.missing("hosts"))?;
        if hosts.is_empty() {
            return Err(item.wrong("hosts", "does not meet minimum length of 1"));
        }
        let (cert, key) = (item.string("cert")?, item.string("key")?.map(Secret::new));
        let fingerprint = item.string("fingerprint")?;
        let kind = match (cert, key, fingerprint) {
            (None, None, Some(fingerprint)) => Kind::Known { fingerprint, field: item.path("fingerprint") },
            (Some(cert), Some(key), _) => {
                let identity = Identity { hosts: hosts.clone(), cert, key };
                let shown = shown(&identity).map_err(|(part, reason)| match part {
                    CertificatePart::Certificate => item.wrong("cert", format_args!("cannot be used: {reason}")),
                    CertificatePart::Key => item.wrong("key", format_args!("cannot be used: {reason}")),
                })?;
                Kind::New { identity, shown }
            }
            (None, _, _) => return Err(item.missing("cert")),
            (Some(_), None, _) => return Err(item.missing("key")),
        };
        Ok(Self { hosts, kind })
    }
}

fn shown(identity: &Identity) -> Result<ClientCertificate, (CertificatePart, String)> {
    let facts = identity.facts()?;
    let since = Duration::from_secs(u64::try_from(facts.expires).unwrap_or_default());
    let expires_at = UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH).into();
    Ok(ClientCertificate { hosts: identity.hosts.clone(), subject: facts.subject, expires_at, fingerprint: facts.fingerprint })
}

/// The client certificates of an account and their keys.
pub(super) type Certificates = (Vec<ClientCertificate>, BTreeMap<String, ClientKey>);

/// The certificates that an account has after a caller gave these.
///
/// # Errors
/// One is named that the account does not have.
pub(super) fn given(given: Vec<GivenCertificate>, before: &Certificates, seal: &SealKey<'_>) -> Result<Certificates, ServiceError> {
    let (mut list, mut keys) = Certificates::default();
    for GivenCertificate { hosts, kind } in given {
        let (shown, key) = match kind {
            Kind::New { identity, shown } => {
                let sealed = seal(&shown.fingerprint, &identity.key)?;
                (shown, ClientKey { cert: identity.cert, sealed })
            }
            Kind::Known { fingerprint, field } => {
                let found = before.0.iter().find(|one| one.fingerprint == fingerprint).zip(before.1.get(&fingerprint));
                let unknown = || {
                    let message = format!("instance.{field} is of no certificate of the account: a new one needs cert and key");
                    ServiceError::invalid(field.clone(), message)
                };
                let (shown, key) = found.ok_or_else(unknown)?;
                (ClientCertificate { hosts, ..shown.clone() }, key.clone())
            }
        };
        keys.insert(shown.fingerprint.clone(), key);
        list.push(shown);
    }
    Ok((list, keys))
}
