//! Reads of the log that are meant to do harm: pages and streams that nobody takes, and more of them than there is room for. They are
//! bounded in bytes and in number, for the server and for an account, and leave others alone.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::harness::guests::{allowing, printing};
use crate::harness::{Api, Hook, Server, context, eventually};

const ALLOW: &[u8] = br#"{"user":{"policy_id":1}}"#;

/// A hook whose log has 60,000 bytes for each of its executions.
fn loud(api: &Api, executions: u64) -> String {
    let id = api.deploy(&Hook::wat(&printing(&[b'x'; 60_000], ALLOW)));
    for number in 0..executions {
        assert_eq!(api.trigger(&context(number))["outcome"], "completed");
    }
    id
}

fn resident_mib(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

/// The status of an answer of which nothing else is read.
fn status(stream: &mut TcpStream) -> u16 {
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    std::str::from_utf8(&start[9..]).unwrap().parse().unwrap()
}

fn begin(api: &Api, target: &str) -> TcpStream {
    api.request("GET", target).begin().unwrap()
}

#[test]
fn a_page_ends_after_so_many_bytes_and_its_cursor_leads_on() {
    let server = Server::start();
    let admin = server.admin();
    let id = loud(admin, 40);
    let expected: BTreeSet<String> = (0..40).map(|number| format!("request-{number}")).collect();
    for onelogin in [false, true] {
        let list = if onelogin { format!("/api/2/hooks/{id}/logs") } else { format!("/v1/hooks/{id}/executions") };
        let (mut seen, mut pages, mut target) = (BTreeSet::new(), 0, format!("{list}?limit=1000"));
        loop {
            let reply = admin.get(&target);
            assert!(reply.body.len() < (1 << 20) + 70_000, "{} bytes", reply.body.len());
            let body = reply.expect(200);
            let items = if onelogin { &body } else { &body["items"] };
            for item in items.as_array().unwrap() {
                assert!(seen.insert(item["request_id"].as_str().unwrap().to_owned()), "twice: {item}");
            }
            pages += 1;
            let next =
                if onelogin { reply.header("after-cursor").map(str::to_owned) } else { body["next_cursor"].as_str().map(str::to_owned) };
            let Some(next) = next else { break };
            target = format!("{list}?cursor={next}");
        }
        assert_eq!((pages, &seen), (3, &expected));
    }
}

#[test]
fn a_page_by_number_is_not_counted_out_without_end() {
    let server = Server::start();
    let admin = server.admin();
    let id = loud(admin, 290);
    let far = admin.get(&format!("/v1/hooks/{id}/executions?limit=1&page=289"));
    assert!(far.error(422, "UnprocessableEntityError").starts_with("page is too far back"));
    let near = admin.get(&format!("/v1/hooks/{id}/executions?limit=1&page=200")).expect(200);
    assert_eq!(near["items"][0]["request_id"], "request-90");
}

#[test]
fn unread_streams_and_pages_stay_within_bounds_and_are_cut_off() {
    let server = Server::with("[reads]\nstream_timeout = \"15s\"");
    let admin = server.admin();
    let (_, neighbour) = admin.account(&json!({"name": "neighbour"}));
    neighbour.deploy(&Hook::wat(&allowing(5)));
    let id = loud(admin, 300);
    let before = resident_mib(&server);
    let mut most = before;
    let open = || begin(admin, &format!("/v1/hooks/{id}/executions/stream?since=3600&limit=1000"));
    // One after the other, so that none is refused for what others read at the time.
    let first: Vec<_> = std::iter::repeat_with(open).map(|mut stream| (status(&mut stream), stream)).take(140).collect();
    let mut more: Vec<_> = std::iter::repeat_with(open).take(460).collect();
    let _pages: Vec<_> = (0..20).map(|_| begin(admin, &format!("/v1/hooks/{id}/executions?limit=1000"))).collect();
    for number in 0..50 {
        let answer = neighbour.trigger(&context(number));
        assert_eq!((&answer["outcome"], &answer["decision"]), (&json!("completed"), &json!("allow")));
        // What comes while they do not read is kept for all of them once.
        assert_eq!(admin.trigger(&context(1000 + number))["outcome"], "completed");
        most = most.max(resident_mib(&server));
    }
    // One account may have as many of the 256 as are free.
    assert!(first.iter().enumerate().all(|(at, (status, _))| *status == if at < 129 { 200 } else { 503 }));
    assert!(more.iter_mut().map(status).all(|status| [200, 503].contains(&status)));
    most = most.max(resident_mib(&server));
    println!("{before} MiB before, {most} MiB at most");
    // Half of 64 MiB for streams and of 64 MiB for pages, 16 MiB for what has just ended, the store's cache of 64 MiB, and what 600
    // connections take.
    assert!(most < before + 220, "{before} MiB before, {most} MiB at most");
    eventually("room for a stream, since the others were cut off", || {
        let mut stream = begin(admin, &format!("/v1/hooks/{id}/executions/stream?since=3600&limit=1"));
        (status(&mut stream) == 200).then_some(())
    });
    eventually("what the server says of it", || server.log().contains("took nothing").then_some(()));
}

#[test]
fn an_account_with_many_streams_leaves_some_to_others() {
    let server = Server::with("[reads]\nstreams = 4");
    let admin = server.admin();
    let (_, neighbour) = admin.account(&json!({"name": "neighbour"}));
    let (own, others) = (admin.deploy(&Hook::wat(&allowing(1))), neighbour.deploy(&Hook::wat(&allowing(2))));
    let stream = |id: &str| format!("/v1/hooks/{id}/executions/stream");
    let mut held: Vec<_> = (0..3).map(|_| begin(admin, &stream(&own))).collect();
    // The head of an answer comes with its first line at the latest, which is an empty one.
    assert_eq!(held.iter_mut().map(status).collect::<Vec<_>>(), [200; 3]);
    let refused = admin.get(&stream(&own));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(refused.error(503, "ServiceUnavailableError").starts_with("Too many streams"));
    assert_eq!(status(&mut begin(&neighbour, &stream(&others))), 200);
    held.clear();
    eventually("room after the readers went", || (status(&mut begin(admin, &stream(&own))) == 200).then_some(()));
}

#[test]
fn one_entry_is_found_in_each_of_its_ways() {
    let server = Server::start();
    let admin = server.admin();
    let id = loud(admin, 30);
    let found = |query: &str| -> Vec<Value> {
        let page = admin.get(&format!("/v1/hooks/{id}/executions?{query}")).expect(200);
        page["items"].as_array().unwrap().iter().map(|item| item["request_id"].clone()).collect()
    };
    assert_eq!(found("request_id=request-3"), ["request-3"]);
    assert_eq!(found("correlation_id=login-3"), ["request-3"]);
    assert_eq!(found("correlation_id=login-3&outcome=completed"), ["request-3"]);
    assert_eq!(found("correlation_id=login-3&request_id=request-4"), [Value::Null; 0]);
    assert_eq!(found("outcome=timeout"), [Value::Null; 0]);
    assert_eq!(found("outcome=completed&limit=2"), ["request-29", "request-28"]);
}
