//! The handshake itself. What fails ends the connection: there is no way back to a stream without TLS.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::facts::TlsFacts;
use super::faults;
use super::verifier::Noted;
use super::{TlsConfig, TlsOptions};
use crate::error::Error;
use crate::policy::{Host, Target};

/// What a connection offers to the server.
pub(crate) struct Offer {
    config: Arc<ClientConfig>,
    noted: Option<Arc<Noted>>,
    name: ServerName<'static>,
}

impl Offer {
    /// For HTTPS to the target.
    pub(crate) fn https(tls: &TlsConfig, target: &Target) -> Result<Self, Error> {
        Ok(Self { config: tls.https(target), noted: None, name: name_of(&target.host)? })
    }

    /// For HTTPS as a hook wants it. Without protocols of its own, it speaks HTTP/1.1, as `https` of Node does.
    pub(crate) fn request(tls: &TlsConfig, options: &TlsOptions, target: &Target) -> Result<Self, Error> {
        if options.alpn.is_empty() {
            return Self::raw(tls, &TlsOptions { alpn: vec!["http/1.1".to_owned()], ..options.clone() }, target);
        }
        Self::raw(tls, options, target)
    }

    /// As a hook wants it.
    pub(crate) fn raw(tls: &TlsConfig, options: &TlsOptions, target: &Target) -> Result<Self, Error> {
        let name = name_of(&Host::parse(&options.name)?)?;
        let (config, noted) = tls.raw(options, target)?;
        Ok(Self { config, noted: Some(noted), name })
    }
}

fn name_of(host: &Host) -> Result<ServerName<'static>, Error> {
    match host {
        Host::Address(address) => Ok(ServerName::IpAddress((*address).into())),
        Host::Name(name) => {
            let invalid = |_| Error::invalid("ERR_INVALID_ARG_VALUE", "a server's certificate cannot have this name");
            ServerName::try_from(name.clone()).map_err(invalid)
        }
    }
}

/// Makes a stream of TLS.
///
/// # Errors
/// Node's code of the certificate's fault, `EPROTO` for other faults of TLS, `ECONNRESET` where the server hung up.
pub(crate) async fn handshake(stream: TcpStream, offer: Offer) -> Result<(TlsStream<TcpStream>, TlsFacts), Error> {
    let connector = TlsConnector::from(offer.config);
    let stream = connector.connect(offer.name, stream).await.map_err(|error| faults::error_of(&error))?;
    let fault = offer.noted.and_then(|noted| noted.code());
    let facts = TlsFacts::of(stream.get_ref().1, fault);
    Ok((stream, facts))
}
