//! What one request may ask for, and what is charged for it. Each limit is met and crossed; nothing that costs is computed here.

use super::*;

/// The fuel for a request, or what it is refused with.
fn fuel(header: Value, parts: &[&[u8]]) -> Result<u64, String> {
    priced(super::super::request::encode(header, parts), MEMORY).map(|(_, fuel)| fuel).map_err(|error| error.to_string())
}

/// About the fuel of so much time.
const HALF_A_MILLISECOND: u64 = 1_500_000;

#[test]
fn pbkdf2_has_ten_million_blocks() {
    let header =
        |hash: &str, iterations: u32, length: u32| json!({"op": "pbkdf2", "hash": hash, "iterations": iterations, "length": length});
    let ask = |hash: &str, iterations: u32, length: u32| fuel(header(hash, iterations, length), &[b"password", b"salt"]);
    let refused = "the value of \"iterations\" is out of range: at most 10000000 hash blocks";
    assert!(ask("sha256", 10_000_000, 32).unwrap() > 2_000_000_000);
    assert_eq!(ask("sha256", 10_000_001, 32).unwrap_err(), refused);
    assert!(ask("sha256", 5_000_000, 64).is_ok());
    assert_eq!(ask("sha256", 5_000_001, 64).unwrap_err(), refused);
    assert!(ask("sha512", 10_000_000, 64).is_ok());
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
    assert_eq!(compute(header(8161), &[b"key", b"", b""]).unwrap_err(), "key_length");
}

#[test]
fn scrypt_has_the_hook_s_memory_and_so_much_work() {
    let ask = |n: u64, r: u32, p: u32| fuel(json!({"op": "scrypt", "n": n, "r": r, "p": p, "length": 64}), &[b"", b""]);
    // What Node and OWASP recommend.
    assert!(ask(1 << 14, 8, 1).unwrap() > HALF_A_MILLISECOND);
    assert!(ask(1 << 17, 8, 1).is_ok() && ask(1 << 13, 8, 10).is_ok());
    assert!(ask(1 << 19, 8, 1).is_ok());
    assert!(ask(1 << 20, 8, 1).unwrap_err().contains("needs 1025 MiB, and the hook's memory limit (limits.memory_mib) leaves 1024 MiB"));
    assert!(ask(1 << 18, 8, 2).is_ok());
    assert!(ask(1 << 18, 8, 3).unwrap_err().contains("at most 4194304 for N times r times p"));
    for (n, r, p) in [(u64::MAX, 1, 1), (1 << 63, u32::MAX, u32::MAX), (16, 1 << 15, 1 << 15), (2, u32::MAX, u32::MAX)] {
        assert_eq!(ask(n, r, p).unwrap_err(), "scrypt_parameters", "{n} {r} {p}");
    }
    assert!(ask(1 << 62, 1, 1).unwrap_err().contains("leaves 1024 MiB"));
}

#[test]
fn bcrypt_has_a_cost_of_14() {
    let ask = |cost: u32| fuel(json!({"op": "bcrypt", "cost": cost}), &[b"password\0", &[0; 16]]);
    let refused = |cost: u32| format!("bcrypt with a cost of {cost} is more than one call may ask for: at most 14");
    assert!(ask(4).unwrap() > HALF_A_MILLISECOND);
    assert!((3_000_000_000..3_200_000_000).contains(&ask(14).unwrap()));
    for cost in [15, 31, 64, u32::MAX] {
        assert_eq!(ask(cost).unwrap_err(), refused(cost));
    }
}

fn argon2(memory: u32, passes: u32, length: u32) -> Value {
    json!({"op": "argon2", "kind": "argon2id", "version": 19, "memory": memory, "passes": passes, "lanes": 1, "length": length})
}

#[test]
fn argon2_has_the_hook_s_memory_and_fills_a_gibibyte() {
    let ask = |memory: u32, passes: u32, length: u32| fuel(argon2(memory, passes, length), &[b"password", &[0; 16], b"", b""]);
    // What the package and RFC 9106 ask for.
    assert!((500_000_000..600_000_000).contains(&ask(1 << 16, 3, 32).unwrap()));
    assert!(ask(1 << 16, 16, 32).is_ok() && ask(8, 1 << 17, 32).is_ok() && ask(1 << 20, 1, 32).is_ok());
    for (memory, passes) in [(1 << 16, 17), (8, (1 << 17) + 1), ((1 << 20) + 1, 1), (u32::MAX, u32::MAX)] {
        let refused = ask(memory, passes, 32).unwrap_err();
        let named = format!("argon2 with memoryCost={memory} and timeCost={passes} is more than one call may ask for: at most 1048576 for");
        assert!(refused.starts_with(&named), "{refused}");
    }
    let within = |memory: u64| priced(super::super::request::encode(argon2(1 << 16, 3, 32), &[b"", b"", b"", b""]), memory).map(|_| ());
    assert_eq!(within(64 << 20), Ok(()));
    let refused = "argon2 with memoryCost=65536 needs 64 MiB, and the hook's memory limit (limits.memory_mib) leaves 63 MiB";
    assert_eq!(within((64 << 20) - 1).unwrap_err().to_string(), refused);
    assert!(ask(8, 1, 1 << 20).is_ok());
    assert_eq!(ask(8, 1, (1 << 20) + 1).unwrap_err(), "the value of \"length\" is out of range: at most 1048576 bytes");
}

