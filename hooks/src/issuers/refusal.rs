//! Why a token is refused.

/// Why a token is refused. It is for the server's log, not for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// It is no signed token.
    #[error("it is no signed token")]
    Malformed,
    /// Its algorithm is not one of the accepted ones.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// Its issuer or audience is another one.
    #[error("its issuer or audience is another one")]
    Foreign,
    /// It is not valid at this time.
    #[error("it is not valid at this time")]
    Time,
    /// The issuer has no such key, or its keys cannot be fetched.
    #[error("the issuer's key is not known")]
    Key,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
}
