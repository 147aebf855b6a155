//! Keys in every form, both ways, against those that OpenSSL and Node wrote.

use super::*;

fn write(format: &str, form: Option<&str>, der: &[u8]) -> Result<Vec<u8>, String> {
    compute(json!({"op": "key_write", "format": format, "form": form}), &[der, b""])
}

fn rsa() -> Value {
    json!({"kind": "rsa", "bits": 2048, "exponent": "010001"})
}

fn ec(curve: &str) -> Value {
    json!({"kind": "ec", "curve": curve})
}

fn with_private(mut described: Value, private: bool) -> Value {
    described["private"] = private.into();
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
            ec("P-256"),
        ),
        (
            vec![
                ("pem", "pkcs8", fixture!("p384.pkcs8.pem")),
                ("pem", "sec1", fixture!("p384.sec1.pem")),
                ("jwk", "", fixture!("p384.private.jwk.json")),
            ],
            vec![("pem", "spki", fixture!("p384.spki.pem")), ("jwk", "", fixture!("p384.public.jwk.json"))],
            ec("P-384"),
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
        for (keys, is_private) in [(&private, true), (&public, false)] {
            for (format, _, key) in keys {
                let (said, der) = read(format, key, !is_private).unwrap();
                assert_eq!(said, with_private(described.clone(), is_private));
                for (format, form, expected) in keys {
                    let form = Some(*form).filter(|form| !form.is_empty());
                    assert!(same(format, &write(format, form, &der).unwrap(), expected), "{described} {format} {form:?}");
                }
                // Its own DER is read like any other.
                assert_eq!(read("der", &der, !is_private).unwrap(), (with_private(described.clone(), is_private), der));
            }
        }
        for (format, _, key) in &private {
            assert_eq!(read(format, key, true).unwrap(), read("pem", public[0].2, true).unwrap());
        }
    }
}

#[test]
fn der_is_found_out_or_taken_at_its_word() {
    let (private, public) = pair(fixture!("p256.pkcs8.pem"));
    let sec1 = write("der", Some("sec1"), &private).unwrap();
    assert_eq!(read("der", &sec1, false).unwrap().1, private);
    let (rsa_private, rsa_public) = pair(fixture!("rsa.pkcs8.pem"));
    for (der, is_public) in [(&rsa_private, false), (&rsa_public, true)] {
        let pkcs1 = write("der", Some("pkcs1"), der).unwrap();
        assert_eq!(read("der", &pkcs1, is_public).unwrap().1, *der);
    }
    let typed = |form: &str, der: &[u8]| compute(json!({"op": "key_read", "format": "der", "form": form, "public": true}), &[der, b""]);
    assert!(typed("spki", &public).is_ok() && typed("pkcs8", &private).is_ok());
    assert_eq!(typed("pkcs8", &public).unwrap_err(), "key_malformed");
    assert_eq!(typed("spki", &private).unwrap_err(), "key_malformed");
    assert_eq!(typed("sec1", &private).unwrap_err(), "unsupported");
    assert_eq!(typed("pkcs1", &public).unwrap_err(), "unsupported");
    assert_eq!(read("der", b"", true).unwrap_err(), "unsupported");
    assert_eq!(read("der", &public, false).unwrap_err(), "unsupported");
}

#[test]
fn a_certificate_is_its_public_key() {
    let (said, der) = read("pem", fixture!("rsa.certificate.pem"), true).unwrap();
    assert_eq!(said, with_private(rsa(), false));
    assert_eq!(der, read("pem", fixture!("rsa.spki.pem"), true).unwrap().1);
    assert_eq!(read("pem", fixture!("rsa.certificate.pem"), false).unwrap_err(), "unsupported");
}

