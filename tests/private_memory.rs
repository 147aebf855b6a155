//! The server's memory is private: no core of it is written, and no other process of its user looks into it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use rustix::process::{getgid, getuid};

use crate::harness::guests::allowing;
use crate::harness::{Hook, Server, ServerBuilder, context};

/// A group that is nobody's.
const GROUP: u32 = 65534;

/// The user and the group that the kernel lets read a process's secrets: its own, or root where its memory is closed.
fn owner(pid: impl std::fmt::Display) -> (u32, u32) {
    let environment = fs::metadata(format!("/proc/{pid}/environ")).unwrap();
    (environment.uid(), environment.gid())
}

#[test]
fn a_server_leaves_no_core() {
    let server = Server::start();
    let limits = fs::read_to_string(format!("/proc/{}/limits", server.pid().as_raw_nonzero())).unwrap();
    let cores = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    assert_eq!(cores.split_whitespace().collect::<Vec<_>>(), ["0", "0", "bytes"]);
}

#[test]
fn a_servers_memory_is_closed_to_others_and_its_hooks_run() {
    // Root owns its processes in either case, but for the group.
    let as_root = getuid().is_root();
    let builder = ServerBuilder::new();
    let builder = if as_root { builder.wrapper(&["setpriv", "--regid", &GROUP.to_string(), "--clear-groups"]) } else { builder };
    let mut other = Command::new("sleep");
    other.arg("60").stdin(Stdio::null());
    if as_root {
        other.gid(GROUP);
    }
    let mut other = other.spawn().unwrap();
    let of_other = owner(other.id());
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(of_other, (getuid().as_raw(), if as_root { GROUP } else { getgid().as_raw() }));
    let server = builder.start();
    assert_eq!(owner(server.pid().as_raw_nonzero()), (0, 0));
    let admin = server.admin();
    admin.deploy(&Hook::wat(&allowing(7)));
    assert_eq!(admin.trigger(&context(1))["result"]["user"]["policy_id"], 7);
}
