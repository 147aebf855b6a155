//! Signatures: OpenSSL's, the JOSE examples', and our own both ways.

use super::*;

const DATA: &[u8] = b"signed by openssl";
/// Hashes that all schemes take.
const SIGNED: [&str; 9] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-256", "sha3-256", "ripemd160"];

/// A signature in `fixtures/signatures.json`.
#[derive(serde::Deserialize)]
struct Foreign {
    key: String,
    scheme: String,
    hash: String,
    salt_length: Option<i32>,
    signature: String,
}

impl Foreign {
    fn all() -> Vec<Self> {
        serde_json::from_slice(fixture!("signatures.json")).unwrap()
    }

    fn private_pem(&self) -> &'static [u8] {
        match self.key.as_str() {
            "rsa" => fixture!("rsa.pkcs8.pem"),
            "rsa1024" => fixture!("rsa1024.pem"),
            "p256" => fixture!("p256.pkcs8.pem"),
            "p384" => fixture!("p384.pkcs8.pem"),
            other => panic!("no key {other}"),
        }
    }

    fn header(&self, op: &str) -> Value {
        json!({"op": op, "scheme": self.scheme, "hash": self.hash, "salt_length": self.salt_length})
    }
}

fn verify(header: Value, public: &[u8], data: &[u8], signature: &[u8]) -> bool {
    match compute(header, &[public, data, signature]).unwrap()[..] {
        [0] => false,
        [1] => true,
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn openssl_s_signatures_are_right_and_changed_ones_are_wrong() {
    for foreign in Foreign::all() {
        let (_, public) = pair(foreign.private_pem());
        let signature = base64(&foreign.signature);
        let verify = |data: &[u8], signature: &[u8]| verify(foreign.header("verify"), &public, data, signature);
        let name = foreign.header("");
        assert!(verify(DATA, &signature), "{name}");
        assert!(!verify(b"signed by nobody", &signature), "{name}");
        for at in [0, signature.len() / 2, signature.len() - 1] {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert!(!verify(DATA, &changed), "{name}");
        }
        assert!(!verify(DATA, &signature[1..]), "{name}");
        assert!(!verify(DATA, b""), "{name}");
    }
}

#[test]
fn another_key_hash_or_scheme_does_not_verify() {
    let foreign = Foreign::all();
    let pkcs1 = foreign.iter().find(|foreign| foreign.scheme == "rsa-pkcs1" && foreign.hash == "sha256").unwrap();
    let signature = base64(&pkcs1.signature);
    let (_, public) = pair(pkcs1.private_pem());
    assert!(!verify(json!({"op": "verify", "scheme": "rsa-pkcs1", "hash": "sha512"}), &public, DATA, &signature));
    assert!(!verify(json!({"op": "verify", "scheme": "rsa-pss", "hash": "sha256"}), &public, DATA, &signature));
    let (_, other) = pair(fixture!("rsa1024.pem"));
    assert!(!verify(pkcs1.header("verify"), &other, DATA, &signature));
    let ecdsa = foreign.iter().find(|foreign| foreign.key == "p256").unwrap();
    let (_, public) = pair(fixture!("p384.pkcs8.pem"));
    assert!(!verify(ecdsa.header("verify"), &public, DATA, &base64(&ecdsa.signature)));
}

#[test]
fn pkcs1_signatures_are_openssl_s() {
    for foreign in Foreign::all().iter().filter(|foreign| foreign.key == "rsa" && foreign.scheme == "rsa-pkcs1") {
        let (private, _) = pair(foreign.private_pem());
        assert_eq!(compute(foreign.header("sign"), &[&private, DATA]).unwrap(), base64(&foreign.signature), "{}", foreign.hash);
    }
}

#[test]
fn ecdsa_verifies_rfc_6979_and_is_random_itself() {
    // Appendix A.2.5, SHA-256 of "sample".
    let (x, y) = (
        "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
    );
    let point = [&[4][..], &hex(x), &hex(y)].concat();
    let header = json!({"op": "key_read", "format": "raw", "kind": "ec", "curve": "P-256", "public": true});
    let public = opened(&compute(header, &[&point, b""]).unwrap()).1.remove(0);
    let signature =
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";
    let header = json!({"op": "verify", "scheme": "ecdsa", "hash": "sha256", "encoding": "ieee-p1363"});
    assert!(verify(header, &public, b"sample", &hex(signature)));
    let (private, _) = pair(fixture!("p256.pkcs8.pem"));
    let sign = || compute(json!({"op": "sign", "scheme": "ecdsa", "hash": "sha256"}), &[&private, DATA]).unwrap();
    assert_ne!(sign(), sign());
}

#[test]
fn ed25519_is_that_of_rfc_8032() {
    // Section 7.1, test 2.
    let seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    let signature = hex(concat!(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ));
    let header = |public: bool| json!({"op": "key_read", "format": "raw", "kind": "ed25519", "public": public});
    let private = opened(&compute(header(false), &[&seed, b""]).unwrap()).1.remove(0);
    let public = read("der", &private, true).unwrap().1;
    assert_eq!(compute(json!({"op": "sign", "scheme": "ed25519"}), &[&private, &[0x72]]).unwrap(), signature);
    assert!(verify(json!({"op": "verify", "scheme": "ed25519"}), &public, &[0x72], &signature));
    assert!(!verify(json!({"op": "verify", "scheme": "ed25519"}), &public, &[0x73], &signature));
    let refused = compute(json!({"op": "sign", "scheme": "ed25519", "hash": "sha512"}), &[&private, b""]).unwrap_err();
    assert_eq!(refused, "invalid_digest");
}

#[test]
fn what_is_signed_here_is_right_here() {
    for (pem, schemes) in [
        (&fixture!("rsa.pkcs8.pem")[..], &["rsa-pkcs1", "rsa-pss"][..]),
        (fixture!("p256.pkcs8.pem"), &["ecdsa"]),
        (fixture!("p384.pkcs8.pem"), &["ecdsa"]),
    ] {
        let (private, public) = pair(pem);
        for (scheme, hash) in schemes.iter().flat_map(|scheme| SIGNED.map(|hash| (scheme, hash))) {
            for encoding in ["der", "ieee-p1363"] {
                let header = |op: &str| json!({"op": op, "scheme": scheme, "hash": hash, "encoding": encoding});
                let signature = compute(header("sign"), &[&private, DATA]).unwrap();
                assert!(verify(header("verify"), &public, DATA, &signature), "{scheme} {hash} {encoding}");
                assert!(!verify(header("verify"), &public, b"other", &signature), "{scheme} {hash} {encoding}");
            }
        }
    }
}

#[test]
fn the_two_encodings_of_ecdsa_are_told_apart() {
    let (private, public) = pair(fixture!("p256.pkcs8.pem"));
    let header = |op: &str, encoding: &str| json!({"op": op, "scheme": "ecdsa", "hash": "sha256", "encoding": encoding});
    let (der, p1363) =
        (compute(header("sign", "der"), &[&private, DATA]).unwrap(), compute(header("sign", "ieee-p1363"), &[&private, DATA]).unwrap());
    assert_eq!((der[0], p1363.len()), (0x30, 64));
    assert!(!verify(header("verify", "ieee-p1363"), &public, DATA, &der));
    assert!(!verify(header("verify", "der"), &public, DATA, &p1363));
    // Null is Node's default.
    assert!(verify(json!({"op": "verify", "scheme": "ecdsa", "hash": "sha256", "encoding": null}), &public, DATA, &der));
    // A signature of zeros fooled a famous implementation.
    assert!(!verify(header("verify", "ieee-p1363"), &public, DATA, &[0; 64]));
}

#[test]
fn salts_of_pss_are_what_was_asked_for() {
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    let header = |op: &str, salt: Option<i32>| json!({"op": op, "scheme": "rsa-pss", "hash": "sha256", "salt_length": salt});
    for (asked, actual) in [(None, 222), (Some(-2), 222), (Some(-1), 32), (Some(32), 32), (Some(0), 0), (Some(20), 20), (Some(222), 222)] {
        let signature = compute(header("sign", asked), &[&private, DATA]).unwrap();
        for salt in [Some(actual), None, Some(-2)] {
            assert!(verify(header("verify", salt), &public, DATA, &signature), "{asked:?} {salt:?}");
        }
        let other = if actual == 48 { 64 } else { 48 };
        assert!(!verify(header("verify", Some(other)), &public, DATA, &signature), "{asked:?}");
        assert_ne!(
            compute(header("sign", Some(32)), &[&private, DATA]).unwrap(),
            compute(header("sign", Some(32)), &[&private, DATA]).unwrap()
        );
    }
    for (salt, refused) in [(-3, "salt_length"), (223, "too_large_for_key"), (70_000, "too_large_for_key")] {
        assert_eq!(compute(header("sign", Some(salt)), &[&private, DATA]).unwrap_err(), refused);
    }
    assert!(compute(header("sign", Some(33)), &[&private, DATA]).is_ok());
    assert!(!verify(header("verify", Some(70_000)), &public, DATA, &[0; 256]));
}

#[test]
fn what_does_not_fit_is_refused() {
    let (private, public) = pair(fixture!("rsa.pkcs8.pem"));
    let header = |op: &str, scheme: &str, hash: &str| json!({"op": op, "scheme": scheme, "hash": hash});
    for hash in ["blake2b512", "blake2s256", "shake128"] {
        for scheme in ["rsa-pkcs1", "rsa-pss"] {
            assert_eq!(compute(header("sign", scheme, hash), &[&private, DATA]).unwrap_err(), "digest_not_allowed");
            assert_eq!(compute(header("verify", scheme, hash), &[&public, DATA, b""]).unwrap_err(), "digest_not_allowed");
        }
    }
    let (short, _) = opened(&compute(json!({"op": "key_generate", "kind": "rsa", "bits": 512}), &[]).unwrap());
    assert!(short.as_object().unwrap().is_empty());
    let (_, short) = opened(&compute(json!({"op": "key_generate", "kind": "rsa", "bits": 512}), &[]).unwrap());
    assert_eq!(compute(header("sign", "rsa-pkcs1", "sha512"), &[&short[0], DATA]).unwrap_err(), "digest_too_big");
    assert_eq!(compute(header("sign", "rsa-pss", "sha512"), &[&short[0], DATA]).unwrap_err(), "too_large_for_key");
    for (op, parts) in [("sign", &[&private[..], DATA][..]), ("verify", &[&public[..], DATA, b""])] {
        assert_eq!(compute(header(op, "ecdsa", "sha256"), parts).unwrap_err(), "key_kind");
    }
    let (private, public) = pair(fixture!("p256.pkcs8.pem"));
    for (op, parts) in [("sign", &[&private[..], DATA][..]), ("verify", &[&public[..], DATA, b""])] {
        assert_eq!(compute(header(op, "rsa-pss", "sha256"), parts).unwrap_err(), "key_kind");
        assert!(compute(json!({"op": op, "scheme": "ecdsa"}), parts).unwrap_err().ends_with("this scheme needs a hash"));
    }
    assert_eq!(compute(header("sign", "ecdsa", "sha256"), &[&public, DATA]).unwrap_err(), "key_malformed");
    assert_eq!(compute(header("verify", "ecdsa", "sha256"), &[&private, DATA, b""]).unwrap_err(), "key_malformed");
}

/// Verifies a compact JWS under a JWK.
fn jws(header: Value, jwk: &Value, token: &str) -> bool {
    let (_, public) = read("jwk", jwk.to_string().as_bytes(), true).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    verify(header, &public, signed.as_bytes(), &base64url(signature))
}

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

#[test]
fn the_rs256_example_of_rfc_7515() {
    // Appendix A.2.
    let jwk = json!({"kty": "RSA", "e": "AQAB", "n": concat!(
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOW",
        "vG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9k",
        "G4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    )});
    let signature = concat!(
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4",
        "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv",
        "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
    let header = json!({"op": "verify", "scheme": "rsa-pkcs1", "hash": "sha256"});
    assert!(jws(header.clone(), &jwk, &format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{signature}")));
    assert!(!jws(header, &jwk, &format!("eyJhbGciOiJub25lIn0.{PAYLOAD}.{signature}")));
}

#[test]
fn the_es256_example_of_rfc_7515() {
    // Appendix A.3.
    let jwk = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    });
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let header = json!({"op": "verify", "scheme": "ecdsa", "hash": "sha256", "encoding": "ieee-p1363"});
    assert!(jws(header.clone(), &jwk, &format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{signature}")));
    assert!(!jws(header, &jwk, &format!("eyJhbGciOiJIUzI1NiJ9.{PAYLOAD}.{signature}")));
}
