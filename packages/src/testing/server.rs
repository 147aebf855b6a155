//! A registry that listens on a port of this machine and can be told to misbehave.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::integrity::Integrity;

/// An answer.
#[derive(Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// A pause after each kilobyte.
    pub(crate) drip: Option<Duration>,
    /// How much of the body is sent before the connection breaks.
    pub(crate) cut: Option<usize>,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, body: body.into(), ..Self::default() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self { status: 302, headers: vec![("location".to_owned(), to.to_owned())], ..Self::default() }
    }
}

/// What was asked for: the path, and what the client said of itself.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) accept: String,
}

#[derive(Default)]
struct State {
    /// By path; the first of several is given once, the last one always.
    replies: BTreeMap<String, Vec<Reply>>,
    documents: BTreeMap<String, Value>,
    asked: Vec<Asked>,
}

/// The registry. Its threads end with the tests' process.
pub(crate) struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = shared.clone();
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        Self { port, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The authority as `.npmrc` has it: `//127.0.0.1:port/`.
    pub(crate) fn prefix(&self) -> String {
        format!("//127.0.0.1:{}/", self.port)
    }

    /// What a path answers.
    pub(crate) fn reply(&self, path: &str, replies: impl Into<Vec<Reply>>) {
        self.state.lock().unwrap().replies.insert(path.to_owned(), replies.into());
    }

    /// Publishes a version with a manifest and a tarball.
    pub(crate) fn publish(&self, name: &str, version: &str, manifest: Value, tarball: Vec<u8>) {
        let path = format!("/{name}/-/{}-{version}.tgz", name.rsplit('/').next().unwrap());
        let mut manifest = manifest;
        (manifest["name"], manifest["version"]) = (json!(name), json!(version));
        let url = format!("{}{}", self.url(), path.trim_start_matches('/'));
        manifest["dist"] = json!({"tarball": url, "integrity": Integrity::of(&tarball)});
        let mut state = self.state.lock().unwrap();
        let document = state.documents.entry(name.to_owned()).or_insert_with(|| json!({"versions": {}, "dist-tags": {}, "time": {}}));
        document["versions"][version] = manifest;
        document["dist-tags"]["latest"] = json!(version);
        document["time"][version] = json!("2020-01-01T00:00:00.000Z");
        let document = Reply::ok(document.to_string());
        state.replies.insert(format!("/{}", name.replace('/', "%2f")), vec![document]);
        state.replies.insert(path, vec![Reply::ok(tarball)]);
    }

    /// Changes the document of a package that was published.
    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Value)) {
        let mut state = self.state.lock().unwrap();
        let document = state.documents.get_mut(name).unwrap();
        change(document);
        let reply = Reply::ok(document.to_string());
        state.replies.insert(format!("/{}", name.replace('/', "%2f")), vec![reply]);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.lock().unwrap().asked.clone()
    }

    /// How often a path was asked for.
    pub(crate) fn times(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path == path).count()
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let path = line.split(' ').nth(1)?.to_owned();
        let mut asked = Asked { path: path.clone(), authorization: None, accept: String::new() };
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let Some((name, value)) = header.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => asked.authorization = Some(value.to_owned()),
                "accept" => asked.accept = value.to_owned(),
                _ => {}
            }
        }
        let reply = {
            let mut state = state.lock().unwrap();
            state.asked.push(asked);
            match state.replies.get_mut(&path) {
                Some(replies) if replies.len() > 1 => replies.remove(0),
                Some(replies) => replies[0].clone(),
                None => Reply::status(404),
            }
        };
        send(&mut writer, &reply)?;
    }
}

fn send(writer: &mut TcpStream, reply: &Reply) -> Option<()> {
    let mut head = format!("HTTP/1.1 {} X\r\n", reply.status);
    if !reply.headers.iter().any(|(name, _)| name == "transfer-encoding") {
        head.push_str(&format!("content-length: {}\r\n", reply.body.len()));
    }
    reply.headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
    writer.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    let body = &reply.body[..reply.cut.unwrap_or(reply.body.len())];
    for chunk in body.chunks(1024) {
        writer.write_all(chunk).ok()?;
        reply.drip.inspect(|pause| std::thread::sleep(*pause));
    }
    if reply.cut.is_some() {
        let _ = writer.shutdown(std::net::Shutdown::Both);
        return None;
    }
    writer.flush().ok()
}
