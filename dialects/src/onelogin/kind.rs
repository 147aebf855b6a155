//! OneLogin's two hook types, and what is particular to each.

/// One of the two hook types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Fires after the user name is entered, before password and second factor: may swap the login policy, or deny.
    PreAuthentication,
    /// Fires when the user name is unknown, with the password: may deliver the user from another directory.
    UserMigration,
}

/// The dialect's name.
pub(crate) const DIALECT: &str = "onelogin";

/// The longest source in a strict account, in characters.
pub(super) const STRICT_SOURCE: usize = 20_000;

impl Kind {
    /// The type's name.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::PreAuthentication => "pre-authentication",
            Self::UserMigration => "user-migration",
        }
    }

    /// The type of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::PreAuthentication, Self::UserMigration].into_iter().find(|kind| kind.as_str() == name)
    }

    /// The longest timeout of a hook in a strict account, in seconds.
    pub(super) fn strict_timeout(self) -> u8 {
        match self {
            Self::PreAuthentication => 1,
            Self::UserMigration => 10,
        }
    }

    /// Top-level keys of the context whose values are secrets.
    pub(super) const fn secrets(self) -> &'static [&'static str] {
        match self {
            Self::PreAuthentication => &[],
            Self::UserMigration => &["password"],
        }
    }
}
