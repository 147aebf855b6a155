//! The contract between the Hookbox host and a hook.
