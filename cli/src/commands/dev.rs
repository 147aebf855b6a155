//! `hookbox dev [DIR]`: a server for one project, that follows its files, and keys to run it with.

use std::io::BufRead as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::Args;
use hookbox_hooks::bodies::{CredentialBody, FireBody};
use hookbox_hooks::{AnswerView, ExecutionView, HookView, Networks, NewCredentialView, Scope};
use hookbox_host_api::Secret;
use tokio::signal::unix::{SignalKind, signal};

use super::credentials::CREDENTIALS;
use super::executions::entry;
use super::{deploy, env};
use crate::changes;
use crate::client::{Client, with_query};
use crate::deployed;
use crate::dev::keys::Keys;
use crate::dev::server::DevServer;
use crate::env_file;
use crate::hook_ref::{self, HOOKS};
use crate::local;
use crate::output;
use crate::project::Project;
use crate::style::{Look, Style, visible, visible_lines};
use crate::watch::Watch;

/// Work on a project with a server of its own, which follows its files
///
/// The server is the one that serves logins, in this process, with an empty data folder that goes when it ends. The project is deployed to it, again
/// after every change; the log of what runs is shown, and identity providers on this machine can fire it. Keys run the samples and the tests.
#[derive(Debug, Args)]
#[command(
    after_help = "Keys:\n  r  run the samples        t  test\n  p  profile                d  deploy again\n  ?  show the address       q  quit\n\nExamples:\n  hookbox dev\n  hookbox dev hooks/mobile --env-file .env --listen 127.0.0.1:9000"
)]
pub(crate) struct DevArgs {
    /// The project's folder
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// Where the server listens; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,

    /// An environment variable of the function; may be repeated
    #[arg(short, long = "env", value_name = "NAME=VALUE", value_parser = env_file::argument)]
    env: Vec<(String, Secret)>,

    /// A file of environment variables, NAME=VALUE a line
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,

    /// Ids of roles that the user of the samples has
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    roles: Vec<String>,
}

/// What happens.
enum Happening {
    Key(u8),
    /// A file was changed.
    Changed,
    /// An execution has ended.
    Ran(Box<ExecutionView>),
    /// The program is to end.
    End,
}

const KEYS: &str = "keys: r run the samples, t test, p profile, d deploy again, ? show the address, q quit";

pub(crate) fn run(args: &DevArgs) -> Result<ExitCode> {
    // What is wrong with the project is said before a server is started for it.
    let project = Project::open(&args.dir)?;
    let started = Instant::now();
    let server = DevServer::start(args.listen, local::cache_dir())?;
    let (happens, happenings) = channel();
    let log = Some((server.client()?, happens.clone()));
    let mut session = Session { args, client: server.client()?, url: server.url.clone(), hook: None, token: None, log };
    output::note(&format!("a server on {}, in {:.1} s; {KEYS}", server.url, started.elapsed().as_secs_f64()))?;
    session.set_env()?;
    session.follow_files(&project, &happens);
    signals(&server, &happens);
    let keys = Keys::begin();
    let pressed = happens.clone();
    std::thread::spawn(move || Keys::read(|key| pressed.send(Happening::Key(key)).is_ok()));
    session.deploy(true)?;
    let ended = session.go_on(&happenings);
    drop(keys);
    server.stop()?;
    ended.map(|()| ExitCode::SUCCESS)
}

/// The signals that end a program end the server first.
fn signals(server: &DevServer, happens: &Sender<Happening>) {
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let happens = happens.clone();
        server.spawn(async move {
            if let Ok(mut signal) = signal(kind) {
                signal.recv().await;
                let _ = happens.send(Happening::End);
            }
        });
    }
}

/// The project on its server.
struct Session<'a> {
    args: &'a DevArgs,
    client: Client,
    url: String,
    /// The hook as it was deployed last.
    hook: Option<HookView>,
    /// The right to fire, for who tries it with another program.
    token: Option<String>,
    /// What the log is followed with, once there is a hook.
    log: Option<(Client, Sender<Happening>)>,
}

