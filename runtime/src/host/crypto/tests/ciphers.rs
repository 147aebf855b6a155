//! Ciphers against published answers, whole and in pieces.

use super::*;

const AES_KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
const GCM_TEXT: &str =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
const GCM_ADDITIONAL: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";

fn header(mode: &str, encrypt: bool, key: &[u8]) -> Value {
    json!({"op": if encrypt { "encrypt" } else { "decrypt" }, "cipher": format!("aes-{}-{mode}", (key.len() * 8).clamp(128, 256))})
}

fn aes(mode: &str, encrypt: bool, parts: [&[u8]; 4]) -> Result<Vec<u8>, String> {
    compute(header(mode, encrypt, parts[0]), &parts)
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
    let unauthentic = "unauthentic";
    for at in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert_eq!(aes("gcm", false, [&key, &nonce, &changed, b"context"]).unwrap_err(), unauthentic);
    }
    assert_eq!(aes("gcm", false, [&key, &nonce, &sealed, b"contexT"]).unwrap_err(), unauthentic);
    assert_eq!(aes("gcm", false, [&key[..16], &nonce, &sealed, b"context"]).unwrap_err(), unauthentic);
    assert_eq!(aes("gcm", false, [&key, &nonce, &sealed[..15], b"context"]).unwrap_err(), unauthentic);
    let short_tag = json!({"op": "decrypt", "cipher": "aes-256-gcm", "tag_length": 5});
    assert_eq!(compute(short_tag, &[&key, &nonce, &sealed, b""]).unwrap_err(), "Invalid authentication tag length: 5");
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
            let mut header = header("cbc", encrypt, &hex(key));
            header["padding"] = false.into();
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
    assert_eq!(aes("cbc", false, [&key, &iv, &sealed[..16], b""]).unwrap_err(), "bad_decrypt");
    for wrong in [&sealed[..15], b""] {
        assert_eq!(aes("cbc", false, [&key, &iv, wrong, b""]).unwrap_err(), "wrong_final_block_length");
    }
    let header = json!({"op": "encrypt", "cipher": "aes-256-cbc", "padding": false});
    assert_eq!(compute(header, &[&key, &iv, b"odd", b""]).unwrap_err(), "wrong_final_block_length");
}

#[test]
fn keys_and_vectors_of_other_lengths_are_refused() {
    for (cipher, key, ivs) in [
        ("aes-128-gcm", 16, &[0][..]),
        ("aes-192-cbc", 24, &[0, 15, 17]),
        ("aes-256-ctr", 32, &[0, 12, 32]),
        ("aes-128-ecb", 16, &[1, 16]),
        ("aes-256-ccm", 32, &[6, 14]),
        ("chacha20-poly1305", 32, &[0, 13, 24]),
        ("des-ede3-cbc", 24, &[7, 16]),
        ("aes-256-wrap", 32, &[0, 7, 16]),
        ("aes-256-wrap-pad", 32, &[0, 4, 8]),
    ] {
        let ask = |op: &str, key: usize, iv: usize| {
            let parts: [&[u8]; 4] = [&vec![0; key], &vec![0; iv], b"", b""];
            compute(json!({"op": op, "cipher": cipher}), if op == "cipher_start" { &parts[..2] } else { &parts })
        };
        for op in ["encrypt", "decrypt", "cipher_start"] {
            for other in [0, key - 1, key + 1] {
                assert_eq!(ask(op, other, 12).unwrap_err(), "key_length", "{op} {cipher} {other}");
            }
            for iv in ivs {
                assert_eq!(ask(op, key, *iv).unwrap_err(), "iv", "{op} {cipher} {iv}");
            }
        }
    }
}

/// Feeds a message in pieces of one length, and what they give.
fn in_pieces(cipher: &str, encrypt: bool, [key, iv, data]: [&[u8]; 3], length: usize) -> Vec<u8> {
    let mut state = compute(json!({"op": "cipher_start", "cipher": cipher}), &[key, iv]).unwrap();
    let mut out = Vec::new();
    for piece in data.chunks(length) {
        let answer = compute(json!({"op": "cipher_update", "cipher": cipher, "encrypt": encrypt}), &[key, &state, piece]).unwrap();
        let (_, parts) = opened(&answer);
        let [next, output] = parts.try_into().unwrap();
        out.extend_from_slice(&output);
        state = next;
    }
    out.extend(compute(json!({"op": "cipher_final", "cipher": cipher, "encrypt": encrypt}), &[key, &state]).unwrap());
    out
}

