//! The interpreter's lifecycle: it is made once, loads an author's source once, and is called once per execution.

use std::ffi::CStr;

use rquickjs::{Context, Ctx, Function, Object, Persistent, Runtime, TypedArray, Value};

use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::interpreter::Engine;
use crate::nursery::Nursery;
use crate::plain::Plain;
use crate::quick::{self, Kind};
use crate::{
    allocators, async_context, exchange, files, heap, host, json, lines, load, modules, natives, rehearsal, rejections, run, stack, state,
    version,
};

/// The globals and modules, bundled from `node/` when the engine is built. It ends in a zero byte. It is not constant: once
/// evaluated, its memory is given to the heap, so that no image carries its text.
static mut PRELUDE: [u8; include_bytes!(env!("HOOKBOX_PRELUDE")).len()] = *include_bytes!(env!("HOOKBOX_PRELUDE"));

/// How deep QuickJS may use the stack of 4.25 MiB, which lies at the bottom of memory; the rest is for what it calls. Some 9,500 plain
/// functions that call each other fit, and 3,000 with a callback between, which is what authors are used to. What nobody calls costs
/// nothing: the pages are never written. Compiled code has a stack of its own besides, which takes twice as much, and the parser of
/// nested source text up to sixteen times. A host that has less gets its trap for an exhausted call stack before the author gets a
/// RangeError.
const STACK: usize = 4096 * 1024;
/// The garbage collector looks for cycles only after this much was allocated: an execution seldom lives that long.
const GC_AFTER: usize = 1024 * 1024;

/// Makes the interpreter. A failure is a defect of the build: it traps, and the output says why.
pub(crate) fn boot() {
    if let Err(failure) = try_boot() {
        exchange::set_output(failure.to_json().as_bytes());
        core::arch::wasm32::unreachable()
    }
}

fn try_boot() -> Result<(), Failure> {
    let code = compile_prelude()?;
    // SAFETY: the interpreter that compiled is gone, and nothing else has been made yet.
    unsafe { heap::reset() };
    let (runtime, context) = interpreter()?;
    let hooks = context.with(|ctx| run_prelude(&ctx, code).map_err(|_| Failure::caught(&ctx)))?;
    rejections::track(&runtime);
    context.with(|ctx| stack::watch(&ctx));
    let remains = context.with(|ctx| rehearsal::rehearse(&ctx, &hooks))?;
    runtime.run_gc();
    let (to_load, to_call) = (Nursery::reserve(48 * 1024, 32 * 1024), Nursery::reserve(32 * 1024, 16 * 1024));
    state::set_engine(Engine { context, hooks, handler: None, to_load, to_call, learned: remains.into() });
    host::booted();
    rest(&runtime);
    Ok(())
}

fn interpreter() -> Result<(Runtime, Context), Failure> {
    let lacking = |_| Failure::new("out_of_memory", "there is no memory for an interpreter");
    let runtime = Runtime::new_with_alloc(allocators::ForQuickJs).map_err(lacking)?;
    runtime.set_max_stack_size(STACK);
    runtime.set_gc_threshold(GC_AFTER);
    let context = Context::full(&runtime).map_err(lacking)?;
    Ok((runtime, context))
}

/// # Safety
/// There may be only one borrow of it at a time, and none once it was given to the heap.
unsafe fn prelude() -> &'static mut [u8] {
    let prelude = &raw mut PRELUDE;
    // SAFETY: the caller guarantees that there is no other reference.
    unsafe { &mut *prelude }
}

/// Replaces the prelude's text by its code, and says how long that is. Compiling leaves a heap full of holes, so it is done in
/// an interpreter of its own, whose heap is forgotten.
fn compile_prelude() -> Result<usize, Failure> {
    let (_runtime, context) = interpreter()?;
    context.with(|ctx| {
        let compile = || {
            // SAFETY: only this function and `run_prelude` take it, one after the other.
            let prelude = unsafe { prelude() };
            let text = CStr::from_bytes_with_nul(prelude).map_err(|_| rquickjs::Error::Unknown)?;
            let compiled = quick::evaluate(&ctx, text, c"node:internal", 1, Kind::Script, true)?;
            quick::serialise(&ctx, &compiled, prelude)
        };
        compile().map_err(|_| Failure::caught(&ctx))
    })
}