impl Session<'_> {
    fn go_on(&mut self, happenings: &Receiver<Happening>) -> Result<()> {
        while let Ok(happening) = happenings.recv() {
            match happening {
                Happening::End | Happening::Key(b'q' | 3 | 4) => break,
                Happening::Changed => self.deploy(false)?,
                Happening::Key(b'd') => self.deploy(true)?,
                Happening::Key(b'r' | b'\n' | b'\r') => self.run_samples()?,
                Happening::Key(b't') => self.other(&["test"])?,
                Happening::Key(b'p') => {
                    let file = self.args.dir.join(deployed::FOLDER).join("profile.json").display().to_string();
                    self.other(&["run", "--profile", &file])?;
                }
                Happening::Key(b'?' | b'h') => self.show_address()?,
                Happening::Key(_) => {}
                Happening::Ran(one) => output::write(&entry(&one, Style::stdout()))?,
            }
        }
        Ok(())
    }

    /// Makes the env vars that are given.
    fn set_env(&self) -> Result<()> {
        let mut values = self.args.env_file.as_deref().map(env_file::read).transpose()?.unwrap_or_default();
        values.extend(self.args.env.iter().cloned());
        for (name, value) in values {
            env::put(&self.client, &name, value, None).with_context(|| format!("the env var {name}"))?;
        }
        Ok(())
    }

    /// Deploys the project as it is now. What is wrong with it is said; the version before goes on serving. A file that was changed and makes no
    /// new version is nothing to speak of, unless somebody has `asked`.
    fn deploy(&mut self, asked: bool) -> Result<()> {
        let started = Instant::now();
        let before = self.hook.as_ref().filter(|hook| !hook.status.is_failed()).map(|hook| hook.version);
        let style = Style::stderr();
        let said = match self.deployed() {
            Ok(hook) if hook.status.is_failed() => {
                let message = hook.status_message.clone().unwrap_or_default();
                let written = Project::open(&self.args.dir).and_then(|project| project.written());
                let (message, excerpt) = match &written {
                    Ok(written) => (written.named(&message), written.excerpt(&message).map(|excerpt| format!("\n{excerpt}"))),
                    Err(_) => (message, None),
                };
                format!("{} {}{}", style.bad("refused:"), visible_lines(&message), excerpt.unwrap_or_default().trim_end())
            }
            Ok(hook) if !asked && before == Some(hook.version) => return Ok(()),
            Ok(hook) => {
                let said = format!("version {} serves, in {:.2} s", hook.version, started.elapsed().as_secs_f64());
                self.hook = Some(hook);
                style.look(Look::Good, &said)
            }
            Err(error) => format!("{} {}", style.bad("error:"), visible_lines(&format!("{error:#}"))),
        };
        output::note(&said)?;
        match (self.hook.is_some(), self.log.take()) {
            (true, Some((client, happens))) => {
                self.follow_log(client, happens);
                self.show_address()
            }
            (_, log) => {
                self.log = log;
                Ok(())
            }
        }
    }

    fn deployed(&mut self) -> Result<HookView> {
        let project = Project::open(&self.args.dir)?;
        let function = project.function()?;
        let hook: HookView = match &self.hook {
            Some(hook) => {
                let path = format!("{}?absent=default", hook_ref::path(hook.id));
                self.client.put(&path, &changes::body(hook, &project, &function)?)?
            }
            None => self.client.post(HOOKS, &project.upload(&function)?)?,
        };
        let id = hook.id;
        // A first version that fails is there nevertheless, to be changed.
        self.hook.get_or_insert(hook);
        deploy::wait(&self.client, id, true)
    }

    /// Fires the hook on each sample.
    fn run_samples(&self) -> Result<()> {
        let Some(hook) = &self.hook else { return output::note("nothing is deployed yet") };
        let project = Project::open(&self.args.dir)?;
        if project.samples.is_empty() {
            return output::note("hook.json lists no `samples`");
        }
        for sample in &project.samples {
            let said = match self.fire(hook, sample) {
                Ok(answer) => answered(sample, &answer),
                Err(error) => format!("{} {}", Style::stderr().bad("error:"), visible_lines(&format!("{error:#}"))),
            };
            output::note(&said)?;
        }
        Ok(())
    }

    fn fire(&self, hook: &HookView, sample: &Path) -> Result<AnswerView> {
        let read = || format!("the context {}", sample.display());
        let context = serde_json::from_slice(&std::fs::read(sample).with_context(read)?).with_context(read)?;
        let roles = (!self.args.roles.is_empty()).then(|| self.args.roles.clone());
        self.client.fire(&format!("{}/fire", hook_ref::path(hook.id)), &FireBody { context, roles })
    }

    /// Runs another command of this program on the project.
    fn other(&self, command: &[&str]) -> Result<()> {
        let mut other = Command::new(std::env::current_exe()?);
        other.args(command).arg(&self.args.dir);
        if let Some(file) = &self.args.env_file {
            other.arg("--env-file").arg(file);
        }
        for (name, value) in &self.args.env {
            other.arg("--env").arg(format!("{name}={}", value.expose()));
        }
        // It says itself how it went.
        other.status().map(drop).context("the command cannot be started")
    }

    fn follow_files(&self, project: &Project, happens: &Sender<Happening>) {
        let mut watch = Watch::new(vec![project.dir.clone()]);
        let happens = happens.clone();
        std::thread::spawn(move || {
            loop {
                watch.wait();
                if happens.send(Happening::Changed).is_err() {
                    return;
                }
            }
        });
    }

    /// Hands on what the hook's executions leave in the log, from now on.
    fn follow_log(&self, client: Client, happens: Sender<Happening>) {
        let Some(hook) = &self.hook else { return };
        let query = [("limit", "1".to_owned()), ("since", "0".to_owned())];
        let path = with_query(&format!("{}/executions/stream", hook_ref::path(hook.id)), &query);
        std::thread::spawn(move || {
            let Ok(stream) = client.stream(&path) else { return };
            for line in stream.lines().map_while(Result::ok).filter(|line| !line.is_empty()) {
                let Ok(one) = serde_json::from_str(&line) else { return };
                if happens.send(Happening::Ran(Box::new(one))).is_err() {
                    return;
                }
            }
        });
    }

    /// A token that may fire events, and nothing else.
    fn right_to_fire(&self) -> Result<String> {
        let scopes = [Scope::Fire].into_iter().collect();
        let body = CredentialBody { account_id: None, scopes, name: None, allowed_addresses: Networks::default() };
        let made: NewCredentialView = self.client.post(CREDENTIALS, &body)?;
        Ok(Client::connect(&self.url, made.credential.client_id.as_str(), made.client_secret.expose())?.token().to_owned())
    }

    /// How another program fires the hook.
    fn show_address(&mut self) -> Result<()> {
        let Some(hook) = &self.hook else { return output::note("nothing is deployed yet") };
        let project = Project::open(&self.args.dir)?;
        let sample = project.samples.first().map_or_else(|| "context.json".to_owned(), |sample| sample.display().to_string());
        let token = match &self.token {
            Some(token) => token.clone(),
            None => self.right_to_fire()?,
        };
        self.token = Some(token.clone());
        // Events of some types say which hook they are for, at doors of their vendor's own.
        let (path, body) = match project.hook_type.addressed {
            None => (format!("/v1/triggers/{}", hook.hook_type), format!("-d @{sample}")),
            Some(_) => (format!("{}/fire", hook_ref::path(hook.id)), format!("-d \"{{\\\"context\\\":$(cat {sample})}}\"")),
        };
        output::note(&format!("curl -H 'Authorization: Bearer {token}' {} {}{path}", visible(&body), self.url))
    }
}

fn answered(sample: &Path, answer: &AnswerView) -> String {
    let style = Style::stderr();
    let name = sample.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let (outcome, decision) = (style.outcome(answer.outcome), style.decision(Some(answer.decision), answer.decision.as_str()));
    let result = answer.result.as_ref().map(|result| format!("  {}", visible(result.get()))).unwrap_or_default();
    format!("{}  {outcome}  {decision}{result}", style.bold(&visible(&name)))
}
