//! Components that call by the interface `http`: a core module that is made here, with its requests in its memory, against a server that counts.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

use hookbox_egress::{Egress, Limits as CallLimits, Policy, Settings};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::*;
use crate::{Grant, Outside};

/// A request as it lies in a guest's memory.
struct Asked {
    url: String,
    body: Option<Vec<u8>>,
    timeout_ms: Option<u32>,
}

fn get(url: impl Into<String>) -> Asked {
    Asked { url: url.into(), body: None, timeout_ms: None }
}

/// Where data begins in the memory.
const DATA: u32 = 4096;

/// Memory that is filled piece by piece.
#[derive(Default)]
struct Image(Vec<u8>);

impl Image {
    /// Adds bytes. Returns where they lie and how many they are.
    fn add(&mut self, bytes: &[u8]) -> [u32; 2] {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        let at = DATA + u32::try_from(self.0.len()).unwrap();
        self.0.extend_from_slice(bytes);
        [at, u32::try_from(bytes.len()).unwrap()]
    }

    fn add_words(&mut self, words: &[u32]) -> [u32; 2] {
        self.add(&words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>())
    }

    /// The record of a request: method, URL, headers, body, redirect, timeout.
    fn request(&mut self, asked: &Asked) -> [u32; 12] {
        let method = self.add(if asked.body.is_some() { b"POST" } else { b"GET" });
        let url = self.add(asked.url.as_bytes());
        let [name, value] = ["x-from", "component"].map(|text| self.add(text.as_bytes()));
        let [headers, _] = self.add_words(&[name, value].concat());
        let body = asked.body.as_ref().map(|body| self.add(body));
        let [body_at, body_len] = body.unwrap_or_default();
        let timeout = asked.timeout_ms;
        [
            method[0],
            method[1],
            url[0],
            url[1],
            headers,
            1,
            body.is_some().into(),
            body_at,
            body_len,
            0,
            timeout.is_some().into(),
            timeout.unwrap_or(0),
        ]
    }
}

/// A component that makes these requests side by side. Its result is the body of the last answer, or the code of its error as an `err`; the
/// message of that is in the log.
fn component(asked: &[Asked]) -> Vec<u8> {
    let mut image = Image::default();
    let records: Vec<u32> = asked.iter().flat_map(|asked| image.request(asked)).collect();
    let [requests, _] = image.add_words(&records);
    guest(&image, &format!("(call $all (i32.const {requests}) (i32.const {}) (i32.const 1024))", asked.len()), 32 * (asked.len() - 1))
}

/// A component that calls, and then tells the answer that lies at that place of the list at 1024.
fn guest(image: &Image, call: &str, offset: usize) -> Vec<u8> {
    let data: String = image.0.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let one = "(param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)";
    let mut module = wat::parse_str(format!(
        r#"(module
        (import "hookbox:hook/log@0.1.0" "write" (func $log (param i32 i32 i32)))
        (import "hookbox:hook/http@0.1.0" "send-all" (func $all (param i32 i32 i32)))
        (import "hookbox:hook/http@0.1.0" "send" (func $one {one}))
        (memory (export "memory") 16) (global $free (mut i32) (i32.const 524288)) (data (i32.const {DATA}) "{data}")
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
            (global.set $free (i32.add (local.get $at) (local.get 3)))
            (if (i32.gt_u (global.get $free) (i32.mul (memory.size) (i32.const 65536)))
                (then (drop (memory.grow (i32.add (i32.div_u (local.get 3) (i32.const 65536)) (i32.const 1))))))
            (local.get $at))
        (func (export "handle") (param i32 i32) (result i32) (local $at i32)
            {call}
            (local.set $at (i32.add (i32.load (i32.const 1024)) (i32.const {offset})))
            (if (i32.load8_u (local.get $at))
                (then
                    (call $log (i32.const 4) (i32.load (i32.add (local.get $at) (i32.const 12))) (i32.load (i32.add (local.get $at) (i32.const 16))))
                    (i32.store (i32.const 1000) (i32.const 1)) (i64.store (i32.const 1004) (i64.load (i32.add (local.get $at) (i32.const 4)))))
                (else
                    (i32.store (i32.const 1000) (i32.const 0)) (i64.store (i32.const 1004) (i64.load (i32.add (local.get $at) (i32.const 16))))))
            (i32.const 1000)))"#
    ))
    .unwrap();
    let mut resolve = Resolve::default();
    let package = resolve.push_str("hook.wit", include_str!("../../../../host-api/wit/hook.wit")).unwrap();
    let world = resolve.select_world(&[package], Some("hook")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// A server that answers with what a test says, and counts.
struct Stub {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Stub {
    /// Answers each request's text with the body that the function makes of it.
    fn start(answer: impl Fn(String) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stub = Self { address: listener.local_addr().unwrap(), requests: Arc::default() };
        let (requests, answer) = (stub.requests.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (requests, answer) = (requests.clone(), answer.clone());
                std::thread::spawn(move || {
                    let mut stream = stream.unwrap();
                    let request = read_request(&mut stream);
                    requests.fetch_add(1, Ordering::SeqCst);
                    let body = answer(request);
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                    let _ = stream.write_all(&[head.as_bytes(), &body].concat());
                });
            }
        });
        stub
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
        if read == 0 || body.len() >= length {
            return text;
        }
    }
}

