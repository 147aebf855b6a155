//! A service for tests: a store whose disk can be full or stand still, a clock that stands still, and a compiler whose functions are scripts. A function
//! is a command, as WebAssembly after the magic bytes of a module: `return JSON`, `fail KIND MESSAGE`, `throw MESSAGE`, `env NAME`, `echo`,
//! `print`, `panic`, `wait`, or, for its preparation, `reject MESSAGE`, `trouble TIMES` and `break TIMES`. JavaScript may also be `linger`, whose
//! preparation ends with the next `go_on`; `top NAME`, which reads a variable when it is prepared and throws if the value begins with
//! "bad"; and `clock`.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hookbox_egress::Counts;
use hookbox_host_api::log::{Level, LogBuffer};
use hookbox_host_api::{Failure, FailureKind, Secret, Usage};
use hookbox_runtime::{AdmissionError, Execution, FunctionDigest, Invocation, PagemapUse, SchedulerLoad};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};

use super::clock::FakeClock;
use super::sample::Sample;
use crate::dialect::{Dialect, registry};
use crate::error::ServiceError;
use crate::hook_type::Registry;
use crate::ids::AccountId;
use crate::limits::{QueueConfig, ReadLimits, ServiceLimits};
use crate::packages::PackagesConfig;
use crate::resources::{ExecutionView, HookView, Runtime, Status};
use crate::sandbox::{Boxed, Function, FunctionCompiler, PreparedFunction};
use crate::service::{ExecutionFilter, ExecutionForm, Page, Service, ServiceConfig, keep};
use crate::store::{Batch, Blobs, Engine, KeyRange, Order, Store, StoreError, Visit, open};
use crate::vault::Vault;

/// The account that most tests act for.
pub const ONE: AccountId = AccountId::OPERATOR;

/// The smallest context of a login.
pub const LOGIN: &str = r#"{"user":{"user_identifier":"jim","policy_id":1},"device":{}}"#;

/// Everything that survives a restart, and what tests inspect.
pub struct World {
    pub store: Arc<FillingStore>,
    pub clock: Arc<FakeClock>,
    pub compiler: Arc<ScriptCompiler>,
    pub folder: tempfile::TempDir,
    pub limits: ServiceLimits,
    pub reads: ReadLimits,
    registry: Registry,
}

impl World {
    /// A world with the sample dialect.
    pub fn new() -> Self {
        Self::with(&[&Sample])
    }

    /// A world with these dialects.
    pub fn with(dialects: &[&'static dyn Dialect]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            store: Arc::new(FillingStore::new(folder.path())),
            clock: Arc::new(FakeClock::new()),
            compiler: Arc::new(ScriptCompiler::default()),
            folder,
            limits: ServiceLimits { context_bytes: 2048, ..ServiceLimits::default() },
            reads: ReadLimits::default(),
            registry: registry(dialects).unwrap(),
        }
    }

    /// Starts a service on the world's store.
    pub fn start(&self) -> Arc<Service> {
        let config = ServiceConfig {
            data: self.folder.path().to_owned(),
            engine: Engine::Redb,
            master_key_file: None,
            compile_worker: ("none".into(), Vec::new()),
            compile_timeout: Duration::ZERO,
            compile_workers: 2,
            compile_memory_bytes: 0,
            javascript_at_start: false,
            concurrency: 1,
            queue: QueueConfig::default(),
            memory_budget_bytes: 1 << 30,
            helpers: 0,
            pagemap: PagemapUse::Read,
            max_image_bytes: 16 << 20,
            packages: PackagesConfig::default(),
            retention: Duration::from_secs(7 * 86_400),
            log_queue: 1024,
            reads: self.reads,
            egress: Default::default(),
            cache: Default::default(),
            limits: self.limits,
            registry: self.registry.clone(),
            compiled: None,
        };
        let vault = Vault::open(self.folder.path(), None, &*self.store).unwrap();
        let blobs = Blobs::open(&self.folder.path().join("blobs")).unwrap();
        let kept = keep(self.store.clone(), vault, blobs, &config, self.clock.clone()).unwrap();
        let compiler = self.compiler.clone();
        let is_kept = Arc::new(move |name| compiler.kept.lock().unwrap().contains(&name));
        Arc::new(Service::start(&config, kept, self.compiler.clone(), is_kept, None, self.clock.clone()))
    }

