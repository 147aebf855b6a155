//! The `hookbox` command as a person or a script runs it: with an environment of its own and a home that is empty.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{ADMIN_ID, ADMIN_SECRET, Server};

/// Somebody at a shell.
pub(crate) struct Shell {
    folder: TempDir,
    env: Vec<(String, String)>,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Shell {
    /// With nobody logged in.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), env: Vec::new() }
    }

    /// With the admin's credential in the environment.
    pub(crate) fn admin(server: &Server) -> Self {
        Self::new().url(server).env("HOOKBOX_CLIENT_ID", ADMIN_ID).env("HOOKBOX_CLIENT_SECRET", ADMIN_SECRET)
    }

    pub(crate) fn url(self, server: &Server) -> Self {
        self.env("HOOKBOX_URL", &format!("http://{}", server.address()))
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The folder that commands run in, which is the home as well.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder().join(name)).unwrap()
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookbox"));
        command.args(args).current_dir(self.folder()).env_clear().env("HOME", self.folder()).envs(self.env.iter().cloned());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // What is compiled for one test serves the others.
        command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&self.command(args).output().unwrap())
    }

    /// With something on stdin.
    pub(crate) fn pipe(&self, input: &str, args: &[&str]) -> Ran {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A command that wants none may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ran::of(&child.wait_with_output().unwrap())
    }
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        assert!(!self.out.contains('\u{1b}') && !self.err.contains('\u{1b}'), "no colour in a pipe");
        self
    }

    /// The output of a command that must end well, as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let ran = self.expect(0);
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
    }
}
