//! The sandbox: bytes in, prepared hook out; prepared hook and invocation in, outcome out.
