//! Evaluates an author's source: as CommonJS, or, where it only parses as a module, as a module.

use std::ffi::{CStr, CString};

use rquickjs::{Ctx, Function, Object, Persistent, Value};

use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::modules;
use crate::quick::{self, Kind};
use crate::run::{self, thrown};

const FILE: &CStr = c"hook.js";
const FILE_PATH: &str = "/hook.js";
/// Two lines above the author's first, which therefore are the lines -1 and 0: line 0 itself cannot be asked for.
const BEFORE: &[u8] = b"(function (exports, require, module, __filename, __dirname) {\n\n";
const BEFORE_LINE: i32 = -1;
const AFTER: &[u8] = b"\n})";

/// What the host gives.
pub(crate) struct Source<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) entries: &'a [u8],
    pub(crate) version: &'static str,
}

/// The function that the source exports under the wanted name.
pub(crate) fn load(ctx: &Ctx<'_>, hooks: &Hooks, source: &Source<'_>) -> Result<Persistent<Function<'static>>, Failure> {
    let entries = std::str::from_utf8(source.entries).map_err(|_| Failure::new("no_handler", "the entry's name is not UTF-8"))?;
    let loader = hooks.loader.clone().restore(ctx).map_err(|_| thrown(ctx))?;
    let set_version: Function<'_> = loader.get("setVersion").map_err(|_| thrown(ctx))?;
    set_version.call::<_, ()>((source.version,)).map_err(|_| thrown(ctx))?;
    let (form, exports) = match compile_common(ctx, source.text) {
        Ok(wrapper) => (Form::Common, evaluate_common(ctx, hooks, &loader, &wrapper)?),
        Err(failure) => {
            let module = compile_module(ctx, source.text, failure)?;
            (Form::Module, evaluate_module(ctx, hooks, module, source.text)?)
        }
    };
    find(ctx, &exports, entries).ok_or_else(|| missing(ctx, &exports, first(entries), form))
}

/// How a source says what it exports.
#[derive(Clone, Copy)]
enum Form {
    Common,
    Module,
}

fn zero_terminated(parts: &[&[u8]]) -> Option<CString> {
    CString::new(parts.concat()).ok()
}

/// A source that begins with `#!` keeps its lines and columns.
fn without_hashbang(text: &[u8]) -> (&[u8], &[u8]) {
    match text.strip_prefix(b"#!") {
        Some(rest) => (b"//", rest),
        None => (b"", text),
    }
}

fn compile_common<'js>(ctx: &Ctx<'js>, text: &[u8]) -> Result<Function<'js>, Failure> {
    let (comment, rest) = without_hashbang(text);
    let text = zero_terminated(&[BEFORE, comment, rest, AFTER])
        .ok_or_else(|| Failure::new("syntax", "SyntaxError: the source contains a zero byte"))?;
    let wrapper = quick::evaluate(ctx, &text, FILE, BEFORE_LINE, Kind::Script, false)
        .map_err(|_| thrown(ctx).within(&String::from_utf8_lossy(rest)))?;
    wrapper.into_function().ok_or_else(|| Failure::new("syntax", "SyntaxError: the source closes a brace that it did not open"))
}

fn evaluate_common<'js>(ctx: &Ctx<'js>, hooks: &Hooks, loader: &Object<'js>, wrapper: &Function<'js>) -> Result<Object<'js>, Failure> {
    let evaluate = || {
        let module: Object<'js> = loader.get::<_, Function<'js>>("newModule")?.call(())?;
        let exports: Object<'js> = module.get("exports")?;
        let require: Function<'js> = loader.get("require")?;
        let arguments = (rquickjs::function::This(exports.clone()), exports, require, module.clone(), "/hook.js", "/");
        wrapper.call::<_, Value<'js>>(arguments)?;
        module.set("loaded", true)?;
        Ok(module)
    };
    let module: Object<'js> = evaluate().map_err(|_: rquickjs::Error| thrown(ctx).at_run_time())?;
    run::drain(ctx, hooks, None).and_then(|()| run::check_rejections(ctx, hooks, None)).map_err(Failure::at_run_time)?;
    let exports: Value<'js> = module.get("exports").map_err(|_| thrown(ctx))?;
    exports.into_object().ok_or_else(|| Failure::new("no_handler", "module.exports is not an object"))
}