#[test]
fn pem_is_read_as_it_is_found() {
    let text = str::from_utf8(fixture!("p256.spki.pem")).unwrap();
    let expected = read("pem", text.as_bytes(), true).unwrap();
    for variant in [
        text.replace('\n', "\r\n"),
        text.replace('\n', "\n  "),
        text.trim_end().to_owned(),
        format!("\n\n{text}\n"),
        format!("Bag Attributes\n    friendlyName: hook\n{text}"),
        format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{text}"),
    ] {
        assert_eq!(read("pem", variant.as_bytes(), true).unwrap(), expected, "{variant}");
    }
}

#[test]
fn curve25519_is_read_and_written() {
    let (said, der) = read("pem", fixture!("ed25519.pem"), false).unwrap();
    assert_eq!(said, json!({"kind": "ed25519", "private": true}));
    assert_eq!(write("pem", None, &der).unwrap(), fixture!("ed25519.pem"));
    let jwk = write("jwk", None, &der).unwrap();
    assert_eq!(read("jwk", &jwk, false).unwrap().1, der);
    let raw = write("raw", None, &der).unwrap();
    let header = json!({"op": "key_read", "format": "raw", "kind": "ed25519", "public": false});
    assert_eq!(opened(&compute(header, &[&raw, b""]).unwrap()).1[0], der);
}

#[test]
fn keys_that_are_none_are_refused() {
    let refusal = |format: &str, key: &[u8]| read(format, key, true).unwrap_err();
    assert_eq!(refusal("pem", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), "key_malformed");
    for text in [&b"no key"[..], b"\xff\xfe", b"-----BEGIN ", b"-----BEGIN PUBLIC KEY-----\nAAAA", b""] {
        assert_eq!(refusal("pem", text), "unsupported");
    }
    assert_eq!(refusal("jwk", b"{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}"), "jwk");
    assert_eq!(refusal("jwk", b"[]"), "jwk");
    assert_eq!(refusal("jwk", b"{\"kty\":\"EC\",\"crv\":\"P-521\",\"x\":\"\",\"y\":\"\"}"), "jwk_ec");
    assert_eq!(refusal("jwk", b"{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}"), "jwk_rsa");
    assert_eq!(refusal("jwk", b"{\"kty\":\"RSA\",\"e\":\"AQAB\"}"), "jwk_rsa");
    assert_eq!(refusal("jwk", b"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}"), "jwk");
    let mut truncated = pair(fixture!("rsa.pkcs8.pem")).0;
    truncated.pop();
    assert!(read("der", &truncated, false).is_err());
}

