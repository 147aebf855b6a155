//! What calls may take of the server, and what becomes of the others meanwhile.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::harness::guests::allowing;
use crate::harness::{Hook, Server, context};

#[test]
fn what_is_on_its_way_counts_as_the_hooks_memory() {
    // Nobody takes what is sent.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let source = format!(
        "exports.handler = async () => {{
            const body = 'x'.repeat(1000000);
            const codes = [];
            for (let i = 0; i < 18; i++) {{
                fetch('http://{}/', {{ method: 'POST', body }}).catch((error) => codes.push(error.cause.code + ' ' + error.cause.message));
            }}
            await new Promise((done) => setTimeout(done, 200));
            console.log(JSON.stringify(codes));
            return {{ success: true }};
        }};",
        silent.local_addr().unwrap()
    );
    let server = Server::start();
    let admin = server.admin();
    admin.allow_many_hooks();
    let refused = |memory_mib: u32| {
        let hook = Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").with("allowed_hosts", json!(["127.0.0.1"])).disabled();
        let id = admin.deploy(&hook.with("limits", json!({"memory_mib": memory_mib})));
        let answer = admin.fire(&id, &context(1));
        assert_eq!(answer["outcome"], "completed", "{answer}");
        let events = admin.executions(&id).remove(0)["events"].clone();
        let codes = events[0].as_str().unwrap().rsplit('\t').next().unwrap().trim().to_owned();
        serde_json::from_str::<Vec<String>>(&codes).unwrap()
    };
    assert_eq!(refused(128), [""; 0], "there is room for all of them");
    let few = refused(36);
    assert!((1..18).contains(&few.len()), "{few:?}");
    assert!(few.iter().all(|one| one.starts_with("ERR_HOOK_LIMIT ") && one.contains("limits.memory_mib")), "{few:?}");
}

#[test]
fn a_hook_that_calls_itself_ends_and_others_are_served() {
    let server = Server::start();
    let admin = server.admin();
    let (_, caller) = admin.account(&json!({}));
    // Each execution fires the hook once more, with the credential that the context brings along.
    let source = format!(
        "exports.handler = async (context) => {{
            const [id, authorization] = JSON.parse(context.user.user_identifier);
            const headers = {{ authorization, 'content-type': 'application/json' }};
            const answer = await fetch(`http://{}/v1/hooks/${{id}}/fire`, {{ method: 'POST', headers, body: JSON.stringify({{ context }}) }});
            return {{ success: answer.status === 200 }};
        }};",
        server.address()
    );
    let hook = Hook::new(source.as_bytes()).with("runtime", "nodejs22.x").with("allowed_hosts", json!(["127.0.0.1"]));
    let id = caller.deploy(&hook.with("timeout", 5));
    let (_, other) = admin.account(&json!({}));
    other.deploy(&Hook::wat(&allowing(7)));
    let mut event = context(1);
    event["user"]["user_identifier"] = json!(Value::from(vec![json!(id), json!(format!("Bearer {}", caller.token))]).to_string());
    std::thread::scope(|threads| {
        let calling = threads.spawn(|| caller.fire_request(&id, &event).send());
        for _ in 0..20 {
            assert_eq!(other.trigger(&context(1))["outcome"], "completed");
        }
        let ended = calling.join().unwrap();
        assert!([200, 503].contains(&ended.status), "{}: {}", ended.status, ended.text());
    });
    assert_eq!(other.trigger(&context(1))["outcome"], "completed");
}