fn outside(limits: CallLimits) -> Option<Arc<Outside>> {
    let egress = Egress::new(Settings { system_roots: false, ..Settings::default() }).unwrap();
    Some(Arc::new(Outside::new(egress, limits, 16)))
}

/// An invocation of a hook that may call these.
fn allowing(hosts: &[&str]) -> Invocation {
    let grant = Grant { hosts: Policy::parse(hosts).unwrap().into(), ..Grant::default() };
    Invocation { grant: grant.into(), outside: outside(CallLimits::default()), ..invocation(Duration::from_secs(10)) }
}

/// The code of the error that a guest got, and its message.
fn told(execution: Execution) -> (String, String) {
    let failure = execution.result.as_ref().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Exit, "{failure:?}");
    let code = failure.message.clone();
    (code, messages(execution).remove(0))
}

#[tokio::test]
async fn calls_of_one_list_overlap_and_are_answered_in_order() {
    // Neither is answered before both are there.
    let both = Barrier::new(2);
    let stub = Stub::start(move |request| {
        both.wait();
        format!("{:?}", request.lines().next().unwrap()).into_bytes()
    });
    let asked = [get(stub.url("/one")), Asked { body: Some(b"{}".to_vec()), ..get(stub.url("/two")) }];
    let execution = run_bytes(&component(&asked), allowing(&["127.0.0.1"])).await;
    assert_eq!(execution.result.as_ref().unwrap().get(), r#""POST /two HTTP/1.1""#);
    let calls: Vec<_> = execution.calls.iter().map(|call| (call.method.as_str(), call.status, call.sent, call.received)).collect();
    assert_eq!(calls, [("GET", Some(200), 0, 19), ("POST", Some(200), 2, 20)]);
}

#[tokio::test]
async fn one_request_is_made_without_a_list() {
    let stub = Stub::start(|request| format!("{:?}", request.contains("x-from: component")).into_bytes());
    let mut image = Image::default();
    let fields = image.request(&get(stub.url("/"))).map(|field| format!("(i32.const {field})")).join(" ");
    // The answer lies where the first of a list would.
    let call = format!("(i32.store (i32.const 1024) (i32.const 2048)) (call $one {fields} (i32.const 2048))");
    let execution = run_bytes(&guest(&image, &call, 0), allowing(&["127.0.0.1"])).await;
    assert_eq!(execution.result.unwrap().get(), "true");
}

#[tokio::test]
async fn what_is_not_allowed_is_an_error_in_the_guest_and_nothing_is_sent() {
    let stub = Stub::start(|_| b"null".to_vec());
    let asked = component(&[get(stub.url("/"))]);
    let denied = |why: &str| ("ERR_ACCESS_DENIED".to_owned(), why.replace("STUB", &stub.address.to_string()));
    let told_of = async |invocation| told(run_bytes(&asked, invocation).await);
    let private = "STUB is refused: 127.0.0.1 is a loopback address and no entry of allowed_hosts of the hook names it";
    assert_eq!(told_of(allowing(&[])).await, denied(private));
    assert_eq!(told_of(allowing(&["*"])).await, denied(private));
    assert_eq!(told_of(allowing(&["https://127.0.0.1"])).await.0, "ERR_ACCESS_DENIED");
    let nowhere = Invocation { outside: None, ..allowing(&["127.0.0.1"]) };
    assert_eq!(told_of(nowhere).await, denied("nothing goes out of this sandbox"));
    let elsewhere = component(&[get("http://api.example/")]);
    assert_eq!(
        told(run_bytes(&elsewhere, allowing(&["127.0.0.1"])).await),
        denied("http api.example:80 is refused: allowed_hosts of the hook has no entry for it")
    );
    assert_eq!(stub.requests(), 0);
}

#[tokio::test]
async fn calls_beyond_the_limit_fail_and_the_others_do_not() {
    let stub = Stub::start(|_| b"7".to_vec());
    let asked = |count| component(&(0..count).map(|_| get(stub.url("/"))).collect::<Vec<_>>());
    assert_eq!(run_bytes(&asked(20), allowing(&["127.0.0.1"])).await.result.unwrap().get(), "7");
    assert_eq!(stub.requests(), 20);
    let (code, message) = told(run_bytes(&asked(21), allowing(&["127.0.0.1"])).await);
    assert_eq!((code.as_str(), message.as_str()), ("ERR_HOOK_LIMIT", "there are too many calls: the limit is 20 (egress.calls)"));
    assert_eq!(stub.requests(), 40);
}

#[tokio::test]
async fn a_list_has_a_longest_length() {
    let asked = |count| component(&(0..count).map(|_| get("")).collect::<Vec<_>>());
    let plenty = || Invocation { outside: outside(CallLimits { calls: 1000, ..CallLimits::default() }), ..allowing(&["127.0.0.1"]) };
    assert_eq!(told(run_bytes(&asked(256), plenty()).await).0, "ERR_INVALID_URL");
    let (code, message) = told(run_bytes(&asked(257), plenty()).await);
    assert_eq!((code.as_str(), message.as_str()), ("ERR_HOOK_LIMIT", "there are too many requests in one call: the limit is 256"));
}

#[tokio::test]
async fn answers_have_to_fit_into_the_memory_of_the_hook() {
    const LONG: usize = 16 << 16;
    let stub = Stub::start(|_| vec![b'1'; LONG + 1]);
    let asked = component(&[get(stub.url("/"))]);
    let with = |memory_bytes| {
        let long_answers = CallLimits { response_bytes: 4 << 20, ..CallLimits::default() };
        let limits = Limits { fuel: 1_000_000_000, memory_bytes };
        Invocation { limits, outside: outside(long_answers), ..allowing(&["127.0.0.1"]) }
    };
    let (code, message) = told(run_bytes(&asked, with(LONG)).await);
    assert_eq!(code, "ERR_HOOK_LIMIT");
    assert_eq!(message, "the answers do not fit into the hook's memory of 1 MiB (limits.memory_mib)");
    let fits = run_bytes(&asked, with(4 * LONG)).await;
    assert!(fits.result.unwrap_err().message.starts_with(&format!("the response has {} bytes", LONG + 1)));
}

#[tokio::test]
async fn a_request_has_a_time_of_its_own_and_never_more_than_the_execution() {
    let stub = Stub::start(|_| {
        std::thread::sleep(Duration::from_secs(5));
        b"null".to_vec()
    });
    let hurried = component(&[Asked { timeout_ms: Some(50), ..get(stub.url("/")) }]);
    let (code, message) = told(run_bytes(&hurried, allowing(&["127.0.0.1"])).await);
    assert_eq!((code.as_str(), message.as_str()), ("ETIMEDOUT", "the call is ended: it took longer than the 50 ms of its own timeout"));
    let patient = component(&[Asked { timeout_ms: Some(60_000), ..get(stub.url("/")) }]);
    let short = Invocation { deadline: Instant::now() + Duration::from_millis(200), ..allowing(&["127.0.0.1"]) };
    assert_eq!(kind(&run_bytes(&patient, short).await), FailureKind::Timeout);
}

#[tokio::test]
async fn bodies_are_paid_for_both_ways() {
    const LONG: usize = 200_000;
    let stub = Stub::start(|request| if request.starts_with("POST") { b"1".to_vec() } else { vec![b'1'; LONG] });
    let fuel = async |asked: Asked| run_bytes(&component(&[asked]), allowing(&["127.0.0.1"])).await.usage.fuel;
    let little = fuel(Asked { body: Some(vec![b'1'; 10]), ..get(stub.url("/")) }).await;
    let sent = fuel(Asked { body: Some(vec![b'1'; 10 + LONG]), ..get(stub.url("/")) }).await;
    assert_eq!(sent - little, LONG as u64);
    let received = fuel(get(stub.url("/"))).await;
    assert!((LONG as u64..LONG as u64 + 2 * little).contains(&received), "{received} and {little}");
    let poor = Invocation { limits: Limits { fuel: LONG as u64 / 2, memory_bytes: 64 << 20 }, ..allowing(&["127.0.0.1"]) };
    assert_eq!(kind(&run_bytes(&component(&[get(stub.url("/"))]), poor).await), FailureKind::OutOfFuel);
}
