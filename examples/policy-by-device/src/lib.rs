//! A pre-authentication hook: mobile devices log in under a policy of their own, and a login above a risk score of 90 is denied.
//!
//! The mobile policy's id is the env var `MOBILE_POLICY_ID`. The risk score is only seen when the hook's `risk_enabled`
//! option is on; without it no login is too risky.

use hookbox_guest_sdk::pre_authentication::{Context, Decision};
use hookbox_guest_sdk::{env, log};

/// The policy of mobile devices when `MOBILE_POLICY_ID` is not linked to the hook.
const DEFAULT_MOBILE_POLICY: i64 = 1234;

/// A score above this one is denied.
const HIGHEST_RISK: i64 = 90;

#[hookbox_guest_sdk::hook]
fn handle(context: Context) -> Result<Decision, String> {
    let name = &context.user.user_identifier;
    let score = context.risk.as_ref().map_or(0, |risk| risk.score);
    if score > HIGHEST_RISK {
        log::warn!("denied {name}: risk score {score} is above {HIGHEST_RISK}");
        return Ok(Decision::deny());
    }
    if context.device.is_mobile {
        let policy = mobile_policy()?;
        log::info!("allowed {name} on a mobile device with policy {policy}");
        return Ok(Decision::allow(context.user).with_policy(policy));
    }
    log::info!("allowed {name} with policy {}", context.user.policy_id);
    Ok(Decision::allow(context.user))
}

/// A value that is not a number fails the execution, so that a slip in the setting is seen and not taken for the default.
fn mobile_policy() -> Result<i64, String> {
    let Some(id) = env::get("MOBILE_POLICY_ID") else {
        return Ok(DEFAULT_MOBILE_POLICY);
    };
    id.trim().parse().map_err(|_| "MOBILE_POLICY_ID is not a policy id (a whole number)".to_owned())
}

#[cfg(test)]
mod tests {
    use hookbox_guest_sdk::pre_authentication::{Device, Risk, User};
    use hookbox_guest_sdk::testing;

    use super::*;

    fn login(is_mobile: bool, score: i64) -> Context {
        Context {
            user: User::new("ada", 7),
            device: Device { is_mobile, ..Device::default() },
            risk: Some(Risk { score, ..Risk::default() }),
            ..Context::default()
        }
    }

    fn log() -> Vec<String> {
        testing::take_log().into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn a_desktop_keeps_its_policy() {
        assert_eq!(handle(login(false, 30)), Ok(Decision::allow(User::new("ada", 7))));
        assert_eq!(log(), ["allowed ada with policy 7"]);
    }

    #[test]
    fn a_mobile_device_gets_the_default_mobile_policy() {
        assert_eq!(handle(login(true, 30)), Ok(Decision::allow(User::new("ada", 1234))));
        assert_eq!(log(), ["allowed ada on a mobile device with policy 1234"]);
    }

    #[test]
    fn the_mobile_policy_is_taken_from_the_environment() {
        testing::set_env("MOBILE_POLICY_ID", "99");
        assert_eq!(handle(login(true, 30)), Ok(Decision::allow(User::new("ada", 99))));
    }

    #[test]
    fn a_mobile_policy_that_is_no_number_fails() {
        testing::set_env("MOBILE_POLICY_ID", "mobile");
        let error = handle(login(true, 30)).unwrap_err();
        assert!(error.contains("MOBILE_POLICY_ID") && !error.contains("\"mobile\""), "{error}");
        assert!(handle(login(false, 30)).is_ok(), "a desktop does not need it");
    }

    #[test]
    fn risk_is_denied_above_ninety_on_every_device() {
        assert_eq!(handle(login(true, 91)), Ok(Decision::deny()));
        assert_eq!(handle(login(false, 91)), Ok(Decision::deny()));
        assert_eq!(log(), ["denied ada: risk score 91 is above 90"; 2]);
        assert!(handle(login(false, 90)).unwrap().is_allowed());
    }

    #[test]
    fn without_a_risk_score_nothing_is_too_risky() {
        let json = r#"{"user": {"user_identifier": "ada", "policy_id": 7}, "device": {"is_mobile": false}}"#;
        let context: Context = serde_json::from_str(json).unwrap();
        assert!(handle(context).unwrap().is_allowed());
    }
}
