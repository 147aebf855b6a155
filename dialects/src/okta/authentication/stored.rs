//! The setting: the means that hold now, and those that were replaced and are good for a while.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hookbox_hooks::hook_type::Keeper;
use hookbox_hooks::{Fields, ServiceError, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::means::Means;

/// How long replaced means stay good, in seconds, if nothing else is said; and at most.
const OVERLAP: u64 = 24 * 60 * 60;
const LONGEST_OVERLAP: u64 = 7 * 24 * 60 * 60;

/// What a body may say, with what is only shown.
pub(in crate::okta) const KEYS: [&str; 14] = [
    "type",
    "name",
    "secret",
    "user",
    "password",
    "issuer",
    "audience",
    "jwks_uri",
    "client_id",
    "scope",
    "algorithms",
    "previous_valid_for",
    "secret_set",
    "previous_until",
];

/// How Okta authenticates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::okta) struct Authentication {
    means: Means,
    /// Seconds.
    overlap: u64,
    #[serde(default)]
    previous: Option<Previous>,
}

/// Means that were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Previous {
    means: Means,
    /// Milliseconds since 1970.
    until: u64,
}

impl Authentication {
    /// Reads what a body says.
    pub(in crate::okta) fn read(said: Fields) -> Result<Self, ServiceError> {
        let mut said = said.only(&KEYS)?;
        let means = Means::read(&mut said)?;
        let overlap = said.integer("previous_valid_for", 0..=LONGEST_OVERLAP)?.unwrap_or(OVERLAP);
        Ok(Self { means, overlap, previous: None })
    }

    /// The setting in a hook's settings.
    pub(in crate::okta) fn of(stored: Option<&Value>) -> Option<Self> {
        serde_json::from_value(stored?.clone()).ok()
    }

    /// The form in which it is stored.
    pub(in crate::okta) fn stored(&self) -> Value {
        json!(self)
    }

    /// Whether it is a header or Basic, which is all that event hooks can send.
    pub(in crate::okta) fn is_header(&self) -> bool {
        self.means.is_header()
    }

    /// The setting without secrets, after one that is stored.
    pub(in crate::okta) fn kept(self, before: Option<Self>, keeper: &dyn Keeper) -> Self {
        let now = millis(keeper.now());
        let means = self.means.kept(before.as_ref().map(|before| &before.means), keeper);
        let previous = match before {
            Some(before) if before.means == means => before.previous,
            Some(before) => Some(Previous { means: before.means, until: now.saturating_add(self.overlap.saturating_mul(1000)) }),
            None => None,
        };
        let previous = previous.filter(|previous| self.overlap > 0 && previous.means.is_set());
        Self { means, overlap: self.overlap, previous }
    }

    /// The setting as callers see it.
    pub(in crate::okta) fn view(&self) -> Value {
        let mut view = json!(self.means.shown());
        let until = self.previous.as_ref().map(|previous| Timestamp::from(UNIX_EPOCH + Duration::from_millis(previous.until)));
        if let (Value::Object(fields), Some(Value::Object(more))) =
            (&mut view, Some(json!({"secret_set": self.means.is_set(), "previous_valid_for": self.overlap, "previous_until": until})))
        {
            fields.extend(more);
        }
        view
    }

    /// The headers that hold what Okta shows.
    pub(in crate::okta) fn headers(&self) -> Vec<&str> {
        let previous = self.previous.as_ref().map(|previous| &previous.means);
        std::iter::once(&self.means).chain(previous).map(Means::header).collect()
    }

    /// The means that are good at this moment.
    pub(in crate::okta) fn valid(&self, now: SystemTime) -> impl Iterator<Item = &Means> {
        let previous = self.previous.as_ref().filter(|previous| previous.until > millis(now));
        std::iter::once(&self.means).chain(previous.map(|previous| &previous.means))
    }
}

