//! The end-to-end tests: the real `hookbox` binary, over HTTP, against what it promises. What one function or file promises is tested
//! beside it; what needs a process, a disk, a signal or a hostile guest is tested here.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "all of this is test code, and clippy's exemption stops at functions that are no tests themselves"
)]

mod accounts;
mod addresses;
mod auth;
mod cache;
mod caps;
mod cli_admin;
mod cli_apply;
mod cli_author;
mod cli_calls;
mod cli_local;
mod cli_new;
mod cli_pages;
mod cli_profile;
mod clients;
mod component_calls;
mod connections;
mod contexts;
mod durability;
mod envs;
mod examples;
mod floods;
mod fulldisk;
mod handlers;
mod harness;
mod hooks;
mod host_faults;
mod host_pressure;
mod hostile;
mod images;
mod import;
mod invalid;
mod javascript;
mod javascript_limits;
mod layers;
mod leaks;
mod lifecycle;
mod local_run;
mod log_reads;
mod logs;
mod masks;
mod okta;
mod onelogin_cli;
mod onelogin_go;
mod onelogin_mcp;
mod onelogin_others;
mod onelogin_refusals;
mod onelogin_terraform;
mod operator_deploy;
mod operator_folder;
mod operator_metrics;
mod outside;
mod overload;
mod packages;
mod powerloss;
mod private_folder;
mod private_memory;
mod refused;
mod replaced_program;
mod restart;
mod source_graph;
mod triggers;
mod trust;
mod unread;
mod updates;
