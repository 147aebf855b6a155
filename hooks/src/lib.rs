//! The Hookbox service: resources, store, dispatcher and REST API.

pub mod config;