/// A source that is no script may be a module, if it imports or exports something. When it is neither, the failure that was
/// met further down in it is the one to report.
fn compile_module<'js>(ctx: &Ctx<'js>, text: &[u8], as_script: Failure) -> Result<Value<'js>, Failure> {
    let has = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
    if !has(b"import") && !has(b"export") {
        return Err(as_script);
    }
    let (comment, rest) = without_hashbang(text);
    let Some(text) = zero_terminated(&[comment, rest]) else { return Err(as_script) };
    quick::evaluate(ctx, &text, FILE, 1, Kind::Module, true).map_err(|_| {
        let text = String::from_utf8_lossy(rest);
        let as_module = thrown(ctx).within(&text).of_import(&text);
        if as_module.position() > as_script.position() || !as_module.is_syntax() { as_module } else { as_script }
    })
}

fn evaluate_module<'js>(ctx: &Ctx<'js>, hooks: &Hooks, module: Value<'js>, text: &[u8]) -> Result<Object<'js>, Failure> {
    let failed = |failure: Failure| failure.at_run_time().in_module().of_import(&String::from_utf8_lossy(text));
    modules::set_meta(ctx, quick::definition(&module), FILE_PATH).map_err(|_| failed(thrown(ctx)))?;
    let promise = quick::run_compiled(ctx, module.clone()).map_err(|_| failed(thrown(ctx)))?;
    run::settle(ctx, hooks, promise).map_err(failed)?;
    quick::namespace(ctx, &module).map_err(|_| thrown(ctx))
}

/// The name that messages suggest.
fn first(entries: &str) -> &str {
    entries.split(',').next().unwrap_or(entries)
}

/// The first of the entries that is a function: `exports.handler`, or `exports.default.handler`, which is what a module compiled to CommonJS
/// leaves; else a default export itself.
fn find<'js>(ctx: &Ctx<'js>, exports: &Object<'js>, entries: &str) -> Option<Persistent<Function<'static>>> {
    let named = |object: &Object<'js>, entry: &str| object.get::<_, Value<'js>>(entry).ok().and_then(Value::into_function);
    let function_of = |object: &Object<'js>| entries.split(',').find_map(|entry| named(object, entry));
    let default = || exports.get::<_, Value<'js>>("default").ok();
    let of_default = || {
        let default = default()?;
        default.as_object().and_then(function_of).or_else(|| default.into_function())
    };
    let found = function_of(exports).or_else(of_default);
    found.map(|function| Persistent::save(ctx, function))
}

/// Names of exports that a message shows, at most.
const SHOWN: usize = 10;

/// What is wrong with what a source exports, and what to write.
fn missing<'js>(ctx: &Ctx<'js>, exports: &Object<'js>, entry: &str, form: Form) -> Failure {
    let add = match form {
        Form::Common => format!("exports.{entry} = async (context) => {{ ... }}"),
        Form::Module => format!("export const {entry} = async (context) => {{ ... }}"),
    };
    let instead = exports.get::<_, Value<'js>>(entry).ok().filter(|value| !value.is_undefined());
    let names: Vec<String> = exports.keys::<String>().flatten().filter(|name| name != "default").take(SHOWN).collect();
    let why = match instead {
        Some(value) if value.is_promise() => {
            format!("what the function exports as {entry} is no function but a promise: export the function itself, without calling it")
        }
        Some(value) => format!("what the function exports as {entry} is no function but of type {}", value.type_name()),
        None if exports.is_function() => format!("the function exports no {entry}: module.exports is a function itself"),
        None if names.is_empty() => format!("the function exports no {entry}"),
        None => format!("the function exports no {entry}, only {}", names.join(", ")),
    };
    // Reading the exports may have thrown.
    drop(ctx.catch());
    Failure::new("no_handler", format!("{why}; add: {add}"))
}
