//! Tells what the guest SDK gives to a hook. The native stand-in for the host has to give what a server does: `expected.json` beside this
//! crate says it for both, for the unit test below and for the end-to-end tests.

use hookbox_guest_sdk::http::Request;
use hookbox_guest_sdk::pre_authentication::Context;
use hookbox_guest_sdk::{clock, env, log, random};
use serde_json::{Value, json};

#[hookbox_guest_sdk::hook]
fn handle(event: Value) -> Result<Value, String> {
    let context: Context = serde_json::from_value(event).map_err(|error| error.to_string())?;
    match context.user.user_identifier.as_str() {
        "fail" => return Err("no\nsuch user".to_owned()),
        "panic" => panic!("at the disco"),
        _ => {}
    }
    log::trace!("a trace");
    log::debug!("{}", "a debug");
    log::info!("two\nlines");
    log::warn!("a warning");
    log::error!("");
    Ok(json!({"success": false, "env": environment(), "random": bytes(), "clock": clocks(), "context": fields(&context), "call": call()}))
}

fn environment() -> Value {
    json!({"names": env::names(), "A_KEY": env::get("A_KEY"), "EMPTY": env::get("EMPTY"), "a_key": env::get("a_key"), "PATH": env::get("PATH")})
}

fn bytes() -> Value {
    let [one, other] = [random::bytes(32), random::bytes(32)];
    let lengths = [0, 1, 4096, 4097, 10_001].map(|length| random::bytes(length).len());
    json!({"lengths": lengths, "differ": one != other})
}

fn clocks() -> Value {
    let (before, now) = (clock::monotonic(), clock::now());
    let years = now.duration_since(std::time::SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs() / 31_556_952 + 1970);
    json!({"after_2025": years > 2025, "before_2200": years < 2200, "goes_on": clock::monotonic() >= before && clock::now() >= now})
}

/// A hook that names no hosts may call nobody.
fn call() -> Value {
    match Request::post("https://api.example/").body("{}").send() {
        Ok(answer) => json!(answer.status),
        Err(error) => json!({"code": error.code, "is_refusal": error.is_refusal()}),
    }
}

/// All that the type has.
fn fields(context: &Context) -> Value {
    let Context { user, device, location, risk, app, correlation_id, request_id } = context;
    json!({
        "user": {
            "user_identifier": user.user_identifier, "policy_id": user.policy_id, "id": user.id, "last_login_success": user.last_login_success,
        },
        "device": {"user_agent": device.user_agent, "is_mobile": device.is_mobile},
        "location": location.as_ref().map(|one| json!({"ip": one.ip, "country_code": one.country_code})),
        "risk": risk.as_ref().map(|one| json!({"score": one.score, "reasons": one.reasons})),
        "app": app.as_ref().map(|one| json!({"id": one.id, "uuid": one.uuid, "name": one.name})),
        "correlation_id": correlation_id,
        "request_id": request_id,
    })
}

#[cfg(test)]
mod tests {
    use hookbox_guest_sdk::testing;

    use super::*;

    #[test]
    fn the_stand_in_gives_what_a_server_gives() {
        let expected: Value = serde_json::from_str(include_str!("../expected.json")).unwrap();
        for (name, value) in expected["env"].as_object().unwrap().iter().rev() {
            testing::set_env(name, value.as_str().unwrap());
        }
        assert_eq!(handle(expected["context"].clone()).unwrap(), expected["result"]);
        let log: Vec<Value> =
            testing::take_log().iter().map(|line| json!([format!("{:?}", line.level).to_uppercase(), line.message])).collect();
        assert_eq!(Value::from(log), expected["log"]);
    }
}