fn millis(time: SystemTime) -> u64 {
    u64::try_from(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A keeper whose hash of a secret is the secret in brackets.
    struct FakeKeeper(u64);

    impl Keeper for FakeKeeper {
        fn hash(&self, secret: &str) -> String {
            format!("<{secret}>")
        }

        fn now(&self) -> SystemTime {
            UNIX_EPOCH + Duration::from_secs(self.0)
        }
    }

    fn kept(body: Value, before: Option<&Authentication>, now: u64) -> Authentication {
        let said = Authentication::read(Fields::parse(body.to_string().as_bytes()).unwrap()).unwrap();
        said.kept(before.cloned(), &FakeKeeper(now))
    }

    fn header(secret: &str) -> Value {
        json!({"type": "header", "name": "X-Secret", "secret": secret})
    }

    fn good(one: &Authentication, now: u64) -> usize {
        one.valid(UNIX_EPOCH + Duration::from_secs(now)).count()
    }

    #[test]
    fn a_secret_is_kept_as_its_hash_and_never_shown() {
        let one = kept(header("hunter2"), None, 0);
        assert_eq!(one.stored()["means"], json!({"type": "header", "name": "X-Secret", "hash": "<hunter2>"}));
        let view = one.view();
        assert!(!view.to_string().contains("hunter2"), "{view}");
        assert_eq!(view["secret_set"], true);
        assert!(!format!("{one:?}").contains("hunter2"));
        assert_eq!(Authentication::of(Some(&one.stored())), Some(one.clone()));
        // What is shown can be sent back.
        assert_eq!(kept(view, Some(&one), 5), one);
    }

    #[test]
    fn the_secret_before_stays_good_for_a_while() {
        let first = kept(header("one"), None, 0);
        assert_eq!(kept(header("one"), Some(&first), 100), first);
        let second = kept(header("two"), Some(&first), 100);
        assert_eq!((good(&second, 100), good(&second, 100 + 86_399), good(&second, 100 + 86_400)), (2, 2, 1));
        assert_eq!(kept(header("two"), Some(&second), 200), second, "saying it again does not lengthen it");
        let mut at_once = header("two");
        at_once["previous_valid_for"] = 0.into();
        assert_eq!(good(&kept(at_once, Some(&second), 200), 200), 1);
        let third = kept(json!({"type": "basic", "user": "okta", "password": "three"}), Some(&second), 300);
        assert_eq!(good(&third, 300), 2);
        assert_eq!(third.stored()["previous"]["means"]["hash"], "<two>");
    }

    #[test]
    fn without_a_secret_nobody_is_let_in() {
        let one = kept(json!({"type": "header", "name": "x-secret"}), None, 0);
        assert_eq!(one.view()["secret_set"], false);
        let other = kept(json!({"type": "header", "name": "x-other"}), Some(&kept(header("one"), None, 0)), 0);
        assert_eq!(other.view()["secret_set"], false, "another header has another secret");
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (body, says) in [
            (json!({}), "is not one of enum values: header,basic,oauth"),
            (json!({"type": "header"}), "requires property \"name\""),
            (json!({"type": "header", "name": "a b"}), "is not the name of a header"),
            (json!({"type": "header", "name": "Host"}), "is not the name of a header"),
            (json!({"type": "header", "name": "x", "secret": "é"}), "is not printable ASCII"),
            (json!({"type": "header", "name": "x", "secret": "a "}), "is not printable ASCII"),
            (json!({"type": "header", "name": "x", "secret": "a".repeat(513)}), "does not meet maximum length"),
            (json!({"type": "basic", "password": "x"}), "requires property \"user\""),
            (json!({"type": "basic", "user": "a:b", "password": "x"}), "has a colon"),
            (json!({"type": "header", "name": "x", "previous_valid_for": 604_801}), "must be less than or equal to 604800"),
            (json!({"type": "header", "name": "x", "value": "a"}), "additional property \"value\""),
        ] {
            let error = Authentication::read(Fields::parse(body.to_string().as_bytes()).unwrap()).unwrap_err().to_string();
            assert!(error.contains(says), "{body}: {error}");
        }
    }
}
