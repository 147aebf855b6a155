//! What one request may ask for, and what is charged for it. Each limit is met and crossed; nothing that costs is computed here.

use super::*;
use crate::host::off_thread::INLINE_FUEL;

/// The fuel for a request, or what it is refused with.
fn fuel(header: Value, parts: &[&[u8]]) -> Result<u64, String> {
    priced(super::super::request::encode(header, parts)).map(|(_, fuel)| fuel).map_err(|error| error.to_string())
}

#[test]
fn pbkdf2_has_two_million_blocks() {
    let header =
        |hash: &str, iterations: u32, length: u32| json!({"op": "pbkdf2", "hash": hash, "iterations": iterations, "length": length});
    let ask = |hash: &str, iterations: u32, length: u32| fuel(header(hash, iterations, length), &[b"password", b"salt"]);
    let refused = "the value of \"iterations\" is out of range: at most 2000000 hash blocks";
    assert!(ask("sha256", 2_000_000, 32).unwrap() > 800_000_000);
    assert_eq!(ask("sha256", 2_000_001, 32).unwrap_err(), refused);
    assert!(ask("sha256", 1_000_000, 64).is_ok());
    assert_eq!(ask("sha256", 1_000_001, 64).unwrap_err(), refused);
    assert!(ask("sha512", 2_000_000, 64).is_ok());
    assert_eq!(ask("sha1", u32::MAX, 1 << 20).unwrap_err(), refused);
    assert_eq!(ask("sha1", 0, 32).unwrap_err(), "the value of \"iterations\" is out of range: at least 1");
}

#[test]
fn derivations_give_a_mebibyte() {
    let refused = "the value of \"length\" is out of range: at most 1048576 bytes";
    for (mut header, parts) in [
        (json!({"op": "pbkdf2", "hash": "sha256", "iterations": 1}), &[&b""[..], b""][..]),
        (json!({"op": "scrypt", "n": 2, "r": 1, "p": 1}), &[b"", b""]),
        (json!({"op": "hkdf", "hash": "sha256"}), &[b"", b"", b""]),
    ] {
        header["length"] = (1 << 20).into();
        assert!(fuel(header.clone(), parts).is_ok(), "{header}");
        header["length"] = ((1 << 20) + 1).into();
        assert_eq!(fuel(header, parts).unwrap_err(), refused);
    }
    // HKDF itself ends at 255 digests.
    let header = |length: u32| json!({"op": "hkdf", "hash": "sha256", "length": length});
    assert_eq!(compute(header(8160), &[b"key", b"", b""]).unwrap().len(), 8160);
    assert!(compute(header(8161), &[b"key", b"", b""]).unwrap_err().ends_with("at most 8160 bytes"));
}

#[test]
fn scrypt_has_64_mebibytes_and_so_much_work() {
    let ask = |n: u64, r: u32, p: u32| fuel(json!({"op": "scrypt", "n": n, "r": r, "p": p, "length": 64}), &[b"", b""]);
    assert!(ask(1 << 16, 8, 1).is_ok());
    assert!(ask(1 << 17, 8, 1).unwrap_err().contains("at most 67108864 bytes of memory"));
    assert!(ask(1 << 16, 9, 1).unwrap_err().contains("at most 67108864 bytes of memory"));
    assert!(ask(u64::MAX, u32::MAX, u32::MAX).unwrap_err().contains("bytes of memory"));
    assert!(ask(1 << 16, 8, 4).is_ok());
    assert!(ask(1 << 16, 8, 5).unwrap_err().contains("at most 2097152 for N times r times p"));
    assert!(ask(2, 1, 1 << 13).is_ok());
    assert!(ask(2, 1, (1 << 13) + 1).unwrap_err().contains("at most 1048576 bytes of memory for p and r"));
    // What Node and OWASP recommend.
    assert!(ask(1 << 14, 8, 1).unwrap() > INLINE_FUEL);
    assert!(ask(1 << 13, 8, 10).is_ok());
}

#[test]
fn keys_have_16_kibibytes() {
    for (op, parts) in [("sign", 2), ("verify", 3)] {
        let header = json!({"op": op, "scheme": "ecdsa", "hash": "sha256"});
        let key = vec![0; (16 << 10) + 1];
        let ask = |key: &[u8]| fuel(header.clone(), &[key, b"", b""][..parts]);
        assert!(ask(&key[1..]).is_ok());
        assert_eq!(ask(&key).unwrap_err(), "the value of \"key\" is out of range: at most 16384 bytes");
    }
    let key = vec![b' '; (16 << 10) + 1];
    assert!(import("pem", &key, false).unwrap_err().contains("at most 16384 bytes"));
    assert!(compute(json!({"op": "key_export", "format": "pem"}), &[&key]).unwrap_err().contains("at most 16384 bytes"));
}

#[test]
fn fuel_follows_the_work() {
    let sign =
        |scheme: &str, pem: &[u8]| fuel(json!({"op": "sign", "scheme": scheme, "hash": "sha256"}), &[&pair(pem).0, b"data"]).unwrap();
    let rsa = sign("rsa-pkcs1", fixture!("rsa.pkcs8.pem"));
    assert!((1_500_001..3_000_000).contains(&rsa), "{rsa}");
    let ecdsa = sign("ecdsa", fixture!("p256.pkcs8.pem"));
    assert!((300_000..600_000).contains(&ecdsa), "{ecdsa}");
    let verify = |scheme: &str, pem: &[u8], salt: Option<i32>| {
        let header = json!({"op": "verify", "scheme": scheme, "hash": "sha256", "salt_length": salt});
        fuel(header, &[&pair(pem).1, b"data", b""]).unwrap()
    };
    let rsa = verify("rsa-pkcs1", fixture!("rsa.pkcs8.pem"), None);
    assert!((100_000..250_000).contains(&rsa), "{rsa}");
    assert_eq!(verify("rsa-pss", fixture!("rsa.pkcs8.pem"), Some(32)), rsa);
    assert!(verify("rsa-pss", fixture!("rsa.pkcs8.pem"), None) > rsa * 2);
    assert!(verify("ecdsa", fixture!("p256.pkcs8.pem"), None) > 600_000);
    assert!(verify("ecdsa", fixture!("p384.pkcs8.pem"), None) > 1_800_000);
    let digest = |length: usize| fuel(json!({"op": "digest", "hash": "sha256"}), &[&vec![0; length]]).unwrap();
    assert_eq!(digest(1000) - digest(0), 2000);
    assert!(digest(4 << 20) > INLINE_FUEL && digest(4096) < INLINE_FUEL);
}