#[test]
fn passwords_open_what_they_close() {
    let open = |key: &[u8], password: Option<&[u8]>| {
        let header = json!({"op": "key_read", "format": "pem", "public": false, "passphrase": password.is_some()});
        compute(header, &[key, password.unwrap_or_default()]).map(|answer| opened(&answer).1.remove(0))
    };
    assert_eq!(open(fixture!("rsa.encrypted.pem"), None).unwrap_err(), "passphrase_missing_pem");
    assert_eq!(open(fixture!("rsa.encrypted.pem"), Some(b"wrong")).unwrap_err(), "bad_decrypt");
    for (pem, forms) in [(&fixture!("rsa.pkcs8.pem")[..], ["pkcs8", "pkcs1"]), (fixture!("p256.pkcs8.pem"), ["pkcs8", "sec1"])] {
        let (private, _) = pair(pem);
        for (form, cipher) in forms.iter().flat_map(|form| ["aes-128-cbc", "aes-256-cbc", "des-ede3-cbc"].map(|cipher| (form, cipher))) {
            let header = |format: &str| json!({"op": "key_write", "format": format, "form": form, "cipher": cipher});
            let sealed = compute(header("pem"), &[&private, b"secret"]).unwrap();
            assert_ne!(sealed, compute(header("pem"), &[&private, b"secret"]).unwrap());
            assert_eq!(open(&sealed, Some(b"secret")).unwrap(), private, "{form} {cipher}");
            assert_eq!(open(&sealed, None).unwrap_err(), "passphrase_missing_pem");
            assert_eq!(open(&sealed, Some(b"")).unwrap_err(), "bad_decrypt");
        }
        let header = json!({"op": "key_write", "format": "der", "cipher": "aes-256-gcm"});
        assert_eq!(compute(header, &[&private, b"secret"]).unwrap_err(), "cipher_parameter");
        let sealed = compute(json!({"op": "key_write", "format": "der", "cipher": "aes-256-cbc"}), &[&private, b"secret"]).unwrap();
        assert_eq!(read("der", &sealed, false).unwrap_err(), "passphrase_missing");
    }
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
    assert_eq!(read("jwk", &off_curve, true).unwrap_err(), "jwk_ec");
    for d in [
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE",
        ec["d"].as_str().unwrap().split_at(40).0,
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "?!",
    ] {
        assert_eq!(read("jwk", &changed(fixture!("p256.private.jwk.json"), &[("d", d.into())]), false).unwrap_err(), "jwk_ec");
    }
    let rsa: Value = serde_json::from_slice(fixture!("rsa.private.jwk.json")).unwrap();
    for (to, from) in [("p", "q"), ("d", "p"), ("dp", "dq"), ("qi", "dp")] {
        let swapped = changed(fixture!("rsa.private.jwk.json"), &[(to, rsa[from].clone())]);
        assert_eq!(read("jwk", &swapped, false).unwrap_err(), "jwk_rsa", "{to}");
    }
    let mut n = rsa["n"].as_str().unwrap().to_owned();
    n.replace_range(100..101, if &n[100..101] == "A" { "B" } else { "A" });
    assert_eq!(read("jwk", &changed(fixture!("rsa.private.jwk.json"), &[("n", n.into())]), false).unwrap_err(), "jwk_rsa");
    for exponent in ["Ag".into(), rsa["n"].clone()] {
        assert_eq!(read("jwk", &changed(fixture!("rsa.public.jwk.json"), &[("e", exponent)]), true).unwrap_err(), "jwk_rsa");
    }
    let number = changed(fixture!("rsa.public.jwk.json"), &[("n", json!([1, 2, 3]))]);
    assert_eq!(read("jwk", &number, true).unwrap_err(), "jwk");
}

#[test]
fn a_form_that_a_key_has_not_is_refused() {
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    for (form, der) in [("sec1", &private), ("spki", &private), ("pkcs8", &public)] {
        assert_eq!(write("der", Some(form), der).unwrap_err(), "key_form");
        assert_eq!(write("pem", Some(form), der).unwrap_err(), "key_form");
    }
    assert_eq!(write("raw", None, &public).unwrap_err(), "key_form");
    assert_eq!(write("der", Some("pkcs1"), &pair(fixture!("p384.pkcs8.pem")).0).unwrap_err(), "key_form");
}

#[test]
fn points_are_written_in_three_ways_and_read_in_all() {
    for curve in ["P-256", "P-384", "P-521", "secp256k1"] {
        let (_, keys) = opened(&compute(json!({"op": "key_generate", "kind": "ec", "curve": curve}), &[]).unwrap());
        for (point, prefixes) in [("uncompressed", [4, 4]), ("compressed", [2, 3]), ("hybrid", [6, 7])] {
            let raw = compute(json!({"op": "key_write", "format": "raw", "point": point}), &[&keys[1], b""]).unwrap();
            assert!(prefixes.contains(&raw[0]), "{curve} {point}");
            let header = |public: bool| json!({"op": "key_read", "format": "raw", "kind": "ec", "curve": curve, "public": public});
            assert_eq!(opened(&compute(header(true), &[&raw, b""]).unwrap()).1[0], keys[1]);
            let scalar = compute(json!({"op": "key_write", "format": "raw"}), &[&keys[0], b""]).unwrap();
            assert_eq!(opened(&compute(header(false), &[&scalar, b""]).unwrap()).1[0], keys[0]);
            assert_eq!(compute(header(true), &[&raw[1..], b""]).unwrap_err(), "public_not_of_curve");
            assert_eq!(compute(header(false), &[&vec![0; scalar.len()], b""]).unwrap_err(), "private_not_of_curve");
            assert_eq!(compute(header(false), &[&vec![255; scalar.len()], b""]).unwrap_err(), "private_not_of_curve");
        }
    }
}