#[test]
fn hashes_of_any_length_give_a_mebibyte() {
    let ask = |length: u32| fuel(json!({"op": "digest", "hash": "shake128", "length": length}), &[b""]);
    assert!(ask(1 << 20).is_ok());
    assert!(ask((1 << 20) + 1).unwrap_err().contains("at most 1048576 bytes"));
}

#[test]
fn keys_are_made_of_known_sizes() {
    let ask = |bits: u32| fuel(json!({"op": "key_generate", "kind": "rsa", "bits": bits}), &[]);
    assert!(ask(512).is_ok() && ask(4096).is_ok());
    for bits in [0, 511, 4097, u32::MAX] {
        assert_eq!(ask(bits).unwrap_err(), format!("RSA keys are made with 512 to 4096 bits, not {bits}"));
    }
    let ask = |exponent: u64| fuel(json!({"op": "key_generate", "kind": "rsa", "bits": 2048, "exponent": exponent}), &[]);
    assert!(ask(3).is_ok() && ask(u32::MAX.into()).is_ok());
    for exponent in [0, 1, 4, (1 << 32) + 1] {
        assert!(ask(exponent).unwrap_err().contains("public exponent"));
    }
}

#[test]
fn powers_have_a_kibibyte() {
    let ask = |lengths: [usize; 3]| fuel(json!({"op": "power"}), &lengths.map(|length| vec![1; length]).each_ref().map(Vec::as_slice));
    assert!(ask([1024; 3]).is_ok());
    for at in 0..3 {
        let mut lengths = [1024; 3];
        lengths[at] += 1;
        assert!(ask(lengths).unwrap_err().contains("at most 1024 bytes"));
    }
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
    assert!(read("pem", &key, false).unwrap_err().contains("at most 16384 bytes"));
    assert!(compute(json!({"op": "key_write", "format": "pem"}), &[&key, b""]).unwrap_err().contains("at most 16384 bytes"));
    assert!(compute(json!({"op": "agree"}), &[b"", &key]).unwrap_err().contains("at most 16384 bytes"));
    let password = vec![b' '; (1 << 10) + 1];
    for header in [json!({"op": "key_read", "format": "pem", "public": false}), json!({"op": "key_write", "format": "pem"})] {
        assert!(compute(header, &[b"", &password]).unwrap_err().contains("at most 1024 bytes"));
    }
}

#[test]
fn opening_a_key_costs_what_its_password_does() {
    let read =
        |pem: &[u8]| fuel(json!({"op": "key_read", "format": "pem", "public": false, "passphrase": true}), &[pem, b"secret"]).unwrap();
    assert!(read(fixture!("rsa.encrypted.pem")) > read(fixture!("rsa.pkcs8.pem")) + 2048 * 400);
}

#[test]
fn fuel_follows_the_work() {
    let sign =
        |scheme: &str, pem: &[u8]| fuel(json!({"op": "sign", "scheme": scheme, "hash": "sha256"}), &[&pair(pem).0, b"data"]).unwrap();
    let (rsa, ecdsa) = (sign("rsa-pkcs1", fixture!("rsa.pkcs8.pem")), sign("ecdsa", fixture!("p256.pkcs8.pem")));
    assert!(rsa > HALF_A_MILLISECOND && ecdsa < HALF_A_MILLISECOND, "{rsa} {ecdsa}");
    let verify = |scheme: &str, pem: &[u8]| {
        fuel(json!({"op": "verify", "scheme": scheme, "hash": "sha256"}), &[&pair(pem).1, b"data", b""]).unwrap()
    };
    let (rsa, p256, p384) = (
        verify("rsa-pkcs1", fixture!("rsa.pkcs8.pem")),
        verify("ecdsa", fixture!("p256.pkcs8.pem")),
        verify("ecdsa", fixture!("p384.pkcs8.pem")),
    );
    assert!(rsa < p256 && p256 < p384, "{rsa} {p256} {p384}");
    let digest = |hash: &str, length: usize| fuel(json!({"op": "digest", "hash": hash}), &[&vec![0; length]]).unwrap();
    assert!(digest("sha3-512", 1000) > digest("sha256", 1000));
    assert!(digest("sha256", 4 << 20) > HALF_A_MILLISECOND && digest("sha256", 4096) < HALF_A_MILLISECOND);
}
