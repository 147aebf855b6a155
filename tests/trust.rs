//! Whom the calls of hooks trust, who they are, and how their requests look on the wire: real functions against a server with TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use crate::harness::{Hook, METRICS, Server, Shell, context};

/// Makes one call as the context says, and logs what came of it.
const CALLER: &str = "
const http = require('http');
const https = require('https');
const ways = {
  fetch: async ({ url, ...options }) => {
    const answer = await fetch(url, options);
    return { status: answer.status, told: await answer.json(), echo: answer.headers.get('x-echo') };
  },
  http: ({ url, write = [], ...options }) => new Promise((done, failed) => {
    const request = (url.startsWith('https') ? https : http).request(url, options, async (answer) => {
      const { socket } = answer;
      const facts = { remote: socket.remoteAddress, authorized: socket.authorized, error: socket.authorizationError, subject: socket.getPeerCertificate?.().subject?.CN };
      let text = '';
      for await (const chunk of answer) text += chunk;
      done({ status: answer.statusCode, names: answer.rawHeaders.filter((_, at) => at % 2 === 0), told: JSON.parse(text), ...facts });
    });
    request.on('error', failed);
    (async () => {
      for (const chunk of write) {
        request.write(chunk);
        await new Promise((done) => setTimeout(done, 5));
      }
      request.end();
    })();
  }),
};
exports.handler = async ({ user }) => {
  const [way, options] = JSON.parse(user.user_identifier);
  const told = await ways[way](options).catch((error) => ({ code: (error.cause ?? error).code, message: (error.cause ?? error).message }));
  console.log(JSON.stringify(told));
  return { success: true };
};";

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

fn params(common: &str, names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
    params
}

impl Authority {
    fn new() -> Self {
        let mut params = params("authority", &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self { pem: params.self_signed(&key).unwrap().pem(), issuer: Issuer::new(params, key) }
    }

    /// A certificate and its key in PEM.
    fn leaf(&self, common: &str, names: &[&str]) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        (params(common, names).signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    /// Says to whom the server's clients may show certificates: whoever wants to, of this authority.
    fn acceptor(&self) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).allow_unauthenticated().build();
        let (cert, key) = self.leaf("server", &["127.0.0.1", "virtual.test"]);
        let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = builder.with_client_cert_verifier(clients.unwrap()).with_single_cert(
            vec![CertificateDer::from_pem_slice(cert.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        );
        TlsAcceptor::from(Arc::new(config.unwrap()))
    }
}

/// A server that tells each client what it said, and whether it showed a certificate.
fn stub(tls: Option<TlsAcceptor>) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let tls = tls.clone();
                tokio::spawn(async move {
                    match tls {
                        None => answer(stream, false).await,
                        Some(tls) => {
                            // A client that does not trust the server ends it here.
                            let Ok(stream) = tls.accept(stream).await else { return };
                            let known = stream.get_ref().1.peer_certificates().is_some();
                            answer(stream, known).await;
                        }
                    }
                });
            }
        });
    });
    address
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, known: bool) {
    loop {
        let mut said = Vec::new();
        while !said.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            said.push(byte);
        }
        let head: String = said.iter().copied().map(char::from).collect();
        let lower = head.to_lowercase();
        let mut body = Vec::new();
        if lower.contains("\r\ntransfer-encoding: chunked\r\n") {
            while !body.ends_with(b"0\r\n\r\n") {
                body.push(stream.read_u8().await.unwrap());
            }
        } else {
            let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).await.unwrap();
        }
        let told = json!({"head": head, "body": String::from_utf8(body).unwrap(), "known": known}).to_string();
        let told: String =
            told.chars().map(|one| if one.is_ascii() { one.to_string() } else { format!("\\u{:04x}", u32::from(one)) }).collect();
        let answer =
            format!("HTTP/1.1 200 OK\r\nX-Second: 1\r\nx-FIRST: 2\r\nX-Echo: caf\u{e9}\r\nContent-Length: {}\r\n\r\n{told}", told.len());
        let bytes: Vec<u8> = answer.chars().map(|one| u8::try_from(u32::from(one)).unwrap()).collect();
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

struct Caller {
    server: Server,
    hook: String,
}

impl Caller {
    fn new(allowed: &[&str]) -> Self {
        let server = Server::with(METRICS);
        let hook = Hook::new(CALLER.as_bytes()).with("runtime", "nodejs22.x").with("allowed_hosts", json!(allowed)).with("timeout", 5);
        let hook = server.admin().deploy(&hook);
        Self { server, hook }
    }

