//! A pre-authentication hook that asks a reputation API about the address that logs in, and denies the login of one with a bad reputation.
//!
//! Env vars: `REPUTATION_URL`, the address of the API; `REPUTATION_KEY`, its key, which is best sealed for that host; and optionally
//! `LOCKDOWN_POLICY_ID`, the policy under which people log in while the API does not answer. Without it they keep theirs.

use std::time::Duration;

use hookbox_guest_sdk::http::{Error, Request};
use hookbox_guest_sdk::pre_authentication::{Context, Decision};
use hookbox_guest_sdk::{env, log};
use serde::Deserialize;
use serde_json::json;

/// A score above this one is denied.
const WORST: u32 = 80;

/// A login does not wait longer for an opinion.
const PATIENCE: Duration = Duration::from_millis(1500);

#[derive(Deserialize)]
struct Reputation {
    /// 0 (good) to 100 (bad).
    score: u32,
}

#[hookbox_guest_sdk::hook]
fn handle(context: Context) -> Result<Decision, String> {
    let url = env::get("REPUTATION_URL").ok_or("link the env var REPUTATION_URL to this hook")?;
    let Some(ip) = context.location.as_ref().map(|location| location.ip.as_str()) else {
        return Err("turn the hook's location_enabled option on: there is no address to ask about".to_owned());
    };
    let name = &context.user.user_identifier;
    match score(&url, ip, &context.device.user_agent) {
        Ok(score) if score > WORST => {
            log::warn!("denied {name}: {ip} has a reputation of {score}");
            Ok(Decision::deny())
        }
        Ok(score) => {
            log::info!("allowed {name}: {ip} has a reputation of {score}");
            Ok(Decision::allow(context.user))
        }
        Err(error) => {
            log::error!("no reputation for {name}: {error}");
            without_opinion(context)
        }
    }
}

fn score(url: &str, ip: &str, user_agent: &str) -> Result<u32, Error> {
    let answer = Request::post(url)
        .bearer(&env::get("REPUTATION_KEY").unwrap_or_default())
        .json(&json!({ "ip": ip, "user_agent": user_agent }))?
        .timeout(PATIENCE)
        .send()?
        .success()?;
    Ok(answer.json::<Reputation>()?.score)
}

/// People can log in when the API is down: under another policy, if there is one for that.
fn without_opinion(context: Context) -> Result<Decision, String> {
    let decision = Decision::allow(context.user);
    match env::get("LOCKDOWN_POLICY_ID") {
        Some(id) => Ok(decision.with_policy(id.trim().parse().map_err(|_| "LOCKDOWN_POLICY_ID is not a policy id (a whole number)")?)),
        None => Ok(decision),
    }
}

#[cfg(test)]
mod tests {
    use hookbox_guest_sdk::http::Response;
    use hookbox_guest_sdk::pre_authentication::{Location, User};
    use hookbox_guest_sdk::testing;

    use super::*;

    fn login() -> Context {
        testing::set_env("REPUTATION_URL", "https://reputation.example/v1/check");
        testing::set_env("REPUTATION_KEY", "k-1");
        let location = Location { ip: "192.0.2.7".into(), ..Location::default() };
        Context { user: User::new("ada", 7), location: Some(location), ..Context::default() }
    }

    fn scored(score: u32) -> Result<Decision, String> {
        testing::answer_http(Response::new(200).with_json(&json!({ "score": score })).unwrap());
        handle(login())
    }

    fn log() -> Vec<String> {
        testing::take_log().into_iter().map(|line| line.message).collect()
    }

    #[test]
    fn the_api_is_asked_about_the_address_with_the_key() {
        assert_eq!(scored(80), Ok(Decision::allow(User::new("ada", 7))));
        let [asked] = &testing::take_requests()[..] else { panic!("one request") };
        assert_eq!((asked.method.as_str(), asked.url.as_str()), ("POST", "https://reputation.example/v1/check"));
        assert!(asked.headers.contains(&("authorization".to_owned(), "Bearer k-1".to_owned())), "{asked:?}");
        let body: serde_json::Value = serde_json::from_slice(asked.body.as_deref().unwrap()).unwrap();
        assert_eq!(body["ip"], "192.0.2.7");
        assert_eq!(log(), ["allowed ada: 192.0.2.7 has a reputation of 80"]);
    }

    #[test]
    fn a_bad_reputation_is_denied() {
        assert_eq!(scored(81), Ok(Decision::deny()));
        assert_eq!(log(), ["denied ada: 192.0.2.7 has a reputation of 81"]);
    }

    #[test]
    fn people_log_in_while_the_api_does_not_answer() {
        testing::answer_http(Error::new("ECONNREFUSED", "connect ECONNREFUSED 192.0.2.1:443"));
        assert_eq!(handle(login()), Ok(Decision::allow(User::new("ada", 7))));
        assert_eq!(log(), ["no reputation for ada: connect ECONNREFUSED 192.0.2.1:443"]);
        testing::set_env("LOCKDOWN_POLICY_ID", "99");
        testing::answer_http(Response::new(503));
        assert_eq!(handle(login()), Ok(Decision::allow(User::new("ada", 99))));
        testing::answer_http(Response::new(200).with_body("<html>"));
        assert_eq!(handle(login()), Ok(Decision::allow(User::new("ada", 99))));
        testing::set_env("LOCKDOWN_POLICY_ID", "strict");
        testing::answer_http(Response::new(503));
        assert!(handle(login()).unwrap_err().contains("LOCKDOWN_POLICY_ID"));
    }

    #[test]
    fn without_its_settings_the_hook_fails() {
        let without_location = Context { location: None, ..login() };
        assert!(handle(without_location).unwrap_err().contains("location_enabled"));
        testing::remove_env("REPUTATION_URL");
        assert!(handle(Context::default()).unwrap_err().contains("REPUTATION_URL"));
        assert!(testing::take_requests().is_empty());
    }
}
