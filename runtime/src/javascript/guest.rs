//! The JavaScript engine as a guest: it is instantiated on an image, loads a source, and is called with a context.

use std::sync::Arc;

use hookbox_host_api::{Failure, FailureKind};
use serde::Deserialize;
use wasmtime::{AsContextMut, Instance, InstancePre, Memory, Module, ModuleExport, Store, TypedFunc, WasmParams, WasmResults};
use zeroize::Zeroizing;

use super::image::{Image, MEMORY, WASM_PAGE};
use super::source::Source;
use crate::execution::{CallState, during_start};
use crate::host::javascript_linker;
use crate::memory::{Base, Memories};

/// The engine's code, linked to its host functions, and its exports.
pub(crate) struct Engine {
    pre: InstancePre<CallState>,
    memory: ModuleExport,
    alloc: ModuleExport,
    boot: ModuleExport,
    learn: ModuleExport,
    freeze: ModuleExport,
    pages: ModuleExport,
    load: ModuleExport,
    compile: ModuleExport,
    call: ModuleExport,
    exchange: ModuleExport,
    stack: ModuleExport,
}

/// An instance of the engine on one memory.
pub(crate) struct Guest<'a> {
    engine: &'a Engine,
    instance: Instance,
    memory: Memory,
    /// The address of the engine's [`Exchange`] table in the memory.
    exchange: usize,
}

/// The table in which the engine says where input goes and where output is, four bytes each.
#[derive(Clone, Copy)]
enum Exchange {
    Input = 0,
    Room = 1,
    Output = 2,
    OutputLen = 3,
}

impl Engine {
    /// Links a compiled engine.
    pub(crate) fn new(module: &Module) -> Result<Self, String> {
        let linker = javascript_linker(module.engine()).map_err(|error| error.to_string())?;
        let export = |name: &str| module.get_export_index(name).ok_or_else(|| format!("the JavaScript engine exports no {name}"));
        Ok(Self {
            memory: export(MEMORY)?,
            alloc: export("hb_alloc")?,
            boot: export("hb_boot")?,
            learn: export("hb_learn")?,
            freeze: export("hb_freeze")?,
            pages: export("hb_pages")?,
            load: export("hb_load")?,
            compile: export("hb_compile")?,
            call: export("hb_call")?,
            exchange: export("hb_exchange")?,
            stack: export("hb_stack")?,
            pre: linker.instantiate_pre(module).map_err(|error| format!("{error:#}"))?,
        })
    }

    /// Takes a memory with the base's content, and writes an image over it.
    pub(super) async fn start(&self, store: &mut Store<CallState>, image: &Image) -> wasmtime::Result<Guest<'_>> {
        let making = self.pre.instantiate_async(&mut *store);
        let made = match image.own_base() {
            Some(base) => Memories::with_base(base, making).await,
            None => making.await,
        };
        let instance = made.map_err(during_start)?;
        let missing = || wasmtime::Error::msg("the JavaScript engine has lost its memory");
        let memory = instance.get_module_export(&mut *store, &self.memory).and_then(wasmtime::Extern::into_memory).ok_or_else(missing)?;
        // This happens before any code of the guest runs. From here on all accessible bytes of the memory are within its size.
        let pages = image.len().saturating_sub(memory.data_size(&*store)) / WASM_PAGE;
        if pages > 0 {
            memory.grow_async(&mut *store, pages as u64).await.map_err(during_start)?;
        }
        image.apply(memory.data_mut(&mut *store))?;
        let exchange = instance.get_module_export(&mut *store, &self.exchange).and_then(wasmtime::Extern::into_global);
        let exchange = exchange.and_then(|global| global.get(&mut *store).i32()).ok_or_else(missing)?;
        Ok(Guest { engine: self, instance, memory, exchange: exchange as u32 as usize })
    }
}

/// The engine's report of a load or call that failed.
#[derive(Deserialize)]
struct Complaint {
    kind: String,
    message: String,
    #[serde(default)]
    stack: Option<String>,
    #[serde(default)]
    place: Option<String>,
}

