//! RSA as encryption, and secrets in common.

use super::*;

#[test]
fn what_is_encrypted_is_decrypted() {
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    for (padding, hash, mgf1, label) in [
        ("oaep", None, None, &b""[..]),
        ("oaep", Some("sha256"), None, b"label"),
        ("oaep", Some("sha512"), Some("sha1"), b""),
        ("oaep", Some("sha3-256"), None, b""),
        ("pkcs1", None, None, b""),
    ] {
        let header = |op: &str| match hash {
            None => json!({"op": op, "padding": padding}),
            Some(hash) => json!({"op": op, "padding": padding, "hash": hash, "mgf1_hash": mgf1}),
        };
        for data in [&b"a secret"[..], b""] {
            let sealed = compute(header("public_encrypt"), &[&public, data, label]).unwrap();
            assert_ne!(sealed, compute(header("public_encrypt"), &[&public, data, label]).unwrap());
            assert_eq!(compute(header("private_decrypt"), &[&private, &sealed, label]).unwrap(), data);
            if padding == "oaep" {
                assert_eq!(compute(header("private_decrypt"), &[&private, &sealed, b"other"]).unwrap_err(), "oaep");
                assert_eq!(compute(header("private_decrypt"), &[&private, &sealed[1..], label]).unwrap_err(), "oaep");
            }
        }
        assert_eq!(compute(header("public_encrypt"), &[&public, &[0; 256], label]).unwrap_err(), "too_large_for_key");
    }
    assert_eq!(
        compute(json!({"op": "public_encrypt", "padding": "oaep", "hash": "blake2s256"}), &[&public, b"", b""]).unwrap_err(),
        "hash_not_here"
    );
    let (_, public) = pair(fixture!("p256.pkcs8.pem"));
    assert_eq!(compute(json!({"op": "public_encrypt", "padding": "oaep"}), &[&public, b"", b""]).unwrap_err(), "key_kind");
}

#[test]
fn the_private_operation_is_undone_by_the_public_one() {
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    let sealed = compute(json!({"op": "private_encrypt", "padding": "pkcs1"}), &[&private, b"text"]).unwrap();
    assert_eq!(compute(json!({"op": "public_decrypt", "padding": "pkcs1"}), &[&public, &sealed]).unwrap(), b"text");
    assert_eq!(compute(json!({"op": "public_decrypt", "padding": "pkcs1"}), &[&public, &[1; 256]]).unwrap_err(), "rsa_padding");
    assert_eq!(compute(json!({"op": "private_encrypt", "padding": "pkcs1"}), &[&private, &[1; 246]]).unwrap_err(), "too_large_for_key");
    let none = |op: &str| json!({"op": op, "padding": "none"});
    let raw = compute(none("private_encrypt"), &[&private, &[1; 256]]).unwrap();
    assert_eq!(compute(none("public_decrypt"), &[&public, &raw]).unwrap(), [1; 256]);
    let raw = compute(none("public_encrypt"), &[&public, &[1; 256], b""]).unwrap();
    assert_eq!(compute(none("private_decrypt"), &[&private, &raw, b""]).unwrap(), [1; 256]);
    for (data, refused) in [(255, "too_small_for_key"), (257, "too_large_for_key")] {
        assert_eq!(compute(none("public_encrypt"), &[&public, &vec![1; data], b""]).unwrap_err(), refused);
    }
    assert_eq!(compute(none("public_encrypt"), &[&public, &[255; 256], b""]).unwrap_err(), "too_large_for_modulus");
    assert_eq!(compute(json!({"op": "private_encrypt", "padding": "oaep"}), &[&private, b"text"]).unwrap_err(), "padding");
}

#[test]
fn a_wrong_padding_tells_nothing() {
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    let decrypt = |sealed: &[u8]| compute(json!({"op": "private_decrypt", "padding": "pkcs1"}), &[&private, sealed, b""]).unwrap();
    let mut lengths = std::collections::BTreeSet::new();
    for seed in 0..20_u8 {
        // Not one of these begins with 0 and 2.
        let padded: Vec<u8> = (0..=255_u8).map(|at| at.wrapping_mul(3).wrapping_add(seed) | u8::from(at == 1)).collect();
        let padded = [&[0, 1][..], &padded[2..]].concat();
        let sealed = compute(json!({"op": "public_encrypt", "padding": "none"}), &[&public, &padded, b""]).unwrap();
        assert_eq!(decrypt(&sealed), decrypt(&sealed));
        lengths.insert(decrypt(&sealed).len());
    }
    assert!(lengths.len() > 10 && *lengths.last().unwrap() <= 245, "{lengths:?}");
    // Eight bytes of padding are the fewest.
    for (padding, right) in [(7, false), (8, true), (245, true)] {
        let mut padded = vec![9; 256];
        (padded[0], padded[1], padded[2 + padding]) = (0, 2, 0);
        let sealed = compute(json!({"op": "public_encrypt", "padding": "none"}), &[&public, &padded, b""]).unwrap();
        assert_eq!(decrypt(&sealed) == vec![9; 253 - padding], right, "{padding}");
    }
}

#[test]
fn two_keys_have_one_secret() {
    for asked in [
        json!({"kind": "ec", "curve": "P-256"}),
        json!({"kind": "ec", "curve": "P-384"}),
        json!({"kind": "ec", "curve": "P-521"}),
        json!({"kind": "ec", "curve": "secp256k1"}),
        json!({"kind": "x25519"}),
    ] {
        let generate = || {
            let mut header = asked.clone();
            header["op"] = "key_generate".into();
            opened(&compute(header, &[]).unwrap()).1
        };
        let (one, other) = (generate(), generate());
        let secret = compute(json!({"op": "agree"}), &[&one[0], &other[1]]).unwrap();
        assert_eq!(secret, compute(json!({"op": "agree"}), &[&other[0], &one[1]]).unwrap());
        let (_, rsa) = pair(fixture!("rsa.pkcs8.pem"));
        assert_eq!(compute(json!({"op": "agree"}), &[&one[0], &rsa]).unwrap_err(), "incompatible_key");
    }
    // A point of small order.
    let header = |public: bool| json!({"op": "key_read", "format": "raw", "kind": "x25519", "public": public});
    let read = |public: bool, raw: &[u8]| opened(&compute(header(public), &[raw, b""]).unwrap()).1.remove(0);
    assert_eq!(compute(json!({"op": "agree"}), &[&read(false, &[1; 32]), &read(true, &[0; 32])]).unwrap_err(), "derivation");
    let (p256, _) = pair(fixture!("p256.pkcs8.pem"));
    assert_eq!(compute(json!({"op": "agree"}), &[&p256, &pair(fixture!("p384.pkcs8.pem")).1]).unwrap_err(), "derivation");
}

#[test]
fn powers_of_a_modulus() {
    let power = |base: &[u8], exponent: &[u8], modulus: &[u8]| compute(json!({"op": "power"}), &[base, exponent, modulus]);
    assert_eq!(power(&[4], &[13], &[1, 0xf1]).unwrap(), [1, 0xbd]);
    assert_eq!(power(&[200], &[1], &[7]).unwrap(), [4]);
    assert_eq!(power(&[5], &[0], &[7]).unwrap(), [1]);
    for modulus in [&[0][..], &[1], &[8], b""] {
        assert_eq!(power(&[5], &[2], modulus).unwrap_err(), "failed");
    }
}
