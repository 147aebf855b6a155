//! Tokens as an authorization server signs them, and its keys over a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hookbox_egress::{Egress, Policy, Settings};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::ids::AccountId;

/// An authorization server with one key.
struct Signer {
    pair: KeyPair,
    algorithm: &'static str,
    id: &'static str,
}

impl Signer {
    fn new(algorithm: &'static str, id: &'static str) -> Self {
        let kind = if algorithm == "ES256" { &PKCS_ECDSA_P256_SHA256 } else { &PKCS_RSA_SHA256 };
        Self { pair: KeyPair::generate_for(kind).unwrap(), algorithm, id }
    }

    fn jwk(&self) -> Value {
        let public = self.pair.der_bytes();
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self.algorithm {
            "ES256" => json!({"kty": "EC", "crv": "P-256", "kid": self.id, "x": text(&public[1..33]), "y": text(&public[33..])}),
            _ => {
                // A sequence of two numbers, the first of 257 bytes, the second of three.
                let (n, e) = (&public[public.len() - 262..public.len() - 5], &public[public.len() - 3..]);
                json!({"kty": "RSA", "kid": self.id, "use": "sig", "alg": "RS256", "n": text(n), "e": text(e)})
            }
        }
    }

    fn sign(&self, header: Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(claims));
        let signature = self.pair.sign(signed.as_bytes()).unwrap();
        let signature = if self.algorithm == "ES256" { side_by_side(&signature) } else { signature };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(json!({"alg": self.algorithm, "kid": self.id}), claims)
    }
}

/// The two numbers of a signature in DER, 32 bytes each.
fn side_by_side(der: &[u8]) -> Vec<u8> {
    let number = |at: usize| {
        let length = usize::from(der[at + 1]);
        let bytes = &der[at + 2..at + 2 + length];
        let significant = &bytes[bytes.len().saturating_sub(32)..];
        ([vec![0; 32 - significant.len()], significant.to_vec()].concat(), at + 2 + length)
    };
    let (r, next) = number(2);
    [r, number(next).0].concat()
}

const NOW: Duration = Duration::from_secs(1_800_000_000);

fn claims() -> Value {
    let now = NOW.as_secs();
    json!({"iss": "https://issuer.example", "aud": "api://default", "iat": now, "exp": now + 3600, "cid": "client"})
}

fn issuer(keys_url: &str) -> Issuer {
    Issuer {
        issuer: "https://issuer.example".into(),
        audience: "api://default".into(),
        keys_url: keys_url.into(),
        algorithms: vec![Algorithm::Rs256, Algorithm::Es256],
    }
}

fn now() -> SystemTime {
    UNIX_EPOCH + NOW
}