impl From<Complaint> for Failure {
    fn from(complaint: Complaint) -> Self {
        let kind = match complaint.kind.as_str() {
            "never_settled" => FailureKind::NeverSettled,
            "exit" => FailureKind::Exit,
            "stack_overflow" => FailureKind::StackOverflow,
            "out_of_memory" => FailureKind::OutOfMemory,
            "invalid_response" => FailureKind::InvalidResponse,
            _ => FailureKind::Exception,
        };
        let known = |text: Option<String>| text.filter(|text| !text.is_empty());
        Self { kind, message: complaint.message, stack: known(complaint.stack), place: known(complaint.place) }
    }
}

impl Guest<'_> {
    fn func<P: WasmParams, R: WasmResults>(
        &self,
        store: &mut Store<CallState>,
        export: &ModuleExport,
    ) -> wasmtime::Result<TypedFunc<P, R>> {
        let func = self.instance.get_module_export(&mut *store, export).and_then(wasmtime::Extern::into_func);
        func.ok_or_else(|| wasmtime::Error::msg("the JavaScript engine has lost a function"))?.typed(store)
    }

    /// Makes the runtime and its globals.
    pub(super) async fn boot(&self, store: &mut Store<CallState>) -> wasmtime::Result<()> {
        self.func::<(), ()>(store, &self.engine.boot)?.call_async(store.as_context_mut(), ()).await
    }

    /// Lets the engine read a sample, which makes contexts of the same form faster to read.
    pub(super) async fn learn(&self, store: &mut Store<CallState>, sample: &str) -> wasmtime::Result<()> {
        let len = self.pass(store, sample.as_bytes()).await?;
        self.func::<i32, ()>(store, &self.engine.learn)?.call_async(store.as_context_mut(), len).await
    }

    /// Ends the part of the memory that all hooks share: the engine neither counts references to it nor frees or traces it from here on.
    pub(super) async fn freeze(&self, store: &mut Store<CallState>) -> wasmtime::Result<()> {
        self.func::<(), ()>(store, &self.engine.freeze)?.call_async(store.as_context_mut(), ()).await
    }

    /// Evaluates a source's top level. Says whether the source is a server.
    pub(super) async fn load(&self, store: &mut Store<CallState>, source: &Source) -> wasmtime::Result<Result<bool, Failure>> {
        let entries = format!("{}\0{}", source.entries.join(","), source.main);
        self.pass(store, &[source.text.as_bytes(), entries.as_bytes()].concat()).await?;
        let (source_len, entry_len) = (i32::try_from(source.text.len())?, i32::try_from(entries.len())?);
        let load = self.func::<(i32, i32, i32), i32>(store, &self.engine.load)?;
        store.data_mut().way_out.loading = true;
        let loaded = load.call_async(store.as_context_mut(), (source_len, entry_len, source.node_major)).await?;
        store.data_mut().way_out.loading = false;
        match loaded {
            0 => Ok(Ok(self.output_bytes(store)? == b"true")),
            _ => self.complaint(store).map(Err),
        }
    }

    /// Compiles a file. Returns its code.
    pub(super) async fn compile(&self, store: &mut Store<CallState>, file: &[u8]) -> wasmtime::Result<Result<Vec<u8>, Failure>> {
        let len = self.pass(store, file).await?;
        match self.func::<i32, i32>(store, &self.engine.compile)?.call_async(store.as_context_mut(), len).await? {
            0 => Ok(Ok(self.output_bytes(store)?.to_vec())),
            _ => self.complaint(store).map(Err),
        }
    }

    /// Calls the handler. Returns its result as JSON text.
    pub(crate) async fn call(&self, store: &mut Store<CallState>) -> wasmtime::Result<Result<String, Failure>> {
        let context = store.data().stdin.0.clone();
        let len = self.pass(store, &context).await?;
        let call = self.func::<i32, i32>(store, &self.engine.call)?;
        match call.call_async(store.as_context_mut(), len).await? {
            0 => Ok(self.output(store)?.map_err(|message| Failure::new(FailureKind::InvalidResponse, message))),
            _ => self.complaint(store).map(Err),
        }
    }

    /// The memory once a source was loaded. Where the source made a lot, all of that is frozen as well: calls then write to fewer pages.
    pub(super) async fn image(&self, store: &mut Store<CallState>, memories: &Memories, base: &Arc<Base>) -> wasmtime::Result<Image> {
        let image = self.image_now(store, memories, base).await?;
        if !image.is_large() {
            return Ok(image);
        }
        self.freeze(store).await?;
        self.image_now(store, memories, base).await
    }

    async fn image_now(&self, store: &mut Store<CallState>, memories: &Memories, base: &Arc<Base>) -> wasmtime::Result<Image> {
        let memory = Zeroizing::new(self.used(store, memories, base).await?);
        Ok(Image::new(base.clone(), &memory))
    }

    /// The calls that were under way when this guest trapped, innermost first. The guest must not be used afterwards.
    pub(super) async fn stack(&self, store: &mut Store<CallState>) -> wasmtime::Result<String> {
        let at = self.func::<(), i32>(store, &self.engine.stack)?.call_async(store.as_context_mut(), ()).await? as u32 as usize;
        let written = self.memory.data(&*store).get(at..).and_then(<[u8]>::split_first_chunk);
        let (len, text) = written.ok_or(wasmtime::Trap::MemoryOutOfBounds)?;
        let text = text.get(..u32::from_le_bytes(*len) as usize).ok_or(wasmtime::Trap::MemoryOutOfBounds)?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// The memory's content: the part that the engine says is in use, but at least the length of the base that it began with. The rest is zeros.
    pub(super) async fn used(&self, store: &mut Store<CallState>, memories: &Memories, base: &Base) -> wasmtime::Result<Vec<u8>> {
        let pages = self.func::<(), i32>(store, &self.engine.pages)?.call_async(store.as_context_mut(), ()).await?;
        let used = self.memory.data(&*store).get(..base.len().max(pages as u32 as usize * WASM_PAGE));
        Ok(memories.copy(used.ok_or(wasmtime::Trap::MemoryOutOfBounds)?, base))
    }

    fn exchange_field(&self, store: &Store<CallState>, field: Exchange) -> wasmtime::Result<usize> {
        let at = self.exchange.saturating_add(field as usize * 4);
        let field = self.memory.data(store).get(at..at.saturating_add(4)).and_then(|bytes| bytes.try_into().ok());
        Ok(u32::from_le_bytes(field.ok_or(wasmtime::Trap::MemoryOutOfBounds)?) as usize)
    }

    /// Copies bytes to where the engine reads its input. Returns their number.
    async fn pass(&self, store: &mut Store<CallState>, bytes: &[u8]) -> wasmtime::Result<i32> {
        let len = i32::try_from(bytes.len())?;
        let from = if bytes.len() <= self.exchange_field(store, Exchange::Room)? {
            self.exchange_field(store, Exchange::Input)?
        } else {
            self.func::<i32, i32>(store, &self.engine.alloc)?.call_async(store.as_context_mut(), len).await? as u32 as usize
        };
        let room = self.memory.data_mut(store).get_mut(from..from.saturating_add(bytes.len()));
        room.ok_or(wasmtime::Trap::MemoryOutOfBounds)?.copy_from_slice(bytes);
        Ok(len)
    }

    fn output_bytes<'s>(&self, store: &'s Store<CallState>) -> wasmtime::Result<&'s [u8]> {
        let (at, len) = (self.exchange_field(store, Exchange::Output)?, self.exchange_field(store, Exchange::OutputLen)?);
        Ok(self.memory.data(store).get(at..at.saturating_add(len)).ok_or(wasmtime::Trap::MemoryOutOfBounds)?)
    }

    fn output(&self, store: &Store<CallState>) -> wasmtime::Result<Result<String, String>> {
        let (bytes, limit) = (self.output_bytes(store)?, store.data().result_limit);
        if bytes.len() > limit {
            return Ok(Err(format!("the response has {} bytes, more than {limit}", bytes.len())));
        }
        Ok(String::from_utf8(bytes.to_vec()).map_err(|_| "the response is not valid UTF-8".to_owned()))
    }

    fn complaint(&self, store: &Store<CallState>) -> wasmtime::Result<Failure> {
        let text = self.output(store)?;
        let complaint = text.and_then(|text| serde_json::from_str::<Complaint>(&text).map_err(|error| error.to_string()));
        Ok(complaint
            .map_or_else(|error| Failure::new(FailureKind::Host, format!("the engine's complaint is unreadable: {error}")), Into::into))
    }
}
