//! Events that come again: the function runs once.

use std::thread;

use serde_json::json;

use super::{Effect, Okta, sample, set_up};
use crate::harness::Server;

/// A function whose answers are never the same twice.
const RANDOM: &str = "exports.handler = async () => ({ commands: [{ type: 'com.okta.action.update', value: { credential: 'VERIFIED' } }],
    debugContext: { run: Math.random() } });";

#[test]
fn an_event_that_comes_again_is_answered_as_the_first_also_after_a_restart() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-password-import", RANDOM);
    let event = sample("password-import").to_string();
    let first = okta.exchange("POST", &event).unwrap();
    assert_eq!(first.0, 200);
    assert_eq!(okta.exchange("POST", &event).unwrap(), first);
    assert_eq!(server.admin().executions(&id).len(), 1);
    assert_eq!(okta.sending("X-Secret", "wrong").exchange("POST", &event).unwrap().0, 401);
    let mut other = sample("password-import");
    other["eventId"] = json!("another");
    assert_ne!(okta.exchange("POST", &other.to_string()).unwrap(), first);
    let server = server.stop().start();
    let okta = Okta::new(server.address(), "okta-password-import", &id);
    assert_eq!(okta.exchange("POST", &event).unwrap(), first);
    assert_eq!(server.admin().executions(&id).len(), 2);
}

#[test]
fn calls_at_the_same_time_are_one_execution() {
    let server = Server::start();
    let source = "exports.handler = async () => { await new Promise((done) => setTimeout(done, 700)); return { debugContext: { run: Math.random() } }; };";
    let (okta, id) = set_up(&server, "okta-registration", source);
    let event = sample("registration").to_string();
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let (okta, event) = (okta.clone(), event.clone());
            thread::spawn(move || okta.exchange("POST", &event).unwrap())
        })
        .collect();
    let answers: Vec<_> = calls.into_iter().map(|call| call.join().unwrap()).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 200), "{answers:?}");
    assert_eq!(server.admin().executions(&id).len(), 1);
}

#[test]
fn what_okta_never_repeats_runs_each_time() {
    let server = Server::start();
    let (okta, id) = set_up(&server, "okta-telephony", "exports.handler = async () => ({ error: { errorSummary: 'no' } });");
    for _ in 0..2 {
        assert_eq!(okta.bring(&sample("telephony")), Effect::Refused("no".into()));
    }
    assert_eq!(server.admin().executions(&id).len(), 2);
}
