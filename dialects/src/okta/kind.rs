//! Okta's hook types, and what is particular to each.
//!
//! Okta's documentation: <https://developer.okta.com/docs/concepts/inline-hooks/>, <https://developer.okta.com/docs/concepts/event-hooks/>.

use hookbox_host_api::Decision;

/// The dialect's name.
pub(super) const DIALECT: &str = "okta";

/// One of the types: the six inline hooks and the event hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A user who was imported without a password signs in for the first time.
    PasswordImport,
    /// A one-time password is to be sent.
    Telephony,
    /// Somebody registers, or completes a profile.
    Registration,
    /// A custom authorization server mints tokens.
    Token,
    /// A SAML assertion is made.
    Saml,
    /// A user is imported from an application.
    UserImport,
    /// Something has happened.
    Event,
}

impl Kind {
    /// Every type, in the order in which they are documented.
    pub(super) const ALL: [Self; 7] =
        [Self::PasswordImport, Self::Telephony, Self::Registration, Self::Token, Self::Saml, Self::UserImport, Self::Event];

    /// The type's name.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::PasswordImport => "okta-password-import",
            Self::Telephony => "okta-telephony",
            Self::Registration => "okta-registration",
            Self::Token => "okta-token",
            Self::Saml => "okta-saml-assertion",
            Self::UserImport => "okta-user-import",
            Self::Event => "okta-event",
        }
    }

    /// The type with this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// `eventType` of its events. Okta's own API calls the types of inline hooks by it.
    pub(super) const fn event_type(self) -> &'static str {
        match self {
            Self::PasswordImport => "com.okta.user.credential.password.import",
            Self::Telephony => "com.okta.telephony.provider",
            Self::Registration => "com.okta.user.pre-registration",
            Self::Token => "com.okta.oauth2.tokens.transform",
            Self::Saml => "com.okta.saml.tokens.transform",
            Self::UserImport => "com.okta.import.transform",
            Self::Event => "com.okta.event_hook",
        }
    }

    /// Whether Okta waits for what the hook decides.
    pub(super) fn is_inline(self) -> bool {
        self != Self::Event
    }

    /// Whether Okta sends an event once more when the first answer failed or came too late.
    pub(super) fn is_retried(self) -> bool {
        match self {
            Self::Token | Self::Telephony => false,
            Self::PasswordImport | Self::Registration | Self::Saml | Self::UserImport | Self::Event => true,
        }
    }

    /// Whether an empty answer is one: Okta then goes on as if there were no hook.
    pub(super) fn may_be_silent(self) -> bool {
        self != Self::Telephony
    }

    /// What a hook may have as its `on_error`; the first is the default, which has the effect that Okta documents for a service that is down.
    pub(super) const fn on_error(self) -> &'static [Decision] {
        match self {
            // Nothing but a function that has checked a password may say that it is right.
            Self::PasswordImport => &[Decision::Deny, Decision::NoChange],
            // Nobody has sent a message, so Okta must.
            Self::Telephony => &[Decision::Deny],
            Self::Registration => &[Decision::Deny, Decision::Allow, Decision::NoChange],
            Self::Token | Self::Saml | Self::UserImport => &[Decision::NoChange, Decision::Deny],
            // Denied, Okta delivers the events once more.
            Self::Event => &[Decision::Deny, Decision::NoChange],
        }
    }

    /// Where its events hold secrets: paths below `data`.
    pub(super) fn secret_paths(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::PasswordImport => &[&["context", "credential", "password"]],
            Self::Telephony => &[&["messageProfile", "otpCode"]],
            Self::Registration => &[&["userProfile", "password"], &["userProfileUpdate", "password"]],
            Self::Token => &[
                &["context", "protocol", "OriginalGrant", "refresh_token"],
                &["context", "protocol", "OriginalGrant", "refresh_token", "jti"],
                &["context", "protocol", "originalGrant", "refresh_token"],
                &["context", "protocol", "originalGrant", "refresh_token", "jti"],
                &["context", "session", "id"],
                &["refresh_token"],
                &["refresh_token", "jti"],
            ],
            Self::Saml => &[&["context", "session", "id"]],
            Self::UserImport => &[&["appUser", "profile", "password"], &["user", "profile", "password"]],
            Self::Event => &[],
        }
    }

    /// The last keys of [`Kind::secret_paths`].
    pub(super) const fn secrets(self) -> &'static [&'static str] {
        match self {
            Self::PasswordImport | Self::Registration | Self::UserImport => &["password"],
            Self::Telephony => &["otpCode"],
            Self::Token => &["refresh_token", "jti", "id"],
            Self::Saml => &["id"],
            Self::Event => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_type_lets_a_password_in_or_claims_a_message_by_itself() {
        for kind in [Kind::PasswordImport, Kind::Telephony] {
            assert!(!kind.on_error().contains(&Decision::Allow), "{kind:?}");
        }
        for kind in Kind::ALL {
            assert!(!kind.on_error().is_empty());
            assert_eq!(Kind::named(kind.as_str()), Some(kind));
        }
    }
}
