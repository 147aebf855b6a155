//! Who is calling: issues tokens for a valid client id and secret, and finds the caller of a valid token.
//!
//! Everything here is answered from memory. The endpoints define what a caller may do, and the gateways write the refusals.

mod presented;
mod throttle;
mod token;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::ids::{AccountId, ClientId};
use crate::resources::{CredentialRecord, Scope, Scopes};
pub use presented::ClientCredentials;
use throttle::Throttle;
pub use throttle::ThrottleConfig;
pub use token::LIFETIME;
use token::{SHARED, TokenKey};

/// The credentials of the server.
pub(crate) trait Clients {
    /// The credential with this client id.
    fn credential(&self, client_id: &str) -> Option<Arc<CredentialRecord>>;
    /// Whether the secret has this hash, in constant time.
    fn verify_secret(&self, secret: &str, hash: &[u8; 32]) -> bool;
}

/// Why a caller is refused.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AuthError {
    /// The token is missing or not valid.
    #[error("no valid token")]
    Token,
    /// The client id and secret are missing or wrong.
    #[error("no valid client credentials")]
    Client,
    /// Too many failures; the client must wait this long.
    #[error("too many failures")]
    Throttled(Duration),
    /// The token lacks this scope.
    #[error("the scope {} is missing", .0.as_str())]
    Scope(Scope),
}

/// The account and the scopes of an authenticated request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account that the caller acts for.
    pub(crate) account: AccountId,
    scopes: Scopes,
}

impl Caller {
    /// A caller whom a dialect authenticated. It acts for this account, and has no scope.
    pub fn of(account: AccountId) -> Self {
        Self { account, scopes: std::iter::empty().collect() }
    }

    /// Whether the caller has this scope.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.scopes.allow(scope)
    }

    /// Refuses a caller without this scope.
    pub(crate) fn require(&self, scope: Scope) -> Result<(), AuthError> {
        if self.scopes.allow(scope) { Ok(()) } else { Err(AuthError::Scope(scope)) }
    }
}

/// A token, and when it was made.
#[derive(Clone)]
pub(crate) struct Issued {
    /// The token.
    pub(crate) token: String,
    /// When it was made.
    pub(crate) at: SystemTime,
    generation: u64,
}

/// Checks tokens and client credentials.
pub(crate) struct Authenticator {
    key: TokenKey,
    /// The newest token of each credential, which is issued again while it is fresh enough.
    issued: Mutex<HashMap<ClientId, Issued>>,
    throttle: Throttle,
    /// The origin of the throttle's times. It is monotonic, so that a change of the wall clock does not help a guesser.
    started: Instant,
}

impl Authenticator {
    /// An authenticator that signs tokens with this key.
    pub(crate) fn new(key: &[u8; 32], throttle: &ThrottleConfig) -> Self {
        Self { key: TokenKey::new(key), issued: Mutex::default(), throttle: Throttle::new(throttle), started: Instant::now() }
    }

    /// The caller behind an `Authorization` header.
    pub(crate) fn caller(&self, clients: &impl Clients, header: Option<&str>, now: SystemTime) -> Result<Caller, AuthError> {
        let token = header.and_then(presented::bearer).ok_or(AuthError::Token)?;
        let record = self.owner(clients, token, now).ok_or(AuthError::Token)?;
        Ok(Caller { account: record.account, scopes: record.scopes })
    }

    /// The credential that a token belongs to, if the token is valid now.
    pub(crate) fn owner(&self, clients: &impl Clients, token: &str, now: SystemTime) -> Option<Arc<CredentialRecord>> {
        let claims = self.key.verify(token, now).ok()?;
        clients.credential(claims.client_id.as_str()).filter(|record| record.generation == claims.generation)
    }

    /// The credential whose id and secret a client sends.
    pub(crate) fn client(
        &self,
        clients: &impl Clients,
        sent: Option<ClientCredentials>,
        address: IpAddr,
    ) -> Result<Arc<CredentialRecord>, AuthError> {
        let sent = sent.ok_or(AuthError::Client)?;
        let now = self.started.elapsed();
        self.throttle.check(&sent.id, address, now).map_err(AuthError::Throttled)?;
        let record = clients.credential(&sent.id);
        // An unknown id costs a comparison too, so that the time does not reveal which ids exist.
        let hash = record.as_ref().map_or([0; 32], |record| record.secret_hash);
        let right = clients.verify_secret(sent.secret.expose(), &hash);
        record.filter(|_| right).ok_or_else(|| {
            self.throttle.failed(&sent.id, address, now);
            AuthError::Client
        })
    }

    /// A token for a credential: the previous one, if it stays valid for [`LIFETIME`] at least.
    pub(crate) fn issue(&self, record: &CredentialRecord, now: SystemTime) -> Result<Issued, getrandom::Error> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |one: &&Issued| now.duration_since(one.at).is_ok_and(|age| age < SHARED);
        let again = issued.get(&record.client_id).filter(|one| one.generation == record.generation).filter(fresh);
        if let Some(one) = again {
            return Ok(one.clone());
        }
        let token = self.key.issue(&record.client_id, record.generation, now)?;
        let one = Issued { token, at: now, generation: record.generation };
        issued.insert(record.client_id.clone(), one.clone());
        Ok(one)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::UNIX_EPOCH;