    /// A service with account 1 and its operator.
    pub async fn first_start(&self) -> Arc<Service> {
        let service = self.start();
        service.bootstrap("admin".parse().unwrap(), Secret::new("a secret of thirty-two characters")).await.unwrap();
        service
    }
}

/// The bytes of a function that does what the script says.
pub fn function(script: &str) -> Vec<u8> {
    [b"\0asm\x01\0\0\0", script.as_bytes()].concat()
}

/// The same in base64, as a body has it.
pub fn encoded(script: &str) -> String {
    STANDARD.encode(function(script))
}

/// The smallest body of a hook.
pub fn new_hook(script: &str) -> Value {
    json!({"type": "sign-in", "runtime": "wasm", "function": encoded(script)})
}

/// The smallest body of a JavaScript hook.
pub fn new_javascript(script: &str) -> Value {
    json!({"type": "sign-in", "runtime": "nodejs20.x", "function": STANDARD.encode(script)})
}

/// `value` as a body, with changes laid over it.
pub fn body(value: &Value, changes: Value) -> Bytes {
    let mut value = value.clone();
    for (key, change) in changes.as_object().unwrap() {
        value[key] = change.clone();
    }
    value.to_string().into()
}

/// Creates a hook from a body of `/v1`.
pub async fn create(service: &Service, account: AccountId, body: Bytes) -> Result<HookView, ServiceError> {
    let input = service.read_hook(body).await?;
    service.create_hook(account, input).await
}

/// Changes a hook with a body of `/v1`.
pub async fn update(service: &Service, account: AccountId, id: &str, body: Bytes) -> Result<HookView, ServiceError> {
    service.type_of(account, id)?;
    let input = service.read_hook(body).await?;
    service.update_hook(account, id, input).await
}

/// Creates a hook and waits until admission has decided.
pub async fn deploy(service: &Service, account: AccountId, hook: Value) -> HookView {
    let made = create(service, account, hook.to_string().into()).await.unwrap();
    assert_eq!((made.status, made.version), (Status::CreateQueued, 1));
    settled(service, account, &made.id.to_string()).await
}

/// Waits until admission has decided about a hook.
pub async fn settled(service: &Service, account: AccountId, id: &str) -> HookView {
    loop {
        let hook = service.get_hook(account, id).await.unwrap();
        if !hook.status.is_pending() {
            service.quiet().await;
            return hook;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A page of executions, read back.
#[derive(Debug)]
pub struct Listed {
    pub items: Vec<ExecutionView>,
    pub page: u32,
    pub next: Option<String>,
}

/// Lists executions.
pub async fn list(service: &Service, account: AccountId, id: &str, filter: ExecutionFilter, page: Page) -> Result<Listed, ServiceError> {
    let form = ExecutionForm { start: "[", show: |one: ExecutionView| one, end: |page, _| page.push(b']') };
    let page = service.executions(account, id, filter, page, form).await?;
    let items: Vec<ExecutionView> = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(items.len(), page.items);
    Ok(Listed { items, page: page.page, next: page.next })
}

/// The refusal, in words.
pub fn refused<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> String {
    result.unwrap_err().to_string()
}

/// A real store whose disk can be full, or not answer.
pub struct FillingStore {
    inner: Arc<dyn Store>,
    full: AtomicBool,
    /// Whether commits wait.
    held: Mutex<bool>,
    let_go: Condvar,
}

impl FillingStore {
    fn new(folder: &Path) -> Self {
        Self {
            inner: open(&folder.join("store"), Engine::Redb).unwrap(),
            full: AtomicBool::new(false),
            held: Mutex::new(false),
            let_go: Condvar::new(),
        }
    }

    /// Makes every commit fail, or succeed again.
    pub fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    /// Makes every commit wait, as on a disk that does not answer, until they are let go.
    pub fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.let_go.notify_all();
    }

    /// All keys and values as text, for tests that search for what must not be stored.
    pub fn dump(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut visit = |key: &[u8], value: &[u8]| {
            all.push(format!("{}={}", String::from_utf8_lossy(key), String::from_utf8_lossy(value)));
            ControlFlow::Continue(())
        };
        self.inner.scan(KeyRange::all(), Order::Ascending, &mut visit).unwrap();
        all
    }
}

impl Store for FillingStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.get(key)
    }

    fn scan(&self, range: KeyRange, order: Order, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        self.inner.scan(range, order, visit)
    }

    fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        drop(self.let_go.wait_while(self.held.lock().unwrap(), |held| *held).unwrap());
        if self.full.load(Ordering::SeqCst) { Err(StoreError::Full) } else { self.inner.commit(batch) }
    }
}

