//! What Okta's guides and its partners begin with, as functions: a password import from a list of users, and a message that a provider sends.
//! And what of their secrets is left afterwards: nothing.

use serde_json::json;

use super::{Effect, Okta, deploy, logged, sample, set_up};
use crate::harness::{Answered, Server, Upstream};

const IMPORT: &str = "
const users = [{ username: 'michelle@example.com', password: 'Pa55word!' }, { username: 'isaac@example.com', password: 'other-Pa55' }];
exports.handler = async (request) => {
    const { username, password } = request.data.context.credential;
    const user = users.find((one) => one.username === username);
    console.log('asked for', request.data.context.credential);
    if (!user || user.password !== password) {
        console.log('Not verified. Password not imported.');
        return;
    }
    console.log('Password verified! Password imported.');
    return { commands: [{ type: 'com.okta.action.update', value: { credential: 'VERIFIED' } }] };
};
";

const MESSAGE: &str = "
const { SMS_URL, SMS_KEY } = process.env;
exports.handler = async (request) => {
    const { msgTemplate, phoneNumber } = request.data.messageProfile;
    console.log('Received request body:', request);
    const response = await fetch(SMS_URL, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${SMS_KEY}` },
        body: JSON.stringify({ destination: phoneNumber, text: msgTemplate, encoding: 'AUTO' }),
    });
    const data = await response.json();
    if (!response.ok) {
        return { error: { errorSummary: `Error Code: ${data.code}. Error Message: ${data.message}` } };
    }
    const action = { status: 'SUCCESSFUL', provider: '8x8', transactionId: data.umid, transactionMetadata: JSON.stringify(data) };
    return { commands: [{ type: 'com.okta.telephony.action', value: [action] }] };
};
";

#[test]
fn users_of_a_list_are_imported_with_their_passwords() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-password-import", IMPORT);
    let event = |number: u32, username: &str, password: &str| {
        let mut event = sample("password-import");
        event["eventId"] = format!("import-{number}").into();
        event["data"]["context"]["credential"] = json!({"username": username, "password": password});
        event
    };
    let imported = Effect::Commands(vec![json!({"type": "com.okta.action.update", "value": {"credential": "VERIFIED"}})]);
    assert_eq!(okta.bring(&event(1, "michelle@example.com", "wrong-Pa55word")), Effect::Default);
    assert_eq!(okta.bring(&event(2, "michelle@example.com", "Pa55word!")), imported);
    assert_eq!(okta.bring(&event(3, "nobody@example.com", "Pa55word!")), Effect::Default);
    let log = logged(&server, &id);
    assert!(log.contains("Password verified!") && log.contains("michelle@example.com") && log.contains("***"), "{log}");
    assert!(!log.contains("Pa55word"), "{log}");
    assert!(!server.log().contains("Pa55word"));
}

#[test]
fn a_provider_sends_the_message() {
    let server = Server::start();
    let provider = Upstream::start(|asked| match asked.body.contains("+15550100") {
        true => Answered::ok(r#"{"umid":"f68ac2f8","status":{"code":"QUEUED"}}"#),
        false => Answered { status: 400, headers: Vec::new(), body: br#"{"code":1002,"message":"Invalid number"}"#.to_vec() },
    });
    server.admin().create_env("SMS_URL", &provider.url("/messages"));
    server.admin().create_env("SMS_KEY", "the-key-of-the-provider");
    let more = json!({"env_vars": ["SMS_URL", "SMS_KEY"], "allowed_hosts": [provider.address.to_string()]});
    let id = deploy(server.admin(), "okta-telephony", MESSAGE, more);
    let okta = Okta::new(server.address(), "okta-telephony", &id);
    let Effect::Commands(commands) = okta.bring(&sample("telephony")) else { panic!("the message is not sent") };
    let action = &commands[0]["value"][0];
    assert_eq!(
        (&action["status"], &action["provider"], &action["transactionId"]),
        (&json!("SUCCESSFUL"), &json!("8x8"), &json!("f68ac2f8"))
    );
    let asked = provider.take().remove(0);
    assert_eq!(asked.header("authorization"), Some("Bearer the-key-of-the-provider"));
    assert!(asked.body.contains("Your code is 11111"), "the provider is told the code: {}", asked.body);
    let mut unknown = sample("telephony");
    unknown["data"]["messageProfile"]["phoneNumber"] = "+10000".into();
    unknown["data"]["messageProfile"]["otpCode"] = 11111.into();
    assert_eq!(okta.bring(&unknown), Effect::Refused("Error Code: 1002. Error Message: Invalid number".into()));
    let log = logged(&server, &id);
    assert!(log.contains("Received request body") && !log.contains("11111") && !log.contains("the-key-of"), "{log}");
}
