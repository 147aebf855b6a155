//! Hashes of passwords against published answers.

use super::*;

fn bcrypt(cost: u32, password: &[u8], salt: &[u8]) -> Result<Vec<u8>, String> {
    compute(json!({"op": "bcrypt", "cost": cost}), &[password, salt])
}

#[test]
fn bcrypt_of_jbcrypt() {
    // `$2a$06$DCq7YPn5Rq63x1Lad4cll.` and `$2a$08$aTsUwsyowQuzRrDqFflhge` of its tests.
    for (cost, password, salt, hash) in [
        (6, &b"\0"[..], "144b3d691a7b4ecf39cf735c7fa7a79c", "557e94f34bf286e8719a26be94ac1e16d95ef9f819dee0"),
        (6, b"a\0", "a3612d8c9a37dac2f99d94da03bd4521", "e6d53831f82060dc08a2e8489ce850ce48fbf976978738"),
        (8, b"abcdefghijklmnopqrstuvwxyz\0", "715b96caed2ac92c354ed16c1e19e38a", "98bf9ffc1f5be485f959e8b1d526392fbd4ed2d5719f50"),
    ] {
        assert_eq!(bcrypt(cost, password, &hex(salt)).unwrap()[..23], hex(hash));
    }
}

#[test]
fn bcrypt_of_what_the_engine_does_not_send() {
    assert!(bcrypt(4, b"", &[0; 16]).unwrap_err().contains("1 to 72 bytes"));
    assert!(bcrypt(4, &[1; 73], &[0; 16]).unwrap_err().contains("1 to 72 bytes"));
    assert!(bcrypt(4, b"\0", &[0; 15]).unwrap_err().contains("16 bytes"));
    assert!(bcrypt(0, &[1; 72], &[0; 16]).is_ok());
}

fn header(kind: &str) -> Value {
    json!({"op": "argon2", "kind": kind, "version": 19, "memory": 32, "passes": 3, "lanes": 4, "length": 32})
}

#[test]
fn argon2_of_rfc_9106() {
    for (kind, tag) in [
        ("argon2d", "512b391b6f1162975371d30919734294f868e3be3984f3c1a13a4db9fabe4acb"),
        ("argon2i", "c814d9d1dc7f37aa13f0d77f2494bda1c8de6b016dd388d29952a4c4672b6ce8"),
        ("argon2id", "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"),
    ] {
        let parts: [&[u8]; 4] = [&[1; 32], &[2; 16], &[3; 8], &[4; 12]];
        assert_eq!(compute(header(kind), &parts).unwrap(), hex(tag), "{kind}");
    }
}

#[test]
fn argon2_of_what_the_engine_does_not_send() {
    for (field, value) in [("memory", 31), ("memory", 0), ("passes", 0), ("lanes", 0), ("lanes", 1 << 24), ("length", 3), ("length", 0)] {
        let mut header = header("argon2id");
        header[field] = value.into();
        let refused = compute(header, &[b"password", &[2; 16], b"", b""]).unwrap_err();
        assert!(refused.starts_with("malformed cryptography request"), "{field} {value}: {refused}");
    }
    assert!(compute(header("argon2id"), &[b"password", &[2; 7], b"", b""]).unwrap_err().starts_with("malformed"));
    let mut odd = header("argon2id");
    odd["version"] = 17.into();
    assert_eq!(compute(odd, &[b"", &[2; 16], b"", b""]).unwrap_err(), "argon2 is computed in the versions 16 and 19, not 17");
    let refused = compute(header("argon2id"), &[b"", &[2; 16], b"", &[0; 33]]).unwrap_err();
    assert_eq!(refused, "argon2 takes 32 bytes of associated data at most, not 33");
}