/// Prepares scripts.
#[derive(Default)]
pub struct ScriptCompiler {
    /// What was prepared, in order.
    pub prepared: Mutex<Vec<String>>,
    /// The names of what the machine is to have kept.
    pub kept: Mutex<HashSet<FunctionDigest>>,
    /// What was forgotten, in order.
    pub forgotten: Mutex<Vec<FunctionDigest>>,
    /// Versions of hooks that stopped to serve, in order.
    pub stopped: Mutex<Vec<(u128, u32)>>,
    troubles: AtomicUsize,
    refusing: AtomicBool,
    troubled: AtomicBool,
    /// Closed while a test holds preparations up.
    gate: Gate,
    /// Ends every `wait`.
    pub go_on: Arc<Notify>,
}

struct Gate(Semaphore);

impl Default for Gate {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

impl ScriptCompiler {
    /// Holds preparations up.
    pub fn close(&self) {
        self.gate.0.forget_permits(1);
    }

    /// Lets preparations go on.
    pub fn open(&self) {
        self.gate.0.add_permits(1);
    }

    /// Refuses everything from now on.
    pub fn refuse_all(&self) {
        self.refusing.store(true, Ordering::SeqCst);
    }

    /// Makes every preparation fail for the host's own reasons, or succeed again.
    pub fn set_troubled(&self, troubled: bool) {
        self.troubled.store(troubled, Ordering::SeqCst);
    }

    /// How many functions were prepared so far.
    pub fn count(&self) -> usize {
        self.prepared.lock().unwrap().len()
    }
}

impl FunctionCompiler for ScriptCompiler {
    fn prepare(self: Arc<Self>, function: Function) -> Boxed<Result<Arc<dyn PreparedFunction>, AdmissionError>> {
        Box::pin(async move {
            let script = script(&function);
            self.prepared.lock().unwrap().push(script.clone());
            drop(self.gate.0.acquire().await.unwrap());
            if script.starts_with("linger") {
                self.go_on.notified().await;
            }
            if self.refusing.load(Ordering::SeqCst) {
                return Err(AdmissionError::Rejected("refused".to_owned()));
            }
            if let Some(message) = script.strip_prefix("reject ") {
                return Err(AdmissionError::Rejected(message.to_owned()));
            }
            if let Some(times) = script.strip_prefix("break ")
                && self.troubles.fetch_add(1, Ordering::SeqCst) < times.parse().unwrap()
            {
                panic!("the compiler broke off");
            }
            if let Some(times) = script.strip_prefix("trouble ")
                && self.troubles.fetch_add(1, Ordering::SeqCst) < times.parse().unwrap()
            {
                return Err(AdmissionError::Host("no fork".to_owned()));
            }
            if self.troubled.load(Ordering::SeqCst) {
                return Err(AdmissionError::Host("no memory".to_owned()));
            }
            let held = script.strip_prefix("top ").map(|name| function.env.get(name).map_or("none", Secret::expose).to_owned());
            if let Some(value) = held.as_ref().filter(|value| value.starts_with("bad")) {
                return Err(AdmissionError::Rejected(format!("exception: {value} (hook.js:1:1)")));
            }
            let prepared: Arc<dyn PreparedFunction> = Arc::new(Script { text: script, held, go_on: self.go_on.clone() });
            Ok(prepared)
        })
    }

