//! Keys in every form, both ways, against those that OpenSSL and Node wrote.

use super::*;

fn export(format: &str, form: Option<&str>, der: &[u8]) -> Result<Vec<u8>, String> {
    compute(json!({"op": "key_export", "format": format, "type": form}), &[der])
}

fn rsa() -> Value {
    json!({"kind": "rsa", "bits": 2048, "curve": null})
}

fn ec(curve: &str, bits: u32) -> Value {
    json!({"kind": "ec", "bits": bits, "curve": curve})
}

fn with_type(mut described: Value, r#type: &str) -> Value {
    described["type"] = r#type.into();
    described
}

/// A private key's forms, its public key's forms, and what is said of them.
type Family = (Vec<(&'static str, &'static str, &'static [u8])>, Vec<(&'static str, &'static str, &'static [u8])>, Value);

fn families() -> [Family; 3] {
    [
        (
            vec![
                ("pem", "pkcs8", fixture!("rsa.pkcs8.pem")),
                ("pem", "pkcs1", fixture!("rsa.pkcs1.pem")),
                ("jwk", "", fixture!("rsa.private.jwk.json")),
            ],
            vec![
                ("pem", "spki", fixture!("rsa.spki.pem")),
                ("pem", "pkcs1", fixture!("rsa.pkcs1pub.pem")),
                ("jwk", "", fixture!("rsa.public.jwk.json")),
            ],
            rsa(),
        ),
        (
            vec![
                ("pem", "pkcs8", fixture!("p256.pkcs8.pem")),
                ("pem", "sec1", fixture!("p256.sec1.pem")),
                ("jwk", "", fixture!("p256.private.jwk.json")),
            ],
            vec![("pem", "spki", fixture!("p256.spki.pem")), ("jwk", "", fixture!("p256.public.jwk.json"))],
            ec("P-256", 256),
        ),
        (
            vec![
                ("pem", "pkcs8", fixture!("p384.pkcs8.pem")),
                ("pem", "sec1", fixture!("p384.sec1.pem")),
                ("jwk", "", fixture!("p384.private.jwk.json")),
            ],
            vec![("pem", "spki", fixture!("p384.spki.pem")), ("jwk", "", fixture!("p384.public.jwk.json"))],
            ec("P-384", 384),
        ),
    ]
}

/// The same file, or the same JSON whatever the order of its members.
fn same(format: &str, left: &[u8], right: &[u8]) -> bool {
    match format {
        "jwk" => serde_json::from_slice::<Value>(left).unwrap() == serde_json::from_slice::<Value>(right).unwrap(),
        _ => left == right,
    }
}

