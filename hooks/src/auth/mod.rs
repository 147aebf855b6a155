//! Who is calling: issues tokens for a valid client id and secret, and finds the caller of a valid token.
//!
//! Everything here is answered from memory. The endpoints define what a caller may do, and the gateways write the refusals.

mod access;
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
pub use access::AccessConfig;
pub use presented::ClientCredentials;
use throttle::Throttle;
pub use throttle::ThrottleConfig;
pub use token::LIFETIME;
use token::{SHARED, TokenKey};

/// The longest secret that is looked at.
pub const MAX_SECRET_BYTES: usize = 1024;

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
    /// The credential must not be used from this address.
    #[error("the credential must not be used from the address {0}")]
    Address(IpAddr),
    /// The scope must not be used from this address.
    #[error("the scope {} must not be used from the address {}", .0.as_str(), .1)]
    ScopeAddress(Scope, IpAddr),
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

    /// The caller that a credential is.
    pub(crate) fn new(record: &CredentialRecord) -> Self {
        Self { account: record.account, scopes: record.scopes }
    }

    /// Whether the caller has this scope.
    pub(crate) fn may(&self, scope: Scope) -> bool {
        self.scopes.allow(scope)
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
    access: AccessConfig,
    /// The origin of the throttle's times. It is monotonic, so that a change of the wall clock does not help a guesser.
    started: Instant,
}

impl Authenticator {
    /// An authenticator that signs tokens with this key.
    pub(crate) fn new(key: &[u8; 32], throttle: &ThrottleConfig, access: &AccessConfig) -> Self {
        Self {
            key: TokenKey::new(key),
            issued: Mutex::default(),
            throttle: Throttle::new(throttle),
            access: access.clone(),
            started: Instant::now(),
        }
    }

    /// The caller behind an `Authorization` header, who calls from an address.
    pub(crate) fn caller(
        &self,
        clients: &impl Clients,
        header: Option<&str>,
        address: IpAddr,
        now: SystemTime,
    ) -> Result<Caller, AuthError> {
        self.bearer(clients, header.and_then(presented::bearer).ok_or(AuthError::Token)?, address, now)
    }

    /// The caller behind a token, who calls from an address.
    pub(crate) fn bearer(&self, clients: &impl Clients, token: &str, address: IpAddr, now: SystemTime) -> Result<Caller, AuthError> {
        let record = self.owner(clients, token, now).ok_or(AuthError::Token)?;
        check_address(&record, address)?;
        Ok(Caller::new(&record))
    }

    /// Refuses a caller without a scope, or from an address where it must not be used.
    pub(crate) fn require(&self, caller: &Caller, scope: Scope, address: IpAddr) -> Result<(), AuthError> {
        if !caller.may(scope) {
            return Err(AuthError::Scope(scope));
        }
        if self.access.allows(scope, address) { Ok(()) } else { Err(AuthError::ScopeAddress(scope, address)) }
    }

    /// The credential that a token belongs to, if the token is valid now.
    pub(crate) fn owner(&self, clients: &impl Clients, token: &str, now: SystemTime) -> Option<Arc<CredentialRecord>> {
        let claims = self.key.verify(token, now).ok()?;
        clients.credential(claims.client_id.as_str()).filter(|record| record.generation == claims.generation)
    }