    use hookbox_host_api::Secret;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// Its hash of a secret is the padded secret.
    #[derive(Default)]
    struct FakeClients(HashMap<String, Arc<CredentialRecord>>);

    fn hash(secret: &str) -> [u8; 32] {
        std::array::from_fn(|index| secret.as_bytes().get(index).copied().unwrap_or_default())
    }

    impl Clients for FakeClients {
        fn credential(&self, client_id: &str) -> Option<Arc<CredentialRecord>> {
            self.0.get(client_id).cloned()
        }
        fn verify_secret(&self, secret: &str, expected: &[u8; 32]) -> bool {
            hash(secret) == *expected
        }
    }

    impl FakeClients {
        fn with(generation: u64, scope: Scope) -> Self {
            let record = CredentialRecord {
                client_id: "client".parse().unwrap(),
                account: AccountId::OPERATOR,
                name: None,
                scopes: [scope].into_iter().collect(),
                secret_hash: hash("right"),
                generation,
                created_at: UNIX_EPOCH.into(),
            };
            Self(HashMap::from([("client".to_owned(), Arc::new(record))]))
        }
    }

    fn authenticator() -> Authenticator {
        Authenticator::new(&[1; 32], &ThrottleConfig { client_failures: 3, address_failures: 100 })
    }

    fn sent(id: &str, secret: &str) -> Option<ClientCredentials> {
        Some(ClientCredentials { id: id.into(), secret: Secret::new(secret) })
    }

    #[tokio::test]
    async fn a_good_secret_gives_a_token_that_gives_a_caller() {
        let (auth, clients) = (authenticator(), FakeClients::with(4, Scope::Read));
        let record = auth.client(&clients, sent("client", "right"), HERE).unwrap();
        let token = auth.issue(&record, UNIX_EPOCH).unwrap().token;
        let caller = auth.caller(&clients, Some(&format!("bearer:{token}")), UNIX_EPOCH).unwrap();
        assert_eq!(caller.account, AccountId::OPERATOR);
        assert_eq!(caller.require(Scope::Read), Ok(()));
        assert_eq!(caller.require(Scope::Manage), Err(AuthError::Scope(Scope::Manage)));
        let expired = auth.caller(&clients, Some(&format!("Bearer {token}")), UNIX_EPOCH + LIFETIME + SHARED);
        assert_eq!(expired, Err(AuthError::Token));
        for header in [None, Some("Bearer x"), Some(token.as_str())] {
            assert_eq!(auth.caller(&clients, header, UNIX_EPOCH), Err(AuthError::Token));
        }
    }

    #[tokio::test]
    async fn the_same_token_is_given_for_an_hour_unless_it_is_revoked() {
        let (auth, clients) = (authenticator(), FakeClients::with(4, Scope::Read));
        let record = clients.0["client"].clone();
        let issue = |record: &CredentialRecord, seconds| auth.issue(record, UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        let first = issue(&record, 0);
        let again = issue(&record, 3599);
        assert_eq!((&again.token, again.at), (&first.token, UNIX_EPOCH));
        let promised = UNIX_EPOCH + Duration::from_secs(3599) + LIFETIME - Duration::from_secs(1);
        assert!(auth.owner(&clients, &again.token, promised).is_some(), "it is good for as long as it was said to be");
        assert_ne!(issue(&record, 3600).token, first.token);
        let revoked = CredentialRecord { generation: 5, ..CredentialRecord::clone(&record) };
        assert_ne!(issue(&revoked, 0).token, first.token);
    }

    #[tokio::test]
    async fn a_revoked_or_deleted_credential_has_no_tokens() {
        let (auth, clients) = (authenticator(), FakeClients::with(4, Scope::Read));
        let token = auth.issue(&clients.0["client"], UNIX_EPOCH).unwrap().token;
        assert!(auth.owner(&clients, &token, UNIX_EPOCH).is_some());
        assert!(auth.owner(&FakeClients::with(5, Scope::Read), &token, UNIX_EPOCH).is_none());
        assert!(auth.owner(&FakeClients::default(), &token, UNIX_EPOCH).is_none());
    }

    #[tokio::test]
    async fn wrong_secrets_and_unknown_ids_are_alike() {
        let (auth, clients) = (authenticator(), FakeClients::with(0, Scope::Read));
        for wrong in [None, sent("client", "wrong"), sent("client", ""), sent("nobody", "right"), sent("nobody", "")] {
            assert_eq!(auth.client(&clients, wrong, HERE).unwrap_err(), AuthError::Client);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_guesser_waits_and_even_a_right_guess_is_not_looked_at() {
        let (auth, clients) = (authenticator(), FakeClients::with(0, Scope::Read));
        let guess = |secret| auth.client(&clients, sent("client", secret), HERE).map(|_| ());
        for _ in 0..3 {
            assert_eq!(guess("wrong"), Err(AuthError::Client));
        }
        assert!(matches!(guess("right"), Err(AuthError::Throttled(_))));
        assert!(auth.client(&clients, sent("client", "right"), "192.0.2.9".parse().unwrap()).is_ok());
        tokio::time::advance(Duration::from_secs(21)).await;
        assert_eq!(guess("right"), Ok(()));
    }
}
