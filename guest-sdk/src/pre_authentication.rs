//! The context and the decision of a `pre-authentication` hook, which runs at each login after the user name was entered.
//!
//! Fields that a context has and these types do not are ignored; those of the user alone are kept, because the user is
//! what a decision sends back.

mod decision;
mod user;

use serde::Deserialize;

pub use decision::Decision;
pub use user::User;

/// One login, before the password is asked for.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Context {
    /// Who wants to log in.
    pub user: User,
    /// From what device.
    pub device: Device,
    /// From where; present when the hook's `location_enabled` option is on.
    pub location: Option<Location>,
    /// How risky the login looks; present when the hook's `risk_enabled` option is on.
    pub risk: Option<Risk>,
    /// To which application; absent from contexts of version 1.0.0.
    pub app: Option<App>,
    /// Follows the login through every system.
    pub correlation_id: Option<String>,
    /// Names this one request.
    pub request_id: Option<String>,
}

/// The device a login comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Device {
    /// The browser, as it names itself: the user's choice, so no proof of anything.
    pub user_agent: String,
    /// Whether the identity provider takes it for a mobile device.
    pub is_mobile: bool,
}

/// The place a login comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Location {
    /// The address.
    pub ip: String,
    /// ISO 3166 alpha-2, from the address.
    pub country_code: String,
}

/// The identity provider's opinion of a login.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Risk {
    /// 0 (low) to 100 (high).
    pub score: i64,
    /// What the score comes from.
    #[serde(default)]
    pub reasons: Vec<String>,
}

/// The application a login leads to. All is absent when the user goes to the portal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct App {
    /// The provider's number for it.
    pub id: Option<i64>,
    /// Its unchanging name.
    pub uuid: Option<String>,
    /// Its name for people.
    pub name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"{
        "user": {"user_identifier": "jim", "policy_id": 187345, "id": 36216766, "last_login_success": "2020-10-21T17:04:22.852Z"},
        "device": {"user_agent": "Mozilla/5.0", "is_mobile": true},
        "location": {"ip": "192.0.2.7", "country_code": "CH"},
        "risk": {"score": 30, "reasons": ["Infrequent access"]},
        "mfa_devices": [{"device_id": 1}],
        "app": {"id": 959314, "uuid": "1a650385-d500-42e3-921e-14aa4020ae70", "name": "Wiki"},
        "correlation_id": "c-1", "request_id": "r-1"
    }"#;

    #[test]
    fn reads_every_field_and_ignores_the_rest() {
        let context: Context = serde_json::from_str(FULL).unwrap();
        assert_eq!((context.user.user_identifier.as_str(), context.user.policy_id), ("jim", 187_345));
        assert_eq!(context.user.id, Some(36_216_766));
        assert!(context.device.is_mobile);
        assert_eq!(context.location.unwrap().country_code, "CH");
        assert_eq!(context.risk.unwrap(), Risk { score: 30, reasons: vec!["Infrequent access".into()] });
        assert_eq!(context.app.unwrap().name.as_deref(), Some("Wiki"));
        assert_eq!((context.correlation_id.as_deref(), context.request_id.as_deref()), (Some("c-1"), Some("r-1")));
    }

    #[test]
    fn reads_the_smallest_context() {
        let smallest = r#"{"user": {"user_identifier": "jim", "policy_id": 1}, "device": {}, "risk": null}"#;
        let context: Context = serde_json::from_str(smallest).unwrap();
        assert_eq!(context, Context { user: User::new("jim", 1), ..Context::default() });
    }

    #[test]
    fn a_context_without_a_user_or_device_is_refused() {
        assert!(serde_json::from_str::<Context>(r#"{"device": {}}"#).is_err());
        assert!(serde_json::from_str::<Context>(r#"{"user": {"user_identifier": "jim", "policy_id": 1}}"#).is_err());
        assert!(serde_json::from_str::<Risk>(r#"{"reasons": []}"#).is_err(), "a risk without a score must not pass as 0");
    }
}
