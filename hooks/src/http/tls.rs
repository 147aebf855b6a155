//! TLS for the listener: reads the certificate and key from their files, again on request. It alone names rustls.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Why a certificate cannot be used. The error contains nothing of the key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Only one of the two files is given.
    #[error("tls.cert and tls.key go together: set both or neither")]
    Half,
    /// A file cannot be read.
    #[error("{what} {} cannot be read: {cause}", path.display())]
    File {
        /// What should be in it.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The certificate and the key do not make a TLS server.
    #[error("the certificate in {} cannot be used: {cause}", path.display())]
    Unfit {
        /// The certificate's file.
        path: PathBuf,
        /// Why.
        cause: rustls::Error,
    },
}

/// The certificate and key for new connections.
#[derive(Clone, Debug)]
pub struct Tls(Arc<Files>);

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    current: ArcSwap<ServerConfig>,
}

impl Tls {
    /// Reads the files; `None` if neither is named.
    pub(super) fn open(certificate: Option<&Path>, key: Option<&Path>) -> Result<Option<Self>, TlsError> {
        let (certificate, key) = match (certificate, key) {
            (None, None) => return Ok(None),
            (Some(certificate), Some(key)) => (certificate.to_owned(), key.to_owned()),
            _ => return Err(TlsError::Half),
        };
        let current = ArcSwap::new(read(&certificate, &key)?);
        Ok(Some(Self(Arc::new(Files { certificate, key, current }))))
    }

    /// Reads the files again, for new connections. If they cannot be used, the previous certificate and key stay.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.0.current.store(read(&self.0.certificate, &self.0.key)?);
        Ok(())
    }

    /// The server's side of a handshake.
    pub(super) async fn accept(&self, stream: TcpStream) -> std::io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(self.0.current.load_full()).accept(stream).await
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let file = |what, path: &Path, cause: String| TlsError::File { what, path: path.to_owned(), cause };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| file("the certificate", certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(file("the certificate", certificate, "there is none in it".to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| file("the key", key, error.to_string()))?;
    let invalid_body = |cause| TlsError::Unfit { path: certificate.to_owned(), cause };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(invalid_body)?;
    let mut config = config.with_no_client_auth().with_single_cert(chain, secret).map_err(invalid_body)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