    fn call(&self, way: &str, options: Value) -> Value {
        let mut event = context(1);
        event["user"]["user_identifier"] = json!(json!([way, options]).to_string());
        let answer = self.server.admin().fire(&self.hook, &event);
        assert_eq!(answer["outcome"], "completed", "{event} {answer}");
        let entry =
            self.server.admin().executions(&self.hook).into_iter().find(|entry| entry["execution_id"] == answer["execution_id"]).unwrap();
        let event = entry["events"][0].as_str().unwrap().to_owned();
        serde_json::from_str(event.splitn(4, '\t').last().unwrap().trim()).unwrap()
    }

    fn account(&self, settings: &Value) -> Value {
        self.server.admin().put("/v1/accounts/1", settings).expect(200)["settings"].clone()
    }
}

const UNKNOWN: &str = "UNABLE_TO_VERIFY_LEAF_SIGNATURE";

#[test]
fn a_function_says_whom_its_requests_trust_and_who_it_is() {
    let authority = Authority::new();
    let address = stub(Some(authority.acceptor()));
    let caller = Caller::new(&["127.0.0.1", "virtual.test"]);
    let url = format!("https://{address}/path?query");
    let call = |more: Value| {
        let mut options = json!({"url": url});
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        caller.call("http", options)
    };
    assert_eq!(call(json!({}))["code"], UNKNOWN);
    assert_eq!(caller.call("fetch", json!({"url": url}))["code"], UNKNOWN);
    let trusted = call(json!({"ca": authority.pem}));
    assert_eq!(
        (&trusted["status"], &trusted["authorized"], &trusted["remote"]),
        (&json!(200), &json!(true), &json!("127.0.0.1")),
        "{trusted}"
    );
    assert_eq!((&trusted["subject"], &trusted["told"]["known"]), (&json!("server"), &json!(false)));
    assert!(trusted["told"]["head"].as_str().unwrap().starts_with("GET /path?query HTTP/1.1\r\n"), "{trusted}");
    // What one request trusts is nothing to the next one.
    assert_eq!(call(json!({}))["code"], UNKNOWN);
    let lenient = call(json!({"rejectUnauthorized": false}));
    assert_eq!((&lenient["status"], &lenient["authorized"], &lenient["error"]), (&json!(200), &json!(false), &json!(UNKNOWN)), "{lenient}");
    let (cert, key) = authority.leaf("function", &[]);
    let known = call(json!({"ca": authority.pem, "cert": cert, "key": key}));
    assert_eq!(known["told"]["known"], true, "{known}");
    let named = call(json!({"ca": authority.pem, "servername": "virtual.test"}));
    assert_eq!(named["status"], 200, "{named}");
    let refused = call(json!({"ca": authority.pem, "servername": "other.test"}));
    assert_eq!(refused["code"], "ERR_ACCESS_DENIED", "{refused}");
}

