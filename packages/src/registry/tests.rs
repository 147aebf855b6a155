//! The client against registries that do their part, and others.

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::Registry;
use crate::error::Error;
use crate::limits::Limits;
use crate::lock::Entry;
use crate::name::PackageName;
use crate::packument::Packument;
use crate::testing::{Reply, Server, client, config};

const DOCUMENT: &str = r#"{"versions": {"1.0.0": {}}, "dist-tags": {"latest": "1.0.0"}}"#;

fn limits() -> Limits {
    Limits {
        pause: Duration::from_millis(5),
        network_time: Duration::from_secs(5),
        document: 1 << 16,
        tarball: 1 << 16,
        ..Limits::default()
    }
}

fn document(registry: &Registry, name: &str) -> Result<Packument, Error> {
    registry.source().document(&PackageName::parse(name).unwrap(), false, Instant::now() + limits().network_time)
}

/// The tarball of a version of `a`, where registries have it unless a lock says otherwise.
fn tarball(registry: &Registry, version: &str, place: Option<&str>) -> Result<Vec<u8>, Error> {
    let entry: Entry = serde_json::from_value(json!({"name": "a", "version": version, "tarball": place})).unwrap();
    let mut bytes = Vec::new();
    registry.source().tarball(&entry, Instant::now() + limits().network_time, &mut |reader| {
        bytes.clear();
        reader.read_to_end(&mut bytes).map_err(|error| Error::package("a", error.to_string()))?;
        Ok(())
    })?;
    Ok(bytes)
}

fn zip(bytes: &[u8]) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    Reply { headers: vec![("content-encoding".to_owned(), "gzip".to_owned())], ..Reply::ok(encoder.finish().unwrap()) }
}

#[test]
fn the_short_document_is_asked_for_and_may_be_compressed() {
    let server = Server::start();
    server.reply("/a", [zip(DOCUMENT.as_bytes())]);
    server.reply("/@s%2fb", [Reply::ok(DOCUMENT)]);
    let registry = client(&server, &limits());
    assert!(document(&registry, "a").is_ok() && document(&registry, "@s/b").is_ok());
    let asked = server.asked();
    assert!(asked[0].accept.starts_with("application/vnd.npm.install-v1+json") && asked[0].authorization.is_none());
    let full = registry.source().document(&PackageName::parse("a").unwrap(), true, Instant::now() + Duration::from_secs(5));
    assert!(full.is_ok() && server.asked()[2].accept == "application/json");
}

#[test]
fn answers_of_failure_are_told_apart() {
    let server = Server::start();
    for (name, status) in [("denied", 401), ("forbidden", 403), ("odd", 418), ("down", 503)] {
        server.reply(&format!("/{name}"), [Reply::status(status)]);
    }
    server.reply("/nonsense", [Reply::ok("<html>")]);
    let registry = client(&server, &limits());
    let error = |name: &str| document(&registry, name).unwrap_err();
    assert!(matches!(error("gone"), Error::Package { reason, .. } if reason.ends_with("does not have it")));
    assert!(error("denied").to_string().contains("401") && error("forbidden").to_string().contains("no right credentials"));
    assert!(error("odd").is_of_the_host() && error("nonsense").to_string().contains("cannot be read"));
    assert!(error("down").to_string().contains("answers 503"));
    assert_eq!((server.times("/gone"), server.times("/denied"), server.times("/down")), (1, 1, 3));
}

#[test]
fn what_may_go_better_is_tried_again() {
    let server = Server::start();
    let broken = Reply { cut: Some(10), ..Reply::ok(DOCUMENT) };
    server.reply("/a", [Reply::status(503), broken, Reply::ok(DOCUMENT)]);
    let busy = Reply { headers: vec![("retry-after".to_owned(), "0".to_owned())], ..Reply::status(429) };
    server.reply("/b", [busy, Reply::ok(DOCUMENT)]);
    let body = vec![7; 5000];
    server.reply("/a/-/a-1.0.0.tgz", [Reply { cut: Some(1500), ..Reply::ok(body.clone()) }, Reply::ok(body.clone())]);
    let registry = client(&server, &limits());
    assert!(document(&registry, "a").is_ok() && document(&registry, "b").is_ok());
    assert_eq!((server.times("/a"), server.times("/b")), (3, 2));
    assert_eq!(tarball(&registry, "1.0.0", None).unwrap(), body);
}

