//! Digests, codes, derivations and ciphers against published answers.

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
    let refused = compute(json!({"op": "hmac", "hash": "md5"}), &[b"Jefe", b""]).unwrap_err();
    assert_eq!(refused, "Digest method not supported: md5");
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
        assert_eq!(compute(header, &[b"", b""]).unwrap_err(), "Invalid scrypt params", "{n} {r} {p}");
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

const AES_KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const GCM_TEXT: &str =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
const GCM_ADDITIONAL: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";

fn aes(mode: &str, encrypt: bool, parts: [&[u8]; 4]) -> Result<Vec<u8>, String> {
    compute(json!({"op": "aes", "mode": mode, "encrypt": encrypt}), &parts)
}

#[test]
fn gcm_of_its_specification() {
    // Test cases 4, 10 and 16 of the GCM specification; the nonces of 8, 16 and 32 bytes are answers of OpenSSL's.
    let (text, additional) = (hex(GCM_TEXT), hex(GCM_ADDITIONAL));
    for (key_length, nonce, sealed) in [
        (
            16,
            "cafebabefacedbaddecaf888",
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47",
        ),
        (
            24,
            "cafebabefacedbaddecaf888",
            "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b2fe324d9ccda27102519498e80f1478f37ba55bd6d27618c",
        ),
        (
            32,
            "cafebabefacedbaddecaf888",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
        ),
        (
            32,
            "cafebabefacedbad",
            "c3762df1ca787d32ae47c13bf19844cbaf1ae14d0b976afac52ff7d79bba9de0feb582d33934a4f0954cc2363bc73f7862ac430e64abe499f47c9b1f3a337dbf46a792c45e454913fe2ea8f2",
        ),
        (
            32,
            "000102030405060708090a0b0c0d0e0f",
            "ad0bad38a94f095e991ad09739b244cc8df711ee1cefd699350da284cd0d0be39e151fb2098bedcdf7afc22978a8a4e7468d2bbc50a4ccf1d60ac420c9497f3d8071865e69b8b36096de22ca",
        ),
        (
            32,
            "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f",
            "1dc1f1665a3fe4455e40d8e8668999bc5f89a0bced190d9d7cbbf406d36c70dabf9e523df6451f25743671fef630e9fbdaae322b97a3a9d173f14376592a85d0023426bf726f8a2d10554847",
        ),
    ] {
        let key = &hex(AES_KEY)[..key_length];
        assert_eq!(aes("gcm", true, [key, &hex(nonce), &text, &additional]).unwrap(), hex(sealed), "{key_length} {nonce}");
        assert_eq!(aes("gcm", false, [key, &hex(nonce), &hex(sealed), &additional]).unwrap(), text, "{key_length} {nonce}");
    }
}

#[test]
fn gcm_opens_nothing_that_was_changed() {
    let (key, nonce) = (hex(AES_KEY), hex("cafebabefacedbaddecaf888"));
    let sealed = aes("gcm", true, [&key, &nonce, b"secret", b"context"]).unwrap();
    let unauthentic = "Unsupported state or unable to authenticate data";
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(aes("gcm", false, [&key, &nonce, &changed, b"context"]).unwrap_err(), unauthentic);
    }
    assert_eq!(aes("gcm", false, [&key, &nonce, &sealed, b"contexT"]).unwrap_err(), unauthentic);
    assert_eq!(aes("gcm", false, [&key[..16], &nonce, &sealed, b"context"]).unwrap_err(), unauthentic);
    assert_eq!(aes("gcm", false, [&key, &nonce, &sealed[..15], b"context"]).unwrap_err(), unauthentic);
    let short_tag = json!({"op": "aes", "mode": "gcm", "encrypt": false, "tag_length": 4});
    assert_eq!(compute(short_tag, &[&key, &nonce, &sealed, b""]).unwrap_err(), "Invalid authentication tag length: 4");
}

#[test]
fn cbc_and_ctr_of_sp_800_38a() {
    let text = hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
    let iv = hex("000102030405060708090a0b0c0d0e0f");
    let counter = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    let keys = [
        "2b7e151628aed2a6abf7158809cf4f3c",
        "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    ];
    for (key, sealed) in [
        (keys[0], "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"),
        (keys[1], "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"),
    ] {
        for (encrypt, from, to) in [(true, &text, hex(sealed)), (false, &hex(sealed), text.clone())] {
            let header = json!({"op": "aes", "mode": "cbc", "encrypt": encrypt, "padding": false});
            assert_eq!(compute(header, &[&hex(key), &iv, from, b""]).unwrap(), to);
        }
    }
    for (key, sealed) in [
        (keys[0], "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"),
        (keys[2], "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"),
    ] {
        assert_eq!(aes("ctr", true, [&hex(key), &counter, &text, b""]).unwrap(), hex(sealed));
        assert_eq!(aes("ctr", false, [&hex(key), &counter, &hex(sealed), b""]).unwrap(), text);
    }
    let sealed = aes("cbc", true, [&hex(keys[2]), &iv, b"hook", b""]).unwrap();
    assert_eq!(sealed, hex("964e3bb59bb322b8f3a430570fa3f57b"));
    assert_eq!(aes("cbc", false, [&hex(keys[2]), &iv, &sealed, b""]).unwrap(), b"hook");
}

#[test]
fn cbc_refuses_what_is_not_padded() {
    let (key, iv) = ([1; 32], [2; 16]);
    let sealed = aes("cbc", true, [&key, &iv, b"sixteen bytes ..", b""]).unwrap();
    assert_eq!(sealed.len(), 32);
    assert_eq!(aes("cbc", false, [&key, &iv, &sealed[..16], b""]).unwrap_err(), "bad decrypt");
    for wrong in [&sealed[..15], b""] {
        assert_eq!(aes("cbc", false, [&key, &iv, wrong, b""]).unwrap_err(), "wrong final block length");
    }
    let header = json!({"op": "aes", "mode": "cbc", "encrypt": true, "padding": false});
    assert_eq!(compute(header, &[&key, &iv, b"odd", b""]).unwrap_err(), "wrong final block length");
}

#[test]
fn keys_and_vectors_of_other_lengths_are_refused() {
    for mode in ["gcm", "cbc", "ctr"] {
        for key in [0, 15, 17, 33] {
            assert_eq!(aes(mode, true, [&vec![0; key], &[0; 16], b"", b""]).unwrap_err(), "Invalid key length", "{mode} {key}");
        }
        for iv in [0, 7, 11, 17, 64] {
            assert_eq!(aes(mode, true, [&[0; 16], &vec![0; iv], b"", b""]).unwrap_err(), "Invalid initialization vector", "{mode} {iv}");
        }
    }
}
