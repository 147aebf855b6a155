//! Compilation in a child process: niced, without the server's environment, under limits on memory, processor and wall time. wasmtime makes
//! no promise about hostile modules at compile time, and a compilation cannot be cancelled, whereas a process can be killed.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus, Stdio};

use rustix::process::{Resource, Rlimit, nice, setrlimit};
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
/// The child's exit code for a function that does not validate.
const REJECTED: u8 = 2;

/// Compiles a function in a child process.
pub(super) async fn compile(config: &AdmissionConfig, function: &[u8]) -> Result<Vec<u8>, AdmissionError> {
    let mut child = spawn(config).map_err(|error| AdmissionError::Host(format!("the compiler cannot be started: {error}")))?;
    match tokio::time::timeout(config.compile_timeout, converse(&mut child, function)).await {
        Ok(Ok((status, artifact, complaint))) => verdict(config, status, artifact, &complaint),
        Ok(Err(error)) => Err(AdmissionError::Host(format!("the compiler cannot be talked to: {error}"))),
        Err(_) => Err(over(&format!("more than {:?} of time", config.compile_timeout))),
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
        // A child out of memory aborts; out of processor time it gets SIGXCPU or SIGKILL; too deep a recursion is a fault. All are caused by the
        // function.
        (None, Some(signal)) => {
            Err(over(&format!("{} MiB of memory and {:?} (signal {signal})", config.compile_memory_bytes >> 20, config.compile_timeout)))
        }
        (code, _) => {
            tracing::error!(?code, %complaint, "the compiler failed");
            Err(AdmissionError::Host(format!("the compiler failed with code {}", code.unwrap_or(-1))))
        }
    }
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
        Err(error) if error.kind() == ErrorKind::OutOfMemory => std::process::abort(),
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
        limit(Resource::Cpu, cpu)?;
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
