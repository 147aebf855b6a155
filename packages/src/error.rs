//! Why packages cannot be had. Each message is a sentence for the author or the operator and names the package, its version and the reason.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What kept packages from being resolved, fetched or kept. No text of it has a token or a password.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for is no request.
    #[error("{0}")]
    Request(String),
    /// A package can never be had: it does not exist, is refused by a rule, or fits nothing.
    #[error("{package}: {reason}")]
    Package {
        /// Its name, with its version or range where that is known: `left-pad@^1.3.0`.
        package: String,
        /// Why, without a full stop.
        reason: String,
    },
    /// A limit was crossed.
    #[error("{what}: the limit is {limit} ({setting})")]
    Limit {
        /// What is too much, with the package that it is about.
        what: String,
        /// The value of the limit, with its unit.
        limit: String,
        /// The field of [`crate::Limits`].
        setting: &'static str,
    },
    /// The registry did not do its part; the same request may succeed later.
    #[error("{package}: {reason}")]
    Registry {
        /// What was asked for.
        package: String,
        /// What happened.
        reason: String,
    },
    /// How the client is configured makes no sense.
    #[error("{place}: {reason}")]
    Config {
        /// The file or variable.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// The disk failed. It is a fault of the host.
    #[error("{}: {error}", path.display())]
    Disk {
        /// Where.
        path: PathBuf,
        /// How.
        #[source]
        error: Arc<io::Error>,
    },
}

impl Error {
    pub(crate) fn request(reason: impl Into<String>) -> Self {
        Self::Request(reason.into())
    }

    pub(crate) fn package(package: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Package { package: package.into(), reason: reason.into() }
    }

    pub(crate) fn registry(package: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Registry { package: package.into(), reason: reason.into() }
    }

    pub(crate) fn limit(what: impl Into<String>, limit: impl Into<String>, setting: &'static str) -> Self {
        Self::Limit { what: what.into(), limit: limit.into(), setting }
    }

    pub(crate) fn disk(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::Disk { path, error: Arc::new(error) }
    }

    /// Whether it is nobody's fault among the authors: the registry, the disk or the configuration failed.
    pub fn is_of_the_host(&self) -> bool {
        matches!(self, Self::Registry { .. } | Self::Config { .. } | Self::Disk { .. })
    }
}
