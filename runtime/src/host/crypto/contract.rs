//! The types of `host-api/crypto/contract.json`, which the build script writes. What they mean is said there.

#![allow(missing_docs, reason = "the contract describes them")]

include!(concat!(env!("OUT_DIR"), "/crypto_contract.rs"));