#[test]
fn an_account_says_whom_its_hooks_trust_and_who_they_are() {
    let authority = Authority::new();
    let address = stub(Some(authority.acceptor()));
    let caller = Caller::new(&["127.0.0.1", "localhost"]);
    let url = json!({"url": format!("https://{address}/")});
    assert_eq!(caller.call("fetch", url.clone())["code"], UNKNOWN);
    let shell = Shell::admin(&caller.server);
    shell.write("ca.pem", &authority.pem);
    let ran = shell.run(&["accounts", "update", "1", "--egress-ca", "ca.pem"]).expect(0);
    assert!(ran.err.contains("trust 1 authorities"), "{}", ran.err);
    assert_eq!(caller.call("fetch", url.clone())["told"]["known"], false);

    let (cert, key) = authority.leaf("the account", &[]);
    shell.write("client.pem", &cert);
    shell.write("client.key", &key);
    let of_host = |host: &str| shell.run(&["accounts", "update", "1", "--client-certificate", host, "client.pem", "client.key"]).expect(0);
    of_host("other.test");
    assert_eq!(caller.call("fetch", url.clone())["told"]["known"], false, "it is for another host");
    let ran = of_host(&format!("https://{address}"));
    assert!(ran.err.contains("CN=the account") && !ran.err.contains("PRIVATE"), "{}", ran.err);
    assert_eq!(caller.call("fetch", url.clone())["told"]["known"], true);
    assert_eq!(caller.call("http", url.clone())["told"]["known"], true);

    let settings = caller.server.admin().get("/v1/accounts/1").expect(200)["settings"].clone();
    assert!(settings.to_string().contains("BEGIN CERTIFICATE") && !settings.to_string().contains("PRIVATE"), "{settings}");
    let list = settings["client_certificates"].as_array().unwrap();
    assert_eq!((list.len(), &list[0]["hosts"], &list[0]["subject"]), (2, &json!([format!("https://{address}")]), &json!("CN=the account")));
    let fingerprint = list[0]["fingerprint"].as_str().unwrap();
    let ran = shell.run(&["accounts", "update", "1", "--drop-client-certificate", "nothing"]).expect(2);
    assert!(ran.err.contains("no client certificate with the fingerprint nothing"), "{}", ran.err);
    let kept = json!({"client_certificates": [{"hosts": ["127.0.0.1"], "fingerprint": fingerprint}]});
    assert_eq!(caller.account(&kept)["client_certificates"][0]["hosts"], json!(["127.0.0.1"]));
    assert_eq!(caller.call("fetch", url.clone())["told"]["known"], true);

    // It is there after a restart, and with a new master key.
    let builder = caller.server.stop();
    let data = builder.data().to_str().unwrap().to_owned();
    let ran = Shell::new().run(&["keys", "rotate", "--data", &data]).expect(0);
    assert!(ran.out.contains("1 keys of client certificates"), "{}", ran.out);
    assert!(Shell::new().run(&["verify", "--data", &data]).expect(0).out.contains("nothing is wrong"));
    let caller = Caller { server: builder.start(), hook: caller.hook };
    assert_eq!(caller.call("fetch", url.clone())["told"]["known"], true);
    let shell = Shell::admin(&caller.server);
    shell.run(&["accounts", "update", "1", "--drop-client-certificate", fingerprint]).expect(0);
    assert_eq!(caller.call("fetch", url.clone())["told"]["known"], false);
    shell.run(&["accounts", "update", "1", "--no-egress-ca"]).expect(0);
    assert_eq!(caller.call("fetch", url)["code"], UNKNOWN);
    assert!(!caller.server.log().contains("PRIVATE KEY"));
}

#[test]
fn a_request_looks_on_the_wire_as_the_function_wrote_it() {
    let address = stub(None);
    let caller = Caller::new(&["127.0.0.1", "virtual.test"]);
    let url = format!("http://{address}/");
    let headers = json!(["X-b", "1", "Accept", "*/*", "x-A", "2", "HOST", "Virtual.test", "x-A", "caf\u{e9}"]);
    let told = caller.call("http", json!({"url": url, "method": "POST", "headers": headers, "write": ["four", "END"]}));
    let head = told["told"]["head"].as_str().unwrap();
    assert!(head.starts_with("POST / HTTP/1.1\r\nX-b: 1\r\nAccept: */*\r\nx-A: 2\r\nHOST: Virtual.test\r\nx-A: caf\u{e9}\r\n"), "{told}");
    assert_eq!(told["told"]["body"], "4\r\nfour\r\n3\r\nEND\r\n0\r\n\r\n");
    assert_eq!(told["names"], json!(["X-Second", "x-FIRST", "X-Echo", "Content-Length"]));

    let sized = json!({"content-LENGTH": "7"});
    let told = caller.call("http", json!({"url": url, "method": "POST", "headers": sized, "write": ["four", "END"]}));
    let head = told["told"]["head"].as_str().unwrap();
    assert!(head.contains("\r\ncontent-LENGTH: 7\r\n") && !head.to_lowercase().contains("transfer-encoding"), "{told}");
    assert_eq!(told["told"]["body"], "fourEND");

    let other = caller.call("http", json!({"url": url, "headers": {"Host": "evil.test"}}));
    assert_eq!(other["code"], "ERR_ACCESS_DENIED", "{other}");
    let fetched = caller.call("fetch", json!({"url": url, "headers": {"X-Own": "caf\u{e9}"}}));
    assert_eq!(
        (fetched["told"]["head"].as_str().unwrap().contains(": caf\u{e9}\r\n"), &fetched["echo"]),
        (true, &json!("caf\u{e9}")),
        "{fetched}"
    );

    let counts = caller.server.metrics();
    let count = |name: &str| counts[&format!("hookbox_egress_{name}")];
    assert_eq!((count("calls_total"), count("refusals_total"), count("failures_total")), (4.0, 1.0, 0.0));
    assert!(count("sent_bytes_total") >= 14.0 && count("received_bytes_total") > 100.0 && count("idle_connections") >= 1.0);
}
