//! Digests, codes and derivations against published answers.

use super::*;

#[test]
fn digests_of_abc() {
    // RFC 1321; FIPS 180-4.
    for (hash, digest) in [
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("sha224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        ("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sha384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
        (
            "sha512",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ] {
        assert_eq!(compute(json!({"op": "digest", "hash": hash}), &[b"abc"]).unwrap(), hex(digest), "{hash}");
    }
}

#[test]
fn codes_of_rfc_4231_and_2202() {
    for (hash, code) in [
        ("md5", "750c783e6ab0b503eaa86e310a5db738"),
        ("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ("sha224", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ("sha384", "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"),
        (
            "sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ] {
        let header = json!({"op": "hmac", "hash": hash});
        assert_eq!(compute(header, &[b"Jefe", b"what do ya want for nothing?"]).unwrap(), hex(code), "{hash}");
    }
    let refused = compute(json!({"op": "hmac", "hash": "shake128"}), &[b"Jefe", b""]).unwrap_err();
    assert_eq!(refused, "hash_not_here");
}

fn pbkdf2(hash: &str, iterations: u32, password: &[u8], salt: &[u8], length: u32) -> Vec<u8> {
    compute(json!({"op": "pbkdf2", "hash": hash, "iterations": iterations, "length": length}), &[password, salt]).unwrap()
}

#[test]
fn pbkdf2_of_rfc_6070_and_7914() {
    assert_eq!(pbkdf2("sha1", 4096, b"password", b"salt", 20), hex("4b007901b765489abead49d926f721d065a429c1"));
    let two_blocks =
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783";
    assert_eq!(pbkdf2("sha256", 1, b"passwd", b"salt", 64), hex(two_blocks));
    let (password, salt) = (b"passwordPASSWORDpassword", b"saltSALTsaltSALTsaltSALTsaltSALTsalt");
    let cut = "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9";
    assert_eq!(pbkdf2("sha256", 4096, password, salt, 40), hex(cut));
    let sha512 =
        "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53cf76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e";
    assert_eq!(pbkdf2("sha512", 2, b"password", b"salt", 64), hex(sha512));
    assert_eq!(pbkdf2("sha512", 2, b"password", b"salt", 0), b"");
}

#[test]
fn scrypt_of_rfc_7914() {
    let empty =
        "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906";
    let header = json!({"op": "scrypt", "n": 16, "r": 1, "p": 1, "length": 64});
    assert_eq!(compute(header, &[b"", b""]).unwrap(), hex(empty));
    let lanes =
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640";
    let header = json!({"op": "scrypt", "n": 1024, "r": 8, "p": 16, "length": 64});
    assert_eq!(compute(header, &[b"password", b"NaCl"]).unwrap(), hex(lanes));
    for (n, r, p) in [(0, 8, 1), (1, 8, 1), (1000, 8, 1), (16, 0, 1), (16, 8, 0)] {
        let header = json!({"op": "scrypt", "n": n, "r": r, "p": p, "length": 64});
        assert_eq!(compute(header, &[b"", b""]).unwrap_err(), "scrypt_parameters", "{n} {r} {p}");
    }
}

#[test]
fn hkdf_of_rfc_5869() {
    let header = json!({"op": "hkdf", "hash": "sha256", "length": 42});
    let parts: [&[u8]; 3] = [&[11; 22], &hex("000102030405060708090a0b0c"), &hex("f0f1f2f3f4f5f6f7f8f9")];
    let derived = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    assert_eq!(compute(header.clone(), &parts).unwrap(), hex(derived));
    let derived = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
    assert_eq!(compute(header, &[&[11; 22], b"", b""]).unwrap(), hex(derived));
}