#[test]
fn every_form_is_read_and_written_as_others_write_it() {
    for (private, public, described) in families() {
        for (keys, r#type) in [(&private, "private"), (&public, "public")] {
            for (format, _, key) in keys {
                let (imported, der) = import(format, key, false).unwrap();
                assert_eq!(imported, with_type(described.clone(), r#type));
                for (format, form, expected) in keys {
                    let form = Some(*form).filter(|form| !form.is_empty());
                    assert!(same(format, &export(format, form, &der).unwrap(), expected), "{described} {format} {form:?}");
                }
                // Its own DER is read like any other.
                assert_eq!(import("der", &der, false).unwrap(), (with_type(described.clone(), r#type), der));
            }
        }
        for (format, _, key) in &private {
            let half = import(format, key, true).unwrap();
            assert_eq!(half, import("pem", public[0].2, false).unwrap());
            assert_eq!(half, import("pem", public[0].2, true).unwrap());
        }
    }
}

#[test]
fn der_is_found_out_or_taken_at_its_word() {
    let (private, public) = pair(fixture!("p256.pkcs8.pem"));
    let sec1 = export("der", Some("sec1"), &private).unwrap();
    assert_eq!(import("der", &sec1, false).unwrap().1, private);
    let (rsa_private, rsa_public) = pair(fixture!("rsa.pkcs8.pem"));
    for der in [&rsa_private, &rsa_public] {
        let pkcs1 = export("der", Some("pkcs1"), der).unwrap();
        assert_eq!(import("der", &pkcs1, false).unwrap().1, *der);
    }
    let typed = |form: &str, der: &[u8]| compute(json!({"op": "key_import", "format": "der", "type": form, "public": false}), &[der]);
    assert!(typed("spki", &public).is_ok());
    assert_eq!(typed("pkcs8", &public).unwrap_err(), "cannot read the key: it is not a PKCS#8 private key");
    assert_eq!(typed("spki", &private).unwrap_err(), "cannot read the key: it is not an SPKI public key");
    assert_eq!(typed("sec1", &private).unwrap_err(), "cannot read the key: it is not a SEC1 private key");
    assert_eq!(typed("pkcs1", &public).unwrap_err(), "cannot read the key: it is not a PKCS#1 private key");
    assert!(import("der", b"", false).unwrap_err().contains("none of the forms"));
}

#[test]
fn a_certificate_is_its_public_key() {
    let (imported, der) = import("pem", fixture!("rsa.certificate.pem"), false).unwrap();
    assert_eq!(imported, with_type(rsa(), "public"));
    assert_eq!(der, import("pem", fixture!("rsa.spki.pem"), false).unwrap().1);
}

#[test]
fn pem_is_read_as_it_is_found() {
    let text = str::from_utf8(fixture!("p256.spki.pem")).unwrap();
    let expected = import("pem", text.as_bytes(), false).unwrap();
    for variant in [
        text.replace('\n', "\r\n"),
        text.replace('\n', "\n  "),
        text.trim_end().to_owned(),
        format!("\n\n{text}\n"),
        format!("Bag Attributes\n    friendlyName: hook\n{text}"),
    ] {
        assert_eq!(import("pem", variant.as_bytes(), false).unwrap(), expected, "{variant}");
    }
}

#[test]
fn keys_that_are_none_are_refused() {
    let refusal = |format: &str, key: &[u8]| import(format, key, false).unwrap_err();
    assert!(refusal("pem", fixture!("ed25519.pem")).ends_with("it is neither an RSA nor an elliptic-curve key"));
    assert!(refusal("pem", fixture!("rsa.encrypted.pem")).ends_with("it is encrypted, which is not available"));
    assert_eq!(refusal("pem", fixture!("rsa768.spki.pem")), "an RSA key has 1024 to 4096 bits, this one 768");
    assert!(refusal("pem", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----").contains("SPKI"));
    assert!(refusal("pem", b"no key").contains("it is not PEM"));
    assert!(refusal("pem", b"\xff\xfe").contains("it is not PEM"));
    assert!(refusal("jwk", b"{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}").contains("kty"));
    assert!(refusal("jwk", b"[]").contains("not a JWK"));
    assert!(refusal("jwk", b"{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"\",\"y\":\"\"}").contains("neither P-256 nor P-384"));
    assert!(refusal("jwk", b"{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}").contains("an RSA key has"));
    assert!(refusal("jwk", b"{\"kty\":\"RSA\",\"e\":\"AQAB\"}").contains("missing"));
    let mut truncated = pair(fixture!("rsa.pkcs8.pem")).0;
    truncated.pop();
    assert!(import("der", &truncated, false).is_err());
}

/// The JWK with some members replaced.
fn changed(jwk: &[u8], members: &[(&str, Value)]) -> Vec<u8> {
    let mut jwk: Value = serde_json::from_slice(jwk).unwrap();
    for (name, value) in members {
        jwk[*name] = value.clone();
    }
    jwk.to_string().into_bytes()
}

#[test]
fn numbers_that_do_not_belong_together_are_refused_and_not_quoted() {
    let ec: Value = serde_json::from_slice(fixture!("p256.private.jwk.json")).unwrap();
    let off_curve = changed(fixture!("p256.public.jwk.json"), &[("x", ec["y"].clone()), ("y", ec["x"].clone())]);
    assert!(import("jwk", &off_curve, false).unwrap_err().contains("not a point"));
    let d = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE";
    let refused = import("jwk", &changed(fixture!("p256.private.jwk.json"), &[("d", d.into())]), false).unwrap_err();
    assert_eq!(refused, "cannot read the key: its public half is that of another key");
    for d in [ec["d"].as_str().unwrap().split_at(40).0, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "?!"] {
        let refused = import("jwk", &changed(fixture!("p256.private.jwk.json"), &[("d", d.into())]), false).unwrap_err();
        assert!(refused.starts_with("cannot read the key: ") && !refused.contains(d), "{refused}");
    }
    let rsa: Value = serde_json::from_slice(fixture!("rsa.private.jwk.json")).unwrap();
    for (to, from) in [("p", "q"), ("d", "p"), ("dp", "dq"), ("qi", "dp")] {
        let swapped = changed(fixture!("rsa.private.jwk.json"), &[(to, rsa[from].clone())]);
        assert!(import("jwk", &swapped, false).unwrap_err().ends_with("its numbers are not those of an RSA key"), "{to}");
    }
    let mut n = rsa["n"].as_str().unwrap().to_owned();
    n.replace_range(100..101, if &n[100..101] == "A" { "B" } else { "A" });
    let other_modulus = changed(fixture!("rsa.private.jwk.json"), &[("n", n.into())]);
    assert!(import("jwk", &other_modulus, false).unwrap_err().ends_with("its numbers are not those of an RSA key"));
    let even = changed(fixture!("rsa.public.jwk.json"), &[("e", "Ag".into())]);
    assert!(import("jwk", &even, false).unwrap_err().contains("its numbers"));
    let huge = changed(fixture!("rsa.public.jwk.json"), &[("e", rsa["n"].clone())]);
    assert!(import("jwk", &huge, false).unwrap_err().contains("its numbers"));
    let number = changed(fixture!("rsa.public.jwk.json"), &[("n", json!([1, 2, 3]))]);
    assert_eq!(import("jwk", &number, false).unwrap_err(), "cannot read the key: it is not a JWK");
}

#[test]
fn a_form_that_a_key_has_not_is_refused() {
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    assert_eq!(export("der", Some("sec1"), &private).unwrap_err(), "the key cannot be written as SEC1");
    assert_eq!(export("pem", Some("spki"), &private).unwrap_err(), "the key cannot be written as SPKI");
    assert_eq!(export("pem", Some("pkcs8"), &public).unwrap_err(), "the key cannot be written as PKCS#8");
    let (private, _) = pair(fixture!("p384.pkcs8.pem"));
    assert_eq!(export("der", Some("pkcs1"), &private).unwrap_err(), "the key cannot be written as PKCS#1");
}

#[test]
fn generated_keys_differ_and_work() {
    for (curve, bits, hash) in [("P-256", 256, "sha256"), ("P-384", 384, "sha384")] {
        let generate = || compute(json!({"op": "key_generate", "kind": "ec", "curve": curve}), &[]).unwrap();
        let (key, other) = (generate(), generate());
        assert_ne!(key, other);
        assert_eq!(import("der", &key, false).unwrap(), (with_type(ec(curve, bits), "private"), key.clone()));
        let public = import("der", &key, true).unwrap().1;
        let signature = compute(json!({"op": "sign", "scheme": "ecdsa", "hash": hash}), &[&key, b"data"]).unwrap();
        let verify = json!({"op": "verify", "scheme": "ecdsa", "hash": hash});
        assert_eq!(compute(verify.clone(), &[&public, b"data", &signature]).unwrap(), [1]);
        let public = import("der", &other, true).unwrap().1;
        assert_eq!(compute(verify, &[&public, b"data", &signature]).unwrap(), [0]);
    }
}
