//! What the doors of dialects need beside a run: hooks by their id, their secrets, tokens of others, and events that come again.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::Service;
use crate::auth::MAX_SECRET_BYTES;
use crate::error::ServiceError;
use crate::hook_type::{HookType, Settings};
use crate::ids::{AccountId, HookId};
use crate::issuers::{Issuer, TokenRefusal};
use crate::repeats::{Claim, EventKey};

/// A hook, as far as an endpoint needs it to authenticate a caller.
#[derive(Clone, Debug)]
pub struct FoundHook {
    /// Its id.
    pub id: HookId,
    /// The account that it belongs to.
    pub account: AccountId,
    /// Its type.
    pub hook_type: HookType,
    /// Whether the hook is kept from running at events.
    pub disabled: bool,
    /// The dialect's settings of the version that was ready last, or of the newest before there was one.
    pub settings: Settings,
}

/// What an event is answered.
#[derive(Clone, Debug)]
pub struct DoorAnswer {
    /// The answer, in a form of the dialect's own.
    pub bytes: Bytes,
    /// Whether it answers the same event again. If not, the event is answered anew.
    pub again: bool,
}

impl Service {
    /// The hook with this id in any account, for endpoints that authenticate callers by a hook's own secret.
    pub fn find_hook(&self, id: &str) -> Result<FoundHook, ServiceError> {
        let id = id.parse().map_err(|_| ServiceError::NotFound)?;
        let directory = self.state.directory.load();
        let (account, hook) = directory.hook(id)?;
        let spec = hook.record.ready.as_ref().map_or(&hook.record.spec, |ready| &ready.spec);
        Ok(FoundHook {
            id,
            account: account.record.id,
            hook_type: hook.record.hook_type,
            disabled: hook.record.disabled,
            settings: spec.settings.clone(),
        })
    }

    /// Whether a secret has this hash, which a [`Keeper`](crate::hook_type::Keeper) made, in a time that does not depend on where they
    /// differ.
    pub fn has_secret(&self, hash: &str, secret: &str) -> bool {
        let Ok(hash) = STANDARD_NO_PAD.decode(hash) else { return false };
        secret.len() <= MAX_SECRET_BYTES && <&[u8; 32]>::try_from(&*hash).is_ok_and(|hash| self.state.vault.verify_secret(secret, hash))
    }

    /// The claims of a token that an issuer has signed for callers of an account's hook.
    ///
    /// # Errors
    /// Why the token is refused.
    pub async fn verify_token(&self, account: AccountId, issuer: &Issuer, token: &str) -> Result<Map<String, Value>, TokenRefusal> {
        let found = self.state.directory.load().account(account).cloned().map_err(|_| TokenRefusal::Key)?;
        self.issuers.verify(account, found.record.settings.hosts_ceiling.as_ref(), issuer, token, self.now()).await
    }

    /// Answers an event of a hook once: the same event, which is one that is told by the same `parts`, is answered what the first was answered if it comes
    /// again within a minute, and while the first is still being answered, it waits for that. `answer` runs to its end even if the caller
    /// goes away.
    ///
    /// # Errors
    /// What `answer` fails with; such an event is answered anew.
    pub async fn answer_once(
        self: &Arc<Self>,
        account: AccountId,
        hook: HookId,
        parts: &[&[u8]],
        answer: impl Future<Output = Result<DoorAnswer, ServiceError>> + Send + 'static,
    ) -> Result<Bytes, ServiceError> {
        let mut hash = Sha256::new();
        for part in parts {
            // Its length as well, so that no two lists of parts are the same bytes.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let name = STANDARD_NO_PAD.encode(hash.finalize());
        let key = EventKey { account: account.get(), hook: hook.number(), name };
        let turn = match self.repeats.claim(key).await {
            Claim::Answered(bytes) => return Ok(bytes),
            Claim::New(turn) => turn,
        };
        let task = tokio::spawn(async move {
            let DoorAnswer { bytes, again } = answer.await?;
            if again {
                turn.answered(bytes.clone()).await;
            }
            Ok(bytes)
        });
        task.await.unwrap_or_else(|error| Err(ServiceError::Internal(format!("an event's answer broke off: {error}"))))
    }
}
