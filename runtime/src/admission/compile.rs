//! Compilation in a child process: niced, without the server's environment, under limits on memory and processor time. wasmtime makes no
//! promise about hostile modules at compile time, and a compilation cannot be cancelled, whereas a process can be killed.
//!
//! The function is at fault only where the child shows that it met one of its own limits. A child that somebody else killed, that cannot be
//! started, or that a busy machine keeps from running, is trouble of the host.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus, Stdio};

use rustix::process::{Resource, Rlimit, Signal, nice, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::config::AdmissionConfig;
use super::error::AdmissionError;
use crate::FunctionKind;
use crate::engine;

const MEMORY: &str = "HOOKBOX_COMPILE_MEMORY_BYTES";
const CPU: &str = "HOOKBOX_COMPILE_CPU_SECONDS";

/// The longest artifact that is read from the child, in bytes.
const MAX_ARTIFACT: u64 = 512 << 20;
/// The longest error message that is read from the child, in bytes.
const MAX_MESSAGE: u64 = 4096;
/// What a Rust program says when it aborts for want of memory. Its address space is limited, so it is the function that wants too much.
const OUT_OF_MEMORY: &str = "memory allocation of";
/// The child's exit code for a function that does not validate.
const REJECTED: u8 = 2;
/// The exit code of a Rust program that panicked. The child does the same with the same function each time, so another try is of no use.
const PANICKED: i32 = 101;
/// A child may take so many times its processor time by the clock. It is niced: beside two busy threads for each processor it gets a
/// twentieth of one.
const PATIENCE: u32 = 20;

/// Compiles a function in a child process.
pub(super) async fn compile(config: &AdmissionConfig, function: &[u8]) -> Result<Vec<u8>, AdmissionError> {
    let mut child = spawn(config).map_err(|error| AdmissionError::Host(format!("the compiler cannot be started: {error}")))?;
    let patience = config.compile_timeout.saturating_mul(PATIENCE);
    match tokio::time::timeout(patience, converse(&mut child, function)).await {
        Ok(Ok((status, artifact, complaint))) => verdict(config, status, artifact, &complaint),
        Ok(Err(error)) => Err(AdmissionError::Host(format!("the compiler cannot be talked to: {error}"))),
        Err(_) => Err(AdmissionError::Host(format!("the compiler did not get its processor time within {patience:?}"))),
    }
}

fn spawn(config: &AdmissionConfig) -> std::io::Result<Child> {
    let (program, args) = &config.worker;
    Command::new(program)
        .args(args)
        .env_clear()
        .env(MEMORY, config.compile_memory_bytes.to_string())
        .env(CPU, config.compile_timeout.as_secs().max(1).to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .current_dir("/")
        .kill_on_drop(true)
        .spawn()
}

async fn converse(child: &mut Child, function: &[u8]) -> std::io::Result<(ExitStatus, Vec<u8>, Vec<u8>)> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (mut artifact, mut complaint) = (Vec::new(), Vec::new());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A child that ends early closes the pipe. Its exit status says why it ended.
            drop(stdin.write_all(function).await);
        }
    };
    let read_artifact = async {
        if let Some(stdout) = stdout {
            stdout.take(MAX_ARTIFACT).read_to_end(&mut artifact).await?;
        }
        std::io::Result::Ok(())
    };
    let read_message = async {
        if let Some(stderr) = stderr {
            stderr.take(MAX_MESSAGE).read_to_end(&mut complaint).await?;
        }
        std::io::Result::Ok(())
    };
    let ((), artifact_read, message_read) = tokio::join!(feed, read_artifact, read_message);
    artifact_read.and(message_read)?;
    let status = child.wait().await?;
    Ok((status, artifact, complaint))
}

fn verdict(config: &AdmissionConfig, status: ExitStatus, artifact: Vec<u8>, complaint: &[u8]) -> Result<Vec<u8>, AdmissionError> {
    let complaint = String::from_utf8_lossy(complaint);
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(artifact),
        (Some(code), _) if code == i32::from(REJECTED) => Err(AdmissionError::Rejected(complaint.trim().to_owned())),
        (Some(PANICKED), _) => {
            tracing::error!(%complaint, "the compiler gave up on a function");
            Err(AdmissionError::Rejected("does not compile: the compiler gave up".to_owned()))
        }
        (None, Some(signal)) => Err(ended_by(config, signal, &complaint)),
        (code, _) => {
            tracing::error!(?code, %complaint, "the compiler failed");
            Err(AdmissionError::Host(format!("the compiler failed with code {}", code.unwrap_or(-1))))
        }
    }
}