    fn name(&self, function: &Function) -> FunctionDigest {
        match function.runtime {
            Runtime::Wasm => FunctionDigest::of(&function.bytes),
            Runtime::Node(_) => javascript_name(function.runtime.as_str(), &script(function)),
        }
    }

    fn load(&self) -> SchedulerLoad {
        SchedulerLoad::default()
    }

    fn forget(&self, name: FunctionDigest) {
        self.forgotten.lock().unwrap().push(name);
    }

    fn stopped(&self, hook: u128, version: u32) {
        self.stopped.lock().unwrap().push((hook, version));
    }

    fn calls(&self) -> Counts {
        Counts { calls: 5, ..Counts::default() }
    }
}

/// The name under which a JavaScript function is kept.
pub fn javascript_name(runtime: &str, script: &str) -> FunctionDigest {
    FunctionDigest::of(format!("{runtime} {script}").as_bytes())
}

fn script(function: &Function) -> String {
    let text = if function.runtime == Runtime::Wasm { &function.bytes[8..] } else { &function.bytes[..] };
    String::from_utf8(text.to_vec()).unwrap()
}

struct Script {
    text: String,
    /// The value that was read when it was prepared.
    held: Option<String>,
    go_on: Arc<Notify>,
}

const USED: Usage = Usage { duration_us: 0, fuel: 7, memory_bytes: 65_536, attempts: 1 };

impl PreparedFunction for Script {
    fn execute(self: Arc<Self>, invocation: Invocation) -> Boxed<Execution> {
        Box::pin(async move {
            let mut log = LogBuffer::new(invocation.execution_id.clone(), invocation.mask.clone(), invocation.log_limit);
            let context = String::from_utf8(invocation.context.to_vec()).unwrap();
            let (command, rest) = self.text.split_once(' ').unwrap_or((&self.text, ""));
            let result = match command {
                "return" => Ok(rest.to_owned()),
                "fail" => {
                    let (kind, message) = rest.split_once(' ').unwrap();
                    let kind: FailureKind = serde_json::from_value(kind.into()).unwrap();
                    Err(Failure::new(kind, message))
                }
                "throw" => Err(Failure {
                    stack: Some(format!("Error: {rest}\n    at handler (hook.js:2:3)")),
                    place: Some("hook.js:2:3".to_owned()),
                    ..Failure::new(FailureKind::Exception, rest)
                }),
                "top" => Ok(json!({"user": {"policy_id": 1, "env": self.held}}).to_string()),
                "clock" | "linger" => Ok(r#"{"user":{"policy_id":1}}"#.to_owned()),
                "env" => {
                    let value = invocation.env.get(rest).map(Secret::expose);
                    log.message(Level::Info, &format!("value={}", value.unwrap_or("none")), SystemTime::UNIX_EPOCH);
                    Ok(json!({"user": {"policy_id": 1, "env": value}}).to_string())
                }
                "print" => {
                    log.message(Level::Info, &context, SystemTime::UNIX_EPOCH);
                    Err(Failure::new(FailureKind::Exit, context))
                }
                "echo" => Ok(format!(
                    r#"{{"user":{{"policy_id":1,"context":{},"fuel":{},"memory":{},"seconds":{}}}}}"#,
                    context,
                    invocation.limits.fuel,
                    invocation.limits.memory_bytes,
                    invocation.deadline.duration_since(tokio::time::Instant::now()).as_secs_f64().ceil(),
                )),
                "panic" => panic!("the guest broke the host"),
                "wait" => {
                    self.go_on.notified().await;
                    Ok(r#"{"user":{"policy_id":2}}"#.to_owned())
                }
                other => panic!("no such command: {other}"),
            };
            Execution {
                result: result.map(|text| RawValue::from_string(text).unwrap()),
                usage: USED,
                log,
                calls: Vec::new(),
                ended: std::time::SystemTime::now(),
            }
        })
    }

    fn holds_env(&self) -> bool {
        self.held.is_some()
    }

    fn evaluated_because(&self) -> Option<&'static str> {
        (self.text == "clock").then_some("the clock")
    }
}
