//! One request on its way to its endpoint's handler, and what handlers work with.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;
use tokio::time::Instant;

use super::errors::ApiError;
use super::query::Query;
use crate::auth::{AuthError, Authenticator, Caller, ClientCredentials};
use crate::ids::{AccountId, ClientId};
use crate::resources::{CredentialRecord, Scope};
use crate::service::Service;

/// What every handler works with.
pub struct Core {
    /// The service.
    pub service: Arc<Service>,
    pub(crate) auth: Arc<Authenticator>,
}

/// The head of a request, before its body is read.
pub struct Head<'a> {
    /// The path, without the query.
    pub path: &'a str,
    /// The path's parameters.
    pub params: Params<'a>,
    /// The query as it was sent, without the question mark.
    pub query: Option<&'a str>,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The IP address of the client, which a trusted proxy may have named.
    pub client: IpAddr,
}

/// One request on its way to its handler.
pub struct Call<'a> {
    /// The caller; `None` if the endpoint is open, or its handler checks the client's secret.
    pub(crate) caller: Option<Caller>,
    /// The head.
    pub head: Head<'a>,
    /// The query.
    pub query: Query<'a>,
    /// The body.
    pub body: Bytes,
    /// When the body was complete; deadlines count from here.
    pub read_at: Instant,
}

/// The parameters of a path, by the names that the endpoint gives them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Params<'a> {
    found: [(&'static str, &'a str); Params::MOST],
    count: usize,
}

impl<'a> Params<'a> {
    /// The most parameters of one path.
    pub(crate) const MOST: usize = 4;

    /// Adds the value of a segment. [`Params::name`] adds its name, once the endpoint is known.
    pub(crate) fn push(&mut self, value: &'a str) {
        if let Some(free) = self.found.get_mut(self.count) {
            *free = ("", value);
            self.count += 1;
        }
    }

    /// Names the values, in order.
    pub(crate) fn name(&mut self, names: &[&'static str]) {
        for (found, name) in self.found.iter_mut().zip(names) {
            found.0 = name;
        }
    }

    /// The parameter of this name; empty if the path does not have it.
    pub fn get(&self, name: &str) -> &'a str {
        let found = self.found.iter().take(self.count).find(|(have, _)| *have == name);
        found.map(|(_, value)| *value).unwrap_or_default()
    }
}

impl<'a> Call<'a> {
    /// The caller's account.
    ///
    /// # Errors
    /// The request has no caller, because its endpoint asks for no token.
    pub fn account(&self) -> Result<AccountId, ApiError> {
        self.caller.map(|caller| caller.account).ok_or(ApiError::Unauthenticated)
    }

    /// Whether the caller has this scope, for what goes beyond the endpoint's own access.
    pub fn may(&self, scope: Scope) -> bool {
        self.caller.is_some_and(|caller| caller.may(scope))
    }

    /// The parameter of this name; empty if the path does not have it.
    pub fn param(&self, name: &str) -> &'a str {
        self.head.params.get(name)
    }

    /// The path's parameter `id`.
    pub fn id(&self) -> &'a str {
        self.param("id")
    }
}

impl<'a> Head<'a> {
    /// A header, if it is text.
    pub fn text(&self, name: impl http::header::AsHeaderName) -> Option<&'a str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The `Authorization` header.
    pub fn authorization(&self) -> Option<&'a str> {
        self.text(http::header::AUTHORIZATION)
    }

    /// The `User-Agent` header.
    pub fn user_agent(&self) -> Option<&'a str> {
        self.text(http::header::USER_AGENT)
    }
}

/// A credential whose secret the client has shown.
#[derive(Clone)]
pub struct Credential(Arc<CredentialRecord>);

impl Credential {
    /// Its client id.
    pub fn client_id(&self) -> &ClientId {
        &self.0.client_id
    }

    /// The account that it acts for.
    pub fn account(&self) -> AccountId {
        self.0.account
    }
}

/// An access token for a client.
pub struct IssuedToken {
    /// The token.
    pub token: String,
    /// When it was made.
    pub at: SystemTime,
}

impl Core {
    /// Checks the id and secret that a client sends, and returns their credential.
    ///
    /// # Errors
    /// The id or secret is missing or wrong, or there were too many wrong ones.
    pub fn credential(&self, head: &Head<'_>, sent: Option<ClientCredentials>) -> Result<Credential, ApiError> {
        Ok(Credential(self.auth.client(&*self.service, sent, head.client)?))
    }

    /// Issues a token for a credential.
    ///
    /// # Errors
    /// The system provides no random bytes.
    pub fn issue(&self, credential: &Credential) -> Result<IssuedToken, ApiError> {
        let issued = self.auth.issue(&credential.0, self.service.now());
        let issued = issued.map_err(|error| ApiError::Internal(format!("no random bytes: {error}")))?;
        Ok(IssuedToken { token: issued.token, at: issued.at })
    }

    /// The client id of the credential that a valid token belongs to.
    pub fn owner(&self, token: &str) -> Option<ClientId> {
        self.auth.owner(&*self.service, token, self.service.now()).map(|record| record.client_id.clone())
    }

    /// The caller that a valid token belongs to, which a dialect's client sends in a header of its own form.
    ///
    /// # Errors
    /// The token is not valid, or must not be used from the client's address.
    pub fn token(&self, head: &Head<'_>, token: &str) -> Result<Caller, ApiError> {
        Ok(self.auth.bearer(&*self.service, token, head.client, self.service.now())?)
    }

    /// The caller that a credential is.
    pub fn caller(&self, credential: &Credential) -> Caller {
        Caller::new(&credential.0)
    }

    /// Refuses a caller without a scope, or from an address where it must not be used.
    ///
    /// # Errors
    /// The caller is refused.
    pub fn require(&self, caller: &Caller, scope: Scope, head: &Head<'_>) -> Result<(), ApiError> {
        Ok(self.auth.require(caller, scope, head.client)?)
    }

    /// The caller that the request's bearer token belongs to.
    ///
    /// # Errors
    /// The token is missing or not valid.
    pub fn bearer(&self, head: &Head<'_>) -> Result<Caller, ApiError> {
        Ok(self.auth.caller(&*self.service, head.authorization(), head.client, self.service.now())?)
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Token => Self::Unauthenticated,
            AuthError::Client => Self::WrongClient,
            AuthError::Throttled(wait) => Self::Throttled(wait),
            AuthError::Scope(scope) => Self::MissingScope(scope),
            AuthError::Address(_) | AuthError::ScopeAddress(..) => Self::WrongAddress(error.to_string()),
        }
    }
}