fn run_prelude(ctx: &Ctx<'_>, code: usize) -> rquickjs::Result<Hooks> {
    // SAFETY: as in `compile_prelude`.
    let prelude = unsafe { prelude() };
    let compiled = quick::deserialise(ctx, prelude.get(..code).unwrap_or_default())?;
    let main = quick::run_compiled(ctx, compiled)?.into_function().ok_or(rquickjs::Error::Unknown)?;
    // SAFETY: the code was read, and is not read again.
    unsafe { heap::donate(prelude.as_mut_ptr(), prelude.len()) };
    let hooks: Object<'_> = main.call((natives::object(ctx)?,))?;
    let loader: Object<'_> = hooks.get("loader")?;
    modules::install(ctx, &loader)?;
    let function = |name: &str| hooks.get::<_, Function<'_>>(name).map(|function| Persistent::save(ctx, function));
    Ok(Hooks {
        ticks: function("ticks")?,
        turn: function("turn")?,
        uncaught: function("uncaught")?,
        loader: Persistent::save(ctx, loader),
        invocation: Persistent::save(ctx, hooks.get::<_, Object<'_>>("invocation")?),
        callback: function("callback")?,
        answer: function("answer")?,
        ignored: function("ignored")?,
        promise_in: function("promiseIn")?,
    })
}

/// How many pages the image has to have. What calls before this one left in their own frames is gone then, too.
pub(crate) fn pages() -> usize {
    scrub_stack();
    heap::trim()
}

/// Prepares memory for the smallest possible image.
fn rest(runtime: &Runtime) {
    exchange::clear();
    runtime.set_gc_threshold(usize::try_from(runtime.memory_usage().malloc_size).unwrap_or(0) + GC_AFTER);
    heap::scrub();
    scrub_stack();
}

/// Zeroes the part of the stack that is not in use: from the bottom of memory to a little below this function's own frame.
#[inline(never)]
fn scrub_stack() {
    const OWN_FRAME: usize = 512;
    const LOWEST: usize = 16;
    let here = 0_u8;
    let length = (&raw const here as usize).saturating_sub(OWN_FRAME + LOWEST);
    // SAFETY: the stack grows down to the bottom of memory, so what lies below the frame is free.
    unsafe { heap::zero(std::hint::black_box(LOWEST), length) };
}

/// Finishes a call from the host: its output is the text or the failure.
fn answer(outcome: Result<(), Failure>) -> i32 {
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            exchange::set_output(failure.to_json().as_bytes());
            1
        }
    }
}

/// Evaluates the author's source.
pub(crate) fn load(source_len: usize, entry_len: usize, node_major: u32) -> i32 {
    state::begin_run(true);
    quick::set_node_major(node_major);
    let outcome = exchange::with_input(source_len + entry_len, |input| {
        let (source, behind) = input.split_at_checked(source_len)?;
        let (entries, path) = std::str::from_utf8(behind.get(..entry_len)?).ok()?.split_once('\0')?;
        state::with_engine(|engine| {
            if let Some(nursery) = engine.to_load.take() {
                nursery.enter(true);
            }
            let found = engine.context.with(|ctx| {
                async_context::clear(&ctx);
                let source = load::Source { text: source, path, entries, version: version::of_major(node_major) };
                load::load(&ctx, &engine.hooks, &source)
            });
            rejections::clear();
            lines::finish();
            found.map(|handler| {
                exchange::set_output(if handler.serves { b"true" } else { b"false" });
                engine.handler = Some(handler);
            })
        })
    });
    if let Some(Ok(())) = outcome {
        state::with_engine(|engine| {
            // A small source leaves too little garbage to be worth a collection.
            if !Nursery::leave() {
                engine.context.runtime().run_gc();
            }
            rest(engine.context.runtime());
        });
    }
    answer(outcome.unwrap_or_else(|| Err(Failure::new("exception", "the engine was not booted"))))
}

/// Compiles a file for a hook that finds it compiled: a letter for its form, its path, a zero byte and its text.
pub(crate) fn compile(len: usize) -> i32 {
    state::begin_run(true);
    let compiled = |input: &[u8]| {
        let (form, rest) = input.split_first()?;
        let (path, text) = rest.split_at_checked(rest.iter().position(|byte| *byte == 0)?)?;
        let (form, path) = (files::Form::of(*form)?, std::str::from_utf8(path).ok()?);
        // Between two zero bytes, of which the last is the input's own.
        let text = text.get(1..)?.strip_suffix(&[0])?;
        state::with_engine(|engine| {
            engine.context.with(|ctx| {
                modules::import_anything(&ctx);
                files::compiled(&ctx, form, path, text).map_err(|_| Failure::caught(&ctx))
            })
        })
    };
    let code = exchange::with_input(len, compiled);
    let code = code.unwrap_or_else(|| Err(Failure::new("exception", "there is nothing to compile")));
    answer(code.map(|code| exchange::set_output(&code)))
}