    /// The credential whose id and secret a client sends.
    ///
    /// A right secret is always answered, and a wrong one costs its sender a wait: if the wait were for everybody who names the client id, or
    /// who shares an address, others could keep a client out. So a guess is looked at even while its sender should wait, and there is no
    /// bound on guesses. None is needed: a secret that the server makes is 256 random bits, and one that an operator chooses must have 32
    /// characters. What a guess costs is bounded: a hash of at most [`MAX_SECRET_BYTES`], less than reading the request did.
    pub(crate) fn client(
        &self,
        clients: &impl Clients,
        sent: Option<ClientCredentials>,
        address: IpAddr,
    ) -> Result<Arc<CredentialRecord>, AuthError> {
        let sent = sent.ok_or(AuthError::Client)?;
        if let Some(record) = verified(clients, &sent) {
            check_address(&record, address)?;
            return Ok(record);
        }
        let now = self.started.elapsed();
        self.throttle.check(&sent.id, address, now).map_err(AuthError::Throttled)?;
        self.throttle.failed(&sent.id, address, now);
        Err(AuthError::Client)
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

fn check_address(record: &CredentialRecord, address: IpAddr) -> Result<(), AuthError> {
    if record.allowed_addresses.allow(address) { Ok(()) } else { Err(AuthError::Address(address)) }
}

/// The credential, if the secret is its own.
fn verified(clients: &impl Clients, sent: &ClientCredentials) -> Option<Arc<CredentialRecord>> {
    let secret = sent.secret.expose();
    let record = clients.credential(&sent.id);
    // An unknown id costs a comparison too, so that the time does not reveal which ids exist.
    let hash = record.as_ref().map_or([0; 32], |record| record.secret_hash);
    let right = secret.len() <= MAX_SECRET_BYTES && clients.verify_secret(secret, &hash);
    record.filter(|_| right)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::time::UNIX_EPOCH;

    use hookbox_host_api::Secret;

    use super::*;
    use crate::networks::Networks;

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
                allowed_addresses: Networks::default(),
            };
            Self(HashMap::from([("client".to_owned(), Arc::new(record))]))
        }
    }

    fn authenticator() -> Authenticator {
        let access = AccessConfig { operate: networks("192.0.2.0/24"), manage: networks("192.0.2.1") };
        Authenticator::new(&[1; 32], &ThrottleConfig { client_failures: 3, address_failures: 5 }, &access)
    }

    fn networks(text: &str) -> Networks {
        Networks::parse([text]).unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn sent(id: &str, secret: &str) -> Option<ClientCredentials> {
        Some(ClientCredentials { id: id.into(), secret: Secret::new(secret) })
    }

    #[tokio::test]
    async fn a_good_secret_gives_a_token_that_gives_a_caller() {
        let (auth, clients) = (authenticator(), FakeClients::with(4, Scope::Read));
        let record = auth.client(&clients, sent("client", "right"), HERE).unwrap();
        let token = auth.issue(&record, UNIX_EPOCH).unwrap().token;
        let caller = auth.caller(&clients, Some(&format!("bearer:{token}")), HERE, UNIX_EPOCH).unwrap();
        assert_eq!(caller.account, AccountId::OPERATOR);
        assert_eq!(auth.require(&caller, Scope::Read, HERE), Ok(()));
        assert_eq!(auth.require(&caller, Scope::Manage, HERE), Err(AuthError::Scope(Scope::Manage)));
        let expired = auth.caller(&clients, Some(&format!("Bearer {token}")), HERE, UNIX_EPOCH + LIFETIME + SHARED);
        assert_eq!(expired, Err(AuthError::Token));
        for header in [None, Some("Bearer x"), Some(token.as_str())] {
            assert_eq!(auth.caller(&clients, header, HERE, UNIX_EPOCH), Err(AuthError::Token));
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
    async fn who_guesses_waits_and_who_knows_never_does() {
        let (auth, clients) = (authenticator(), FakeClients::with(0, Scope::Read));
        let guess = |secret| auth.client(&clients, sent("client", secret), HERE).map(|_| ());
        for _ in 0..3 {
            assert_eq!(guess("wrong"), Err(AuthError::Client));
        }
        for _ in 0..10 {
            assert!(matches!(guess("wrong"), Err(AuthError::Throttled(_))));
            assert_eq!(guess("right"), Ok(()));
        }
        // The address is used up too.
        let other = |id: &str| auth.client(&clients, sent(id, "wrong"), HERE).map(|_| ());
        assert_eq!((other("a"), other("b")), (Err(AuthError::Client), Err(AuthError::Client)));
        assert!(matches!(other("c"), Err(AuthError::Throttled(_))));
        assert_eq!(guess("right"), Ok(()));
        tokio::time::advance(Duration::from_secs(21)).await;
        assert_eq!(guess("wrong"), Err(AuthError::Client));
    }

    #[tokio::test]
    async fn a_secret_beyond_all_lengths_is_wrong_unread() {
        let auth = authenticator();
        let long = "right".to_owned() + &"\0".repeat(MAX_SECRET_BYTES);
        let clients = FakeClients::with(0, Scope::Read);
        assert!(clients.verify_secret(&long, &hash("right")), "the fake would take it");
        assert_eq!(auth.client(&clients, sent("client", &long), HERE).unwrap_err(), AuthError::Client);
    }

    #[tokio::test]
    async fn a_credential_is_good_at_its_own_addresses_only() {
        let auth = authenticator();
        let mut clients = FakeClients::with(0, Scope::Read);
        let mut record = CredentialRecord::clone(&clients.0["client"]);
        record.allowed_addresses = networks("192.0.2.0/24");
        let token = auth.issue(&record, UNIX_EPOCH).unwrap().token;
        clients.0.insert("client".to_owned(), Arc::new(record));
        let header = format!("Bearer {token}");
        let (inside, outside) = (address("192.0.2.7"), address("192.0.3.7"));
        let refused = AuthError::Address(outside);
        assert!(auth.client(&clients, sent("client", "right"), inside).is_ok());
        assert_eq!(auth.client(&clients, sent("client", "right"), outside).unwrap_err(), refused);
        assert_eq!(auth.client(&clients, sent("client", "wrong"), outside).unwrap_err(), AuthError::Client);
        assert!(auth.caller(&clients, Some(&header), inside, UNIX_EPOCH).is_ok());
        assert_eq!(auth.caller(&clients, Some(&header), outside, UNIX_EPOCH).unwrap_err(), refused);
    }

    #[tokio::test]
    async fn a_scope_is_good_at_its_addresses_only() {
        let auth = authenticator();
        for (scope, from, allowed) in [
            (Scope::Operate, "192.0.2.9", true),
            (Scope::Operate, "192.0.3.9", false),
            (Scope::Manage, "192.0.2.1", true),
            (Scope::Manage, "192.0.2.9", false),
            (Scope::Read, "203.0.113.1", true),
            (Scope::Fire, "203.0.113.1", true),
        ] {
            let caller = Caller { account: AccountId::OPERATOR, scopes: [Scope::Operate, Scope::Manage].into_iter().collect() };
            assert_eq!(auth.require(&caller, scope, address(from)).is_ok(), allowed, "{scope:?} from {from}");
        }
    }
}