/// What a signal says of a child: the kernel sends one of its own for the limit on processor time, and a Rust program tells why it aborts.
fn ended_by(config: &AdmissionConfig, signal: i32, complaint: &str) -> AdmissionError {
    if signal == Signal::XCPU.as_raw() {
        return over(&format!("{:?} of processor time", config.compile_timeout));
    }
    if complaint.contains(OUT_OF_MEMORY) {
        return over(&format!("{} MiB of memory", config.compile_memory_bytes >> 20));
    }
    if signal == Signal::SEGV.as_raw() || complaint.contains("overflowed its stack") {
        return over("it is nested too deeply");
    }
    AdmissionError::Host(format!("the compiler was ended by signal {signal}"))
}

fn over(limit: &str) -> AdmissionError {
    AdmissionError::Rejected(format!("over the compile limits: {limit}"))
}

/// The main function of the child: reads a function from standard input, writes native code to standard output.
pub fn compile_worker() -> ExitCode {
    match limit_self().and_then(|()| read_function()) {
        Ok(function) => match precompile(&function) {
            Ok(artifact) => match std::io::stdout().write_all(&artifact) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => complain(&error.to_string(), ExitCode::FAILURE),
            },
            Err(message) => complain(&message, ExitCode::from(REJECTED)),
        },
        // Too little memory to read a function is reported like too little memory to compile it.
        Err(error) if error.kind() == ErrorKind::OutOfMemory => {
            complain(&format!("{OUT_OF_MEMORY} a function's bytes failed"), ExitCode::FAILURE);
            std::process::abort()
        }
        Err(error) => complain(&error.to_string(), ExitCode::FAILURE),
    }
}

fn complain(message: &str, code: ExitCode) -> ExitCode {
    drop(std::io::stderr().write_all(message.as_bytes()));
    code
}

/// Sets the child's limits, before it reads a byte of the function.
fn limit_self() -> std::io::Result<()> {
    let setting = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let limit = |resource, value: u64| setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) });
    if let Some(memory) = setting(MEMORY) {
        limit(Resource::As, memory)?;
    }
    if let Some(cpu) = setting(CPU) {
        // The first limit sends the signal that says why; the second would send one that anybody can send.
        setrlimit(Resource::Cpu, Rlimit { current: Some(cpu), maximum: Some(cpu.saturating_add(5)) })?;
    }
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    nice(10)?;
    Ok(())
}

fn read_function() -> std::io::Result<Vec<u8>> {
    let mut function = Vec::new();
    std::io::stdin().lock().read_to_end(&mut function)?;
    Ok(function)
}

/// Native code for a function, or what is wrong with it.
pub(crate) fn precompile(function: &[u8]) -> Result<Vec<u8>, String> {
    let engine = engine::compiler().map_err(|error| error.to_string())?;
    let compiled = match FunctionKind::sniff(function) {
        Some(FunctionKind::Component) => engine.precompile_component(function),
        Some(FunctionKind::Command) => engine.precompile_module(function),
        Some(FunctionKind::JavaScript) | None => return Err("does not parse: this is no WebAssembly".into()),
    };
    compiled.map_err(|error| format!("does not compile: {error:#}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The verdict about a child that a shell plays.
    async fn verdict_on(script: &str, timeout: Duration) -> Result<Vec<u8>, AdmissionError> {
        let config = AdmissionConfig {
            max_image_bytes: 16 << 20,
            worker: ("/bin/sh".into(), vec!["-c".to_owned(), script.to_owned()]),
            cache_dir: "unused".into(),
            cache_key: [0; 32],
            compile_timeout: timeout,
            compile_memory_bytes: 64 << 20,
            compile_workers: 1,
            samples: Vec::new(),
        };
        compile(&config, b"a function").await
    }

    #[tokio::test]
    async fn only_what_a_child_shows_of_its_own_limits_is_the_functions_fault() {
        let second = Duration::from_secs(1);
        for (script, expected) in [
            ("echo bad >&2; exit 2", "bad"),
            ("echo 'thread main panicked' >&2; exit 101", "does not compile: the compiler gave up"),
            ("kill -XCPU $$", "over the compile limits: 1s of processor time"),
            ("echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$", "over the compile limits: 64 MiB of memory"),
            ("kill -SEGV $$", "over the compile limits: it is nested too deeply"),
        ] {
            assert_eq!(verdict_on(script, second).await, Err(AdmissionError::Rejected(expected.to_owned())), "{script}");
        }
        for script in ["kill -KILL $$", "kill -TERM $$", "kill -ABRT $$", "exit 1"] {
            assert!(matches!(verdict_on(script, second).await, Err(AdmissionError::Host(_))), "{script}");
        }
        assert_eq!(verdict_on("cat", second).await.unwrap(), b"a function");
    }

    #[tokio::test]
    async fn a_child_that_does_not_get_to_work_is_the_hosts_fault() {
        let late = verdict_on("sleep 60", Duration::from_millis(20)).await;
        assert_eq!(late, Err(AdmissionError::Host("the compiler did not get its processor time within 400ms".to_owned())));
    }
}