/// Keeps a value in the form of contexts. Its names and shapes are then found, instead of made, when contexts are read.
pub(crate) fn learn(len: usize) {
    let learn = |input: &[u8]| {
        state::with_engine(|engine| {
            let sample = engine.context.with(|ctx| json::read(&ctx, input).map(|sample| Persistent::save(&ctx, sample)));
            engine.learned.extend(sample);
        })
    };
    exchange::with_input(len, learn);
    state::with_engine(|engine| rest(engine.context.runtime()));
}

/// Ends a part of memory that stays as it is: what all hooks share, or what a large source made.
pub(crate) fn freeze() {
    state::with_engine(|engine| {
        engine.context.runtime().run_gc();
        engine.context.with(|ctx| quick::freeze(&ctx));
        rest(engine.context.runtime());
    });
}

/// Calls the author's function.
pub(crate) fn call(len: usize) -> i32 {
    state::begin_run(false);
    rejections::clear();
    let outcome = exchange::with_input(len, |input| {
        state::with_engine(|engine| {
            let handler = engine.handler.clone()?;
            if let Some(nursery) = engine.to_call.take() {
                nursery.enter(false);
            }
            Some(engine.context.with(|ctx| {
                async_context::clear(&ctx);
                state::keep([None; 2]).into_iter().flatten().for_each(|value| Plain(ctx.as_raw().as_ptr()).free(value));
                let context = if handler.serves { body(&ctx, input)? } else { read_context(&ctx, input)? };
                let kept = quick::owned(&context);
                let result = run::call(&ctx, &engine.hooks, handler.function, context);
                state::keep([Some(kept), result.as_ref().ok().map(quick::owned)]);
                let result = result.map_err(|failure| if handler.serves { failure.of_server() } else { failure });
                write_result(&ctx, &engine.hooks, &result?)
            }))
        })
    });
    lines::finish();
    let outcome = outcome.flatten();
    answer(outcome.unwrap_or_else(|| Err(Failure::new("no_handler", "nothing was loaded"))).map_err(Failure::at_run_time))
}

fn read_context<'js>(ctx: &Ctx<'js>, text: &[u8]) -> Result<Value<'js>, Failure> {
    json::read(ctx, text).map_or_else(|| quick::parse_json(ctx, text).map_err(|_| run::thrown(ctx)), Ok)
}

/// The input as it is, without the zero byte behind it.
fn body<'js>(ctx: &Ctx<'js>, input: &[u8]) -> Result<Value<'js>, Failure> {
    let body = input.split_last().map(|(_, body)| body).unwrap_or_default();
    TypedArray::<u8>::new_copy(ctx.clone(), body).map(TypedArray::into_value).map_err(|_| run::thrown(ctx))
}

/// The warning for a function that returns nothing.
const NOTHING: &[u8] =
    b"the function returned nothing, which denies: return { success: true, user: { ... } } to allow, or { success: false } to deny";

/// A promise in a result becomes `{}`, which is never what was meant.
fn warn_of_promise<'js>(ctx: &Ctx<'js>, hooks: &Hooks, result: &Value<'js>) {
    let find = || hooks.promise_in.clone().restore(ctx)?.call::<_, Option<String>>((result.clone(),));
    match find() {
        Ok(Some(place)) => {
            let warning = format!("the result holds a promise at `{place}`, of which nothing is left in JSON: `await` it first");
            host::log(host::WARN, warning.as_bytes());
        }
        Ok(None) => {}
        Err(_) => drop(ctx.catch()),
    }
}

/// The result's JSON becomes the output. Getters and `toJSON` are the author's code, and run.
fn write_result<'js>(ctx: &Ctx<'js>, hooks: &Hooks, result: &Value<'js>) -> Result<(), Failure> {
    if exchange::write_output(|output| json::write(result, output)) {
        return Ok(());
    }
    if result.is_undefined() {
        host::log(host::WARN, NOTHING);
    } else {
        warn_of_promise(ctx, hooks, result);
    }
    let invalid = || {
        if let Some(code) = state::exit_code() {
            return run::exited(code);
        }
        Failure::caught(ctx).into_invalid_response()
    };
    let json = quick::to_json(ctx, result).map_err(|_| invalid())?;
    if json.is_undefined() {
        exchange::set_output(b"null");
        return Ok(());
    }
    quick::with_utf8(&json, exchange::set_output).map_err(|_| invalid())
}
