//! The one WebAssembly module that runs every JavaScript hook: QuickJS, the globals and modules that Node's authors expect,
//! and the exports through which a host drives them.
//!
//! The module imports its memory. A host boots it, lets it evaluate a hook's source, and saves that memory; an execution is
//! the same code on a copy of it. So nothing here may keep state anywhere but in linear memory, and whatever a hook learns
//! of the world (clock, randomness, env vars, I/O) goes through the imports in `host`, where the host sees that it was asked.
//! Limits are the host's as well: nothing here counts time, fuel or bytes.
//!
//! The exports, in the order in which a host calls them. Offsets and lengths are u32, passed as i32.
//!
//! | export | what it does |
//! |---|---|
//! | `hb_boot()` | makes the interpreter and its globals; calls no import |
//! | `hb_learn(len)` | keeps the JSON at the start of the input buffer, so that contexts with its keys are read faster |
//! | `hb_freeze()` | what there is by now stays: it is neither counted, freed nor looked through for garbage any more. Before the first source is loaded, and again after a large one |
//! | `hb_exchange` | a global: the address of where the input goes and the output is, see `exchange` |
//! | `hb_alloc(len) -> ptr` | the input buffer, at least `len` bytes long; needed for long inputs only |
//! | `hb_load(source_len, entry_len, node_major) -> i32` | evaluates the source at the start of the input buffer, followed there by the names of the exported functions of which the first that there is is called, with commas between, a zero byte and the source's path; `http.Server` among the names lets the source be a server. 0 with `true` as output where it is one, else `false`; 1 with an error |
//! | `hb_compile(len) -> i32` | compiles a file that a hook is made of: a letter for its form, its path, a zero byte and its text, at the start of the input buffer; 0 with its code as output, or 1 with an error. The memory is not to be used for anything else afterwards |
//! | `hb_call(len) -> i32` | calls that function with the JSON at the start of the input buffer, or hands a server a request that has this as its body and the head that `invocation` tells; 0 with the result's JSON as output, or 1 with an error |
//! | `hb_pages() -> i32` | how many pages an image taken now has to have; above them is nothing |
//! | `hb_stack() -> ptr` | only after a trap, and nothing may be called after it: the calls that were under way, see `stack` |
//!
//! An error is `{"kind", "message", "stack", "place"}`; `failure` lists the kinds.

mod address;
mod allocators;
mod ascii;
mod async_context;
mod brotli;
mod bytes;
mod collate;
mod console;
mod dates;
mod engine;
mod exchange;
mod failure;
mod files;
mod heap;
mod held;
mod hooks;
mod host;
mod inspect;
mod interpreter;
mod json;
mod kinds;
mod lines;
mod load;
mod modules;
mod natives;
mod nursery;
mod plain;
mod quick;
mod rehearsal;
mod rejections;
mod run;
mod stack;
mod state;
mod text;
mod version;
mod zlib;

/// Makes the interpreter. A memory image taken from here on serves any hook.
#[unsafe(no_mangle)]
pub extern "C" fn hb_boot() {
    engine::boot();
}

/// Room for `len` bytes of input, and a zero byte behind them.
#[unsafe(no_mangle)]
pub extern "C" fn hb_alloc(len: u32) -> *mut u8 {
    exchange::make_room(len as usize)
}

/// Evaluates the author's source.
#[unsafe(no_mangle)]
pub extern "C" fn hb_load(source_len: u32, entry_len: u32, node_major: u32) -> i32 {
    engine::load(source_len as usize, entry_len as usize, node_major)
}

/// Compiles a file that a hook is made of.
#[unsafe(no_mangle)]
pub extern "C" fn hb_compile(len: u32) -> i32 {
    engine::compile(len as usize)
}

/// Calls the function that `hb_load` found.
#[unsafe(no_mangle)]
pub extern "C" fn hb_call(len: u32) -> i32 {
    engine::call(len as usize)
}

/// Makes contexts of this form faster to read. Part of the base: no hook was loaded yet.
#[unsafe(no_mangle)]
pub extern "C" fn hb_learn(len: u32) {
    engine::learn(len as usize);
}

/// What there is by now stays. Before the first source is loaded, where it is all hooks', and again after a large one.
#[unsafe(no_mangle)]
pub extern "C" fn hb_freeze() {
    engine::freeze();
}

/// How many pages of 64 KiB an image taken now has to have. What lies above is unused and zero, and need not be saved.
#[unsafe(no_mangle)]
pub extern "C" fn hb_pages() -> u32 {
    u32::try_from(engine::pages()).unwrap_or(u32::MAX)
}

/// Writes down the calls that were under way when this instance trapped. It cannot be used for anything else afterwards.
#[unsafe(no_mangle)]
pub extern "C" fn hb_stack() -> *const u8 {
    stack::write()
}