fn with(change: Value) -> Value {
    let mut claims = claims();
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// Serves a set of keys, which may change, and counts how often it is asked for.
async fn serve(set: Arc<std::sync::Mutex<Value>>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let body = set.lock().unwrap().to_string();
            let _head = stream.read(&mut [0; 4096]).await.unwrap();
            let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (url, asked)
}

fn shelf() -> Shelf {
    Shelf::new(Some(Egress::new(Settings { system_roots: false, ..Settings::default() }).unwrap()))
}

#[test]
fn a_token_is_for_this_audience_and_this_time() {
    let signer = Signer::new("ES256", "a");
    let read = |change: Value| issuer("").reads(&signer.token(&with(change)), now()).map(drop);
    let at = |offset: i64| i64::try_from(NOW.as_secs()).unwrap() + offset;
    for right in [json!({}), json!({"aud": ["other", "api://default"]}), json!({"exp": at(-59)}), json!({"nbf": at(59)})] {
        assert_eq!(read(right.clone()), Ok(()), "{right}");
    }
    for (wrong, refusal) in [
        (json!({"iss": "https://issuer.example/"}), TokenRefusal::Foreign),
        (json!({"iss": 5}), TokenRefusal::Foreign),
        (json!({"aud": "api://other"}), TokenRefusal::Foreign),
        (json!({"aud": []}), TokenRefusal::Foreign),
        (json!({"aud": null}), TokenRefusal::Foreign),
        (json!({"exp": at(-61)}), TokenRefusal::Time),
        (json!({"exp": null}), TokenRefusal::Time),
        (json!({"exp": "never"}), TokenRefusal::Time),
        (json!({"nbf": at(61)}), TokenRefusal::Time),
        (json!({"iat": at(61)}), TokenRefusal::Time),
        (json!({"nbf": "soon"}), TokenRefusal::Time),
    ] {
        assert_eq!(read(wrong.clone()), Err(refusal), "{wrong}");
    }
}

#[test]
fn only_pinned_algorithms_are_accepted() {
    let signer = Signer::new("ES256", "a");
    for (header, refusal) in [
        (json!({"alg": "none"}), TokenRefusal::Algorithm),
        (json!({"alg": "HS256"}), TokenRefusal::Algorithm),
        (json!({"alg": "RS512"}), TokenRefusal::Algorithm),
        (json!({"alg": "ES256", "crit": ["x"]}), TokenRefusal::Malformed),
        (json!({}), TokenRefusal::Malformed),
    ] {
        assert_eq!(issuer("").reads(&signer.sign(header.clone(), &claims()), now()).map(drop), Err(refusal), "{header}");
    }
    for text in ["", ".", "..", "a.b.c", "e30.e30", &"x".repeat(9000)] {
        assert_eq!(issuer("").reads(text, now()).map(drop), Err(TokenRefusal::Malformed), "{text}");
    }
}

#[tokio::test]
async fn a_signature_is_verified_with_the_issuer_s_key() {
    for algorithm in ["ES256", "RS256"] {
        let (signer, other) = (Signer::new(algorithm, "a"), Signer::new(algorithm, "a"));
        let set = Arc::new(std::sync::Mutex::new(json!({"keys": [signer.jwk()]})));
        let (url, asked) = serve(set).await;
        let (shelf, issuer) = (shelf(), issuer(&url));
        let verify = async |token: String| shelf.verify(AccountId::OPERATOR, None, &issuer, &token, now()).await;
        assert_eq!(verify(signer.token(&claims())).await.unwrap()["cid"], "client");
        assert_eq!(verify(other.token(&claims())).await, Err(TokenRefusal::Signature));
        let forged = signer.token(&claims()).replacen('.', ".e30", 1);
        assert!(verify(forged).await.is_err());
        let unsigned = signer.token(&claims()).rsplit_once('.').unwrap().0.to_owned() + ".";
        assert_eq!(verify(unsigned).await, Err(TokenRefusal::Signature));
        assert_eq!(asked.load(Ordering::SeqCst), 1, "the keys are kept");
    }
}

#[tokio::test]
async fn a_new_key_is_fetched_and_an_unknown_one_is_not_asked_for_again_and_again() {
    let (first, second) = (Signer::new("ES256", "1"), Signer::new("ES256", "2"));
    let set = Arc::new(std::sync::Mutex::new(json!({"keys": [first.jwk()]})));
    let (url, asked) = serve(set.clone()).await;
    let (shelf, issuer) = (shelf(), issuer(&url));
    let verify = async |signer: &Signer| shelf.verify(AccountId::OPERATOR, None, &issuer, &signer.token(&claims()), now()).await;
    assert!(verify(&first).await.is_ok());
    *set.lock().unwrap() = json!({"keys": [second.jwk()]});
    for _ in 0..5 {
        assert_eq!(verify(&second).await, Err(TokenRefusal::Key));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(11)).await;
    tokio::time::resume();
    assert!(verify(&second).await.is_ok());
    assert_eq!(verify(&first).await, Err(TokenRefusal::Key), "it was taken away");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn keys_are_fetched_only_from_where_the_account_may_call() {
    let signer = Signer::new("ES256", "1");
    let (url, asked) = serve(Arc::new(std::sync::Mutex::new(json!({"keys": [signer.jwk()]})))).await;
    let ceiling = Policy::parse(&["*"]).unwrap();
    let refused = shelf().verify(AccountId::OPERATOR, Some(&ceiling), &issuer(&url), &signer.token(&claims()), now()).await;
    assert_eq!(refused, Err(TokenRefusal::Key), "the address is not public");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}