#[test]
fn a_token_goes_where_it_belongs_and_nowhere_else() {
    let (server, other) = (Server::start(), Server::start());
    server.reply("/team/a", [Reply::ok(DOCUMENT)]);
    server.reply("/team/same", [Reply::redirect("/team/a")]);
    server.reply("/team/out", [Reply::redirect("/open/a")]);
    server.reply("/team/away", [Reply::redirect(&format!("{}a", other.url()))]);
    server.reply("/team/back", [Reply::redirect(&format!("{}back", other.url()))]);
    server.reply("/open/a", [Reply::ok(DOCUMENT)]);
    other.reply("/a", [Reply::ok(DOCUMENT)]);
    other.reply("/a.tgz", [Reply::ok("x")]);
    other.reply("/back", [Reply::redirect(&format!("{}team/a", server.url()))]);
    let npmrc = format!("registry={}team/\n{}team/:_authToken=s3cret\n{}:_authToken=other", server.url(), server.prefix(), other.prefix());
    let registry = Registry::npm(config(&npmrc, &[]), &limits()).unwrap();
    for name in ["a", "same", "out", "away", "back"] {
        assert!(document(&registry, name).is_ok(), "{name}");
    }
    // The registry's own document says that the tarball is with the other one.
    server.reply("/team/a", [Reply::ok(format!(r#"{{"versions": {{"1.0.0": {{"dist": {{"tarball": "{}a.tgz"}}}}}}}}"#, other.url()))]);
    tarball(&registry, "1.0.0", Some(&format!("{}a.tgz", other.url()))).unwrap();
    let told: Vec<_> = server.asked().into_iter().map(|asked| (asked.path, asked.authorization.is_some())).collect();
    let expected = [
        ("/team/a", true),
        ("/team/same", true),
        ("/team/a", true),
        ("/team/out", true),
        ("/open/a", false),
        ("/team/away", true),
        ("/team/back", true),
        // It came back from elsewhere, so that it may be somebody else's idea.
        ("/team/a", false),
        ("/team/a", true),
    ];
    assert_eq!(told, expected.map(|(path, secret)| (path.to_owned(), secret)));
    // On a connection without TLS no other registry's secret is said, not even to that registry.
    assert!(other.asked().iter().all(|asked| asked.authorization.is_none()), "{:?}", other.asked());
}

#[test]
fn a_lock_cannot_make_the_client_ask_any_address() {
    let (server, other) = (Server::start(), Server::start());
    server.reply("/a", [Reply::ok(DOCUMENT)]);
    server.reply("/-/whoami", [Reply::ok("me")]);
    let registry = client(&server, &limits());
    let inside = format!("{}latest/meta-data", other.url());
    for place in [inside.as_str(), "-/whoami", "../../x", "//127.0.0.1:1/x"] {
        let error = tarball(&registry, "1.0.0", Some(place)).unwrap_err().to_string();
        assert_eq!(error, "a@1.0.0: the lock has its tarball at another address than the registry", "{place}");
    }
    assert_eq!((other.asked().len(), server.times("/-/whoami")), (0, 0));
}

#[test]
fn redirects_come_to_an_end() {
    let server = Server::start();
    server.reply("/a", [Reply::redirect("/a")]);
    server.reply("/b", [Reply::redirect("file:///etc/passwd")]);
    let registry = client(&server, &limits());
    assert!(document(&registry, "a").unwrap_err().to_string().contains("redirects more than 5 times"));
    assert!(document(&registry, "b").unwrap_err().to_string().contains("redirects to nowhere"));
}

#[test]
fn documents_and_tarballs_have_a_largest_size() {
    let server = Server::start();
    let large = vec![b' '; 1 << 17];
    let unannounced = Reply {
        headers: vec![("transfer-encoding".to_owned(), "chunked".to_owned())],
        ..Reply::ok([b"20000\r\n".to_vec(), large.clone()].concat())
    };
    server.reply("/announced", [Reply::ok(large.clone())]);
    server.reply("/chunked", [unannounced.clone()]);
    server.reply("/zipped", [zip(&vec![b' '; 64 << 20])]);
    server.reply("/a/-/a-1.0.0.tgz", [Reply::ok(large)]);
    server.reply("/a/-/a-2.0.0.tgz", [unannounced]);
    let registry = client(&server, &limits());
    for name in ["announced", "chunked", "zipped"] {
        let expected = format!("{name}: the registry's document is too large: the limit is 64 KiB (document)");
        assert_eq!(document(&registry, name).unwrap_err().to_string(), expected);
        assert_eq!(server.times(&format!("/{name}")), 1);
    }
    for version in ["1.0.0", "2.0.0"] {
        let error = tarball(&registry, version, None).unwrap_err().to_string();
        assert_eq!(error.replace(version, "1.0.0"), "a@1.0.0: the tarball is too large: the limit is 64 KiB (tarball)");
    }
}

#[test]
fn a_slow_registry_is_given_up() {
    let server = Server::start();
    let slow = Reply { drip: Some(Duration::from_millis(100)), ..Reply::ok(vec![b' '; 60 << 10]) };
    server.reply("/a", [slow.clone()]);
    server.reply("/a/-/a-1.0.0.tgz", [slow]);
    let limits = Limits { request_time: Duration::from_millis(300), tries: 2, ..limits() };
    let registry = client(&server, &limits);
    let begun = Instant::now();
    assert!(matches!(document(&registry, "a").unwrap_err(), Error::Registry { .. }));
    assert!(matches!(tarball(&registry, "1.0.0", None).unwrap_err(), Error::Registry { .. }));
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(server.times("/a"), 2);
}

#[test]
fn time_in_all_is_limited() {
    let server = Server::start();
    server.reply("/a", [Reply::ok(DOCUMENT)]);
    let registry = client(&server, &limits());
    let error = registry.source().document(&PackageName::parse("a").unwrap(), false, Instant::now()).unwrap_err();
    assert_eq!(error.to_string(), "a: there is no time left (network_time)");
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn a_proxy_is_used_unless_the_host_is_excepted() {
    let (server, proxy) = (Server::start(), Server::start());
    server.reply("/a", [Reply::ok(DOCUMENT)]);
    let npmrc =
        format!("registry={}\nproxy=http://me:pw@127.0.0.1:{}", server.url(), proxy.prefix().trim_matches('/').rsplit(':').next().unwrap());
    let registry = Registry::npm(config(&npmrc, &[]), &Limits { tries: 1, ..limits() }).unwrap();
    let error = document(&registry, "a").unwrap_err().to_string();
    assert!(!error.contains("pw"), "{error}");
    assert_eq!((server.asked().len(), proxy.asked().len()), (0, 1));
    let registry = Registry::npm(config(&npmrc, &[("NO_PROXY", "127.0.0.1")]), &limits()).unwrap();
    assert!(document(&registry, "a").is_ok());
}

#[test]
fn certificates_and_proxies_that_cannot_be_used_are_named() {
    let error = |npmrc: &str| Registry::npm(config(npmrc, &[]), &limits()).unwrap_err().to_string();
    assert_eq!(error("ca=nonsense"), "ca or cafile: there is no certificate in it");
    assert_eq!(error("proxy=http://"), "proxy: it is written as http://host:port");
}

#[test]
fn a_folder_is_a_registry() {
    let folder = tempfile::tempdir().unwrap();
    let pack = |manifest: &str| crate::testing::tarball(&[crate::testing::Part::File("package/package.json", manifest.as_bytes())]);
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("a-1.0.0.tgz", &pack(r#"{"name": "a", "version": "1.0.0"}"#));
    write("s-b-2.0.0.tgz", &pack(r#"{"name": "@s/b", "version": "2.0.0"}"#));
    write("README", b"no package");
    let registry = Registry::folder(folder.path(), &limits()).unwrap();
    assert!(document(&registry, "@s/b").is_ok());
    assert!(tarball(&registry, "1.0.0", None).is_ok());
    assert_eq!(document(&registry, "c").unwrap_err().to_string(), "c: the folder of packages does not have it");
    write("broken.tgz", b"nonsense");
    assert!(Registry::folder(folder.path(), &limits()).unwrap_err().to_string().ends_with("it is no package: it has no package.json"));
}