#[test]
fn pieces_give_what_the_whole_gives() {
    let data: Vec<u8> = (0..200_u8).collect();
    for cipher in [
        "aes-128-cbc",
        "aes-256-ecb",
        "aes-192-ctr",
        "aes-128-cfb",
        "aes-256-cfb8",
        "aes-256-ofb",
        "des-ede3-cbc",
        "des-ede3-ecb",
        "aes-256-gcm",
        "aes-128-gcm",
        "chacha20-poly1305",
    ] {
        let key: Vec<u8> = (0..if cipher.contains("128") {
            16
        } else if cipher.contains("192") || cipher.starts_with("des") {
            24
        } else {
            32
        })
            .collect();
        let ivs: &[usize] = match cipher {
            "aes-256-ecb" | "des-ede3-ecb" => &[0],
            "des-ede3-cbc" => &[8],
            "aes-256-gcm" => &[12, 1, 16, 33],
            "aes-128-gcm" | "chacha20-poly1305" => &[12, 8],
            _ => &[16],
        };
        for iv in ivs {
            let iv: Vec<u8> = (100..100 + *iv as u8).collect();
            let mut whole = compute(json!({"op": "encrypt", "cipher": cipher}), &[&key, &iv, &data, b""]).unwrap();
            if cipher.ends_with("gcm") || cipher.starts_with("chacha") {
                whole.truncate(data.len());
            }
            for length in [1, 7, 16, 17, 64, 200] {
                assert_eq!(in_pieces(cipher, true, [&key, &iv, &data], length), whole, "{cipher} {length}");
                assert_eq!(in_pieces(cipher, false, [&key, &iv, &whole], length), data, "{cipher} {length}");
            }
        }
    }
}

#[test]
fn counters_run_over_within_their_bits() {
    let (key, data) = ([1; 16], [0; 64]);
    let mut counter = [0xff; 16];
    counter[0] = 7;
    let ask =
        |bits: u32, iv: &[u8]| compute(json!({"op": "encrypt", "cipher": "aes-128-ctr", "counter_bits": bits}), &[&key, iv, &data, b""]);
    let stream = ask(32, &counter).unwrap();
    // The second block's counter has zeros in its last four bytes alone.
    counter[12..].fill(0);
    assert_eq!(stream[16..], ask(128, &counter).unwrap()[..48]);
    // Four blocks do not fit two bits of counter but once.
    assert!(ask(2, &counter).is_ok());
    assert_eq!(ask(1, &counter).unwrap_err(), "failed");
    assert!(ask(0, &counter).is_err() && ask(129, &counter).is_err());
}

#[test]
fn state_that_is_none_is_refused() {
    for (cipher, key, state) in
        [("aes-128-cbc", 16, 15), ("aes-128-ctr", 16, 3), ("aes-128-cfb8", 16, 1), ("chacha20-poly1305", 32, 19), ("aes-128-ccm", 16, 0)]
    {
        let header = json!({"op": "cipher_update", "cipher": cipher, "encrypt": true});
        let refused = compute(header, &[&vec![0; key], &vec![0; state], b"data"]).unwrap_err();
        assert!(refused.starts_with("malformed cryptography request"), "{cipher} {refused}");
    }
    let used = [&[0; 16][..], &[16]].concat();
    assert!(compute(json!({"op": "cipher_update", "cipher": "aes-128-ctr", "encrypt": true}), &[&[0; 16], &used, b"data"]).is_err());
}

#[test]
fn ccm_and_chacha_open_what_they_seal() {
    for (cipher, key, iv, tags) in
        [("aes-256-ccm", 32, 12, &[4, 8, 16][..]), ("aes-128-ccm", 16, 7, &[16]), ("chacha20-poly1305", 32, 12, &[16])]
    {
        for tag in tags {
            for text in [&b""[..], b"a text"] {
                let header = |op: &str| json!({"op": op, "cipher": cipher, "tag_length": tag});
                let (key, iv) = (vec![3; key], vec![4; iv]);
                let mut sealed = compute(header("encrypt"), &[&key, &iv, text, b"more"]).unwrap();
                assert_eq!(sealed.len(), text.len() + tag);
                assert_eq!(compute(header("decrypt"), &[&key, &iv, &sealed, b"more"]).unwrap(), text);
                assert_eq!(compute(header("decrypt"), &[&key, &iv, &sealed, b""]).unwrap_err(), "unauthentic");
                sealed[0] ^= 1;
                assert_eq!(compute(header("decrypt"), &[&key, &iv, &sealed, b"more"]).unwrap_err(), "unauthentic");
            }
        }
    }
}

#[test]
fn keys_are_wrapped_as_rfc_3394_and_5649_say() {
    let kek = hex("000102030405060708090A0B0C0D0E0F1011121314151617");
    let (data, wrapped) = (hex("00112233445566778899AABBCCDDEEFF"), hex("96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"));
    let iv = [0xa6; 8];
    assert_eq!(compute(json!({"op": "encrypt", "cipher": "aes-192-wrap"}), &[&kek, &iv, &data, b""]).unwrap(), wrapped);
    assert_eq!(compute(json!({"op": "decrypt", "cipher": "aes-192-wrap"}), &[&kek, &iv, &wrapped, b""]).unwrap(), data);
    let kek = hex("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8");
    let (data, wrapped) = (hex("466f7250617369"), hex("afbeb0f07dfbf5419200f2ccb50bb24f"));
    let iv = hex("a65959a6");
    assert_eq!(compute(json!({"op": "encrypt", "cipher": "aes-192-wrap-pad"}), &[&kek, &iv, &data, b""]).unwrap(), wrapped);
    assert_eq!(compute(json!({"op": "decrypt", "cipher": "aes-192-wrap-pad"}), &[&kek, &iv, &wrapped, b""]).unwrap(), data);
    let mut broken = wrapped;
    broken[3] ^= 1;
    assert_eq!(compute(json!({"op": "decrypt", "cipher": "aes-192-wrap-pad"}), &[&kek, &iv, &broken, b""]).unwrap_err(), "wrap");
}
