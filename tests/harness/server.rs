//! The `hookbox` binary as a child process: started, watched, and stopped kindly or not. Its output is shown when a test fails.

use std::io::{BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::{Api, Request, eventually};

/// The client id of every test server's admin.
pub(crate) const ADMIN_ID: &str = "admin";
/// And its secret.
pub(crate) const ADMIN_SECRET: &str = "an admin secret of 32 characters";

/// How a server is to be started. Can be used again, on the same data folder.
#[derive(Clone, Debug)]
pub(crate) struct ServerBuilder {
    folder: Arc<TempDir>,
    config: String,
    env: Vec<(String, String)>,
    wrapper: Vec<String>,
    listen: String,
}

/// A running server.
pub(crate) struct Server {
    builder: ServerBuilder,
    child: Child,
    address: SocketAddr,
    output: Output,
    admin: OnceLock<Api>,
}

impl ServerBuilder {
    pub(crate) fn new() -> Self {
        Self::bare().env("HOOKBOX_BOOTSTRAP_CLIENT_ID", ADMIN_ID).env("HOOKBOX_BOOTSTRAP_CLIENT_SECRET", ADMIN_SECRET)
    }

    /// Without a credential in the environment.
    pub(crate) fn bare() -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder for the test"));
        // Hundreds of servers start, and hardly any of them runs JavaScript.
        let env = vec![("HOOKBOX_COMPILE_JAVASCRIPT_AT_START".into(), "false".into())];
        Self { folder, config: String::new(), env, wrapper: Vec::new(), listen: "127.0.0.1:0".into() }
    }

    /// Adds lines to `hookbox.toml`.
    pub(crate) fn config(mut self, lines: &str) -> Self {
        self.config.push_str(lines);
        self.config.push('\n');
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// A command that is given the server's command line as its last arguments.
    pub(crate) fn wrapper(self, command: &[&str]) -> Self {
        Self { wrapper: command.iter().map(ToString::to_string).collect(), ..self }
    }

    /// Listens there instead of on a free port.
    pub(crate) fn listen(self, address: &str) -> Self {
        Self { listen: address.into(), ..self }
    }

    /// The folder that holds the data folder and the configuration.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    fn spawn(&self) -> (Child, Output) {
        std::fs::write(self.folder().join("hookbox.toml"), &self.config).unwrap();
        let data = self.data();
        let serve = [env!("CARGO_BIN_EXE_hookbox"), "serve", "--listen", &self.listen, "--data", data.to_str().unwrap()];
        let line: Vec<&str> = self.wrapper.iter().map(String::as_str).chain(serve).collect();
        let mut command = Command::new(line[0]);
        command.args(&line[1..]).current_dir(self.folder()).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{} cannot be started: {error}", line[0]));
        let output = Output::gather(&mut child);
        (child, output)
    }

    /// Starts a server and waits until it is ready.
    pub(crate) fn start(&self) -> Server {
        let server = self.start_unready();
        eventually("a ready server", || (server.get("/readyz").send().status == 200).then_some(()));
        server
    }

    /// Starts a server and waits until it listens.
    pub(crate) fn start_unready(&self) -> Server {
        let (mut child, output) = self.spawn();
        let address = eventually("the line that tells the address", || {
            if let Some(line) = output.stdout().lines().next() {
                let address = line.strip_prefix("listening on http://").map(|address| address.parse().expect("an address"));
                return Some(address.unwrap_or_else(|| panic!("unexpected line on stdout: {line}")));
            }
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the server ended at once, {status}: {}", output.log());
            }
            None
        });
        Server { builder: self.clone(), child, address, output, admin: OnceLock::new() }
    }

    /// Starts a server that must refuse to run; what it says on stderr.
    pub(crate) fn refused(&self) -> String {
        let (mut child, output) = self.spawn();
        let status = eventually("a server that refuses to run", || {
            assert_eq!(output.stdout(), "", "the server runs, and should not");
            child.try_wait().unwrap()
        });
        output.join();
        assert_eq!(status.code(), Some(1), "{}", output.log());
        output.log()
    }
}

impl Server {
    pub(crate) fn start() -> Self {
        ServerBuilder::new().start()
    }

    pub(crate) fn with(config: &str) -> Self {
        ServerBuilder::new().config(config).start()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn builder(&self) -> &ServerBuilder {
        &self.builder
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.builder.data()
    }

    /// Everything on stderr so far.
    pub(crate) fn log(&self) -> String {
        self.output.log()
    }

    pub(crate) fn stdout(&self) -> String {
        self.output.stdout()
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// The memory that the process uses, in MiB.
    pub(crate) fn memory_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    pub(crate) fn request(&self, method: &str, target: &str) -> Request {
        Request::new(self.address, method, target)
    }

    pub(crate) fn get(&self, target: &str) -> Request {
        self.request("GET", target)
    }

    /// The admin of account 1.
    pub(crate) fn admin(&self) -> &Api {
        self.admin.get_or_init(|| Api::login(self.address, ADMIN_ID, ADMIN_SECRET))
    }

    /// Asks the server to stop.
    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the server is there");
    }

    /// The same, as from a keyboard.
    pub(crate) fn interrupt(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).expect("the server is there");
    }

    /// Waits until the server has stopped.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let status = eventually("the server's end", || self.child.try_wait().unwrap());
        self.output.join();
        status
    }

    /// Stops the server, which must end well.
    pub(crate) fn stop(mut self) -> ServerBuilder {
        self.terminate();
        let status = self.wait();
        assert!(status.success(), "{status}");
        self.builder.clone()
    }

    /// Kills the server.
    pub(crate) fn kill(mut self) -> ServerBuilder {
        self.kill_now();
        self.builder.clone()
    }

    /// Kills the server, which others may be talking to.
    pub(crate) fn kill_now(&mut self) {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
        if std::thread::panicking() {
            self.output.join();
            println!("the server's stdout:\n{}\nits stderr:\n{}", self.output.stdout(), self.output.log());
        }
    }
}

/// What a child writes.
struct Output {
    stdout: Arc<Mutex<String>>,
    stderr: Arc<Mutex<String>>,
    readers: Mutex<Vec<JoinHandle<()>>>,
}

impl Output {
    fn gather(child: &mut Child) -> Self {
        let (stdout, stderr) = (Arc::default(), Arc::default());
        let out = read(child.stdout.take().expect("stdout is a pipe"), &stdout);
        let err = read(child.stderr.take().expect("stderr is a pipe"), &stderr);
        Self { stdout, stderr, readers: Mutex::new(vec![out, err]) }
    }

    fn stdout(&self) -> String {
        self.stdout.lock().unwrap().clone()
    }

    fn log(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Waits for the last words of a child that has ended.
    fn join(&self) {
        for reader in self.readers.lock().unwrap().drain(..) {
            reader.join().expect("a reader ends");
        }
    }
}

fn read(pipe: impl Read + Send + 'static, into: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let into = Arc::clone(into);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        // By whole lines, so that nobody sees half an address.
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            into.lock().unwrap().push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
    })
}