#[test]
fn generated_keys_differ_and_work() {
    for (asked, scheme) in [
        (json!({"kind": "ec", "curve": "P-256"}), "ecdsa"),
        (json!({"kind": "ec", "curve": "P-521"}), "ecdsa"),
        (json!({"kind": "ec", "curve": "secp256k1"}), "ecdsa"),
        (json!({"kind": "ed25519"}), "ed25519"),
        (json!({"kind": "rsa", "bits": 1024}), "rsa-pkcs1"),
        (json!({"kind": "rsa", "bits": 1024, "exponent": 3}), "rsa-pkcs1"),
        (json!({"kind": "rsa-pss", "bits": 1024}), "rsa-pss"),
        (json!({"kind": "rsa-pss", "bits": 1024, "hash": "sha256", "salt_length": 20}), "rsa-pss"),
    ] {
        let generate = || {
            let mut header = asked.clone();
            header["op"] = "key_generate".into();
            opened(&compute(header, &[]).unwrap()).1
        };
        let (keys, others) = (generate(), generate());
        assert_ne!(keys, others);
        let (said, der) = read("der", &keys[0], false).unwrap();
        assert_eq!((&der, &said["kind"]), (&keys[0], &asked["kind"]));
        assert_eq!(read("der", &keys[0], true).unwrap().1, keys[1]);
        let hash = if scheme == "ed25519" { Value::Null } else { "sha256".into() };
        let signature = compute(json!({"op": "sign", "scheme": scheme, "hash": hash}), &[&keys[0], b"data"]).unwrap();
        let verify = json!({"op": "verify", "scheme": scheme, "hash": hash});
        assert_eq!(compute(verify.clone(), &[&keys[1], b"data", &signature]).unwrap(), [1], "{asked}");
        assert_eq!(compute(verify, &[&others[1], b"data", &signature]).unwrap(), [0], "{asked}");
    }
}

#[test]
fn a_key_that_is_bound_to_pss_signs_nothing_else() {
    let header = json!({"op": "key_generate", "kind": "rsa-pss", "bits": 1024, "hash": "sha256", "mgf1_hash": "sha1", "salt_length": 24});
    let (_, keys) = opened(&compute(header, &[]).unwrap());
    let (said, _) = read("der", &keys[1], true).unwrap();
    let expected = json!({
        "kind": "rsa-pss", "private": false, "bits": 1024, "exponent": "010001", "hash": "sha256", "mgf1_hash": "sha1", "salt_length": 24,
    });
    assert_eq!(said, expected);
    let sign = |scheme: &str, hash: &str, mgf1: &str, salt: i32| {
        compute(json!({"op": "sign", "scheme": scheme, "hash": hash, "mgf1_hash": mgf1, "salt_length": salt}), &[&keys[0], b"data"])
    };
    assert!(sign("rsa-pss", "sha256", "sha1", 24).is_ok());
    assert_eq!(sign("rsa-pss", "sha256", "sha256", 24).unwrap_err(), "digest_not_allowed");
    assert_eq!(sign("rsa-pss", "sha512", "sha1", 24).unwrap_err(), "digest_not_allowed");
    assert_eq!(sign("rsa-pss", "sha256", "sha1", 23).unwrap_err(), "salt_length");
    assert_eq!(sign("rsa-pkcs1", "sha256", "sha1", 24).unwrap_err(), "padding");
    assert_eq!(write("jwk", None, &keys[0]).unwrap_err(), "jwk_kind");
}
