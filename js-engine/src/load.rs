//! Evaluates an author's source: as CommonJS, or, where it only parses as a module, as a module. Finds in it what is to be called.

use std::ffi::CString;

use rquickjs::{Ctx, Function, Object, Persistent, Value};

use crate::failure::Failure;
use crate::hooks::Hooks;
use crate::interpreter::Handler;
use crate::quick::{self, Kind};
use crate::run::{self, thrown};
use crate::{modules, state};

/// Among the entries, what lets a source be a server instead.
const SERVER: &str = "http.Server";
/// Two lines above the author's first, which therefore are the lines -1 and 0: line 0 itself cannot be asked for.
const BEFORE: &[u8] = b"(function (exports, require, module, __filename, __dirname) {\n\n";
const BEFORE_LINE: i32 = -1;
const AFTER: &[u8] = b"\n})";

/// What the host gives.
pub(crate) struct Source<'a> {
    pub(crate) text: &'a [u8],
    /// From the hook's folder on.
    pub(crate) path: &'a str,
    pub(crate) entries: &'a str,
    pub(crate) version: &'static str,
}

/// The function that the source exports under one of the wanted names, or its server.
pub(crate) fn load(ctx: &Ctx<'_>, hooks: &Hooks, source: &Source<'_>) -> Result<Handler, Failure> {
    let loader = hooks.loader.clone().restore(ctx).map_err(|_| thrown(ctx))?;
    let set_version: Function<'_> = loader.get("setVersion").map_err(|_| thrown(ctx))?;
    set_version.call::<_, ()>((source.version,)).map_err(|_| thrown(ctx))?;
    state::set_main(source.path);
    let begin = || loader.get::<_, Function<'_>>("begin")?.call((format!("/{}", source.path),));
    let begun: Object<'_> = begin().map_err(|_: rquickjs::Error| thrown(ctx))?;
    let (form, exports) = match compile_common(ctx, source) {
        Ok(wrapper) => (Form::Common, evaluate_common(ctx, hooks, &begun, &wrapper, source.path)?),
        Err(failure) => {
            let module = compile_module(ctx, source, failure)?;
            (Form::Module, evaluate_module(ctx, hooks, module, source)?)
        }
    };
    let (names, may_serve) = match source.entries.strip_suffix(SERVER) {
        Some(names) => (names.trim_end_matches(','), true),
        None => (source.entries, false),
    };
    if let Some(function) = named(&exports, names) {
        return Ok(Handler { function: Persistent::save(ctx, function), serves: false });
    }
    if may_serve && let Some(function) = server(ctx, hooks, &loader, &exports)? {
        return Ok(Handler { function: Persistent::save(ctx, function), serves: true });
    }
    let default = exports.get::<_, Value<'_>>("default").ok().and_then(Value::into_function);
    let function = default.ok_or_else(|| missing(ctx, &exports, first(names), form, may_serve))?;
    Ok(Handler { function: Persistent::save(ctx, function), serves: false })
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

fn compile_common<'js>(ctx: &Ctx<'js>, source: &Source<'_>) -> Result<Function<'js>, Failure> {
    let (comment, rest) = without_hashbang(source.text);
    let zero = || Failure::new("syntax", "SyntaxError: the source contains a zero byte");
    let text = zero_terminated(&[BEFORE, comment, rest, AFTER]).ok_or_else(zero)?;
    let path = zero_terminated(&[source.path.as_bytes()]).ok_or_else(zero)?;
    let wrapper = quick::evaluate(ctx, &text, &path, BEFORE_LINE, Kind::Script, false)
        .map_err(|_| thrown(ctx).within(&String::from_utf8_lossy(rest)))?;
    wrapper.into_function().ok_or_else(|| Failure::new("syntax", "SyntaxError: the source closes a brace that it did not open"))
}

fn evaluate_common<'js>(
    ctx: &Ctx<'js>,
    hooks: &Hooks,
    begun: &Object<'js>,
    wrapper: &Function<'js>,
    path: &str,
) -> Result<Object<'js>, Failure> {
    let evaluate = || {
        let module: Object<'js> = begun.get("module")?;
        let exports: Object<'js> = module.get("exports")?;
        let (require, folder): (Function<'js>, Value<'js>) = (begun.get("require")?, begun.get("folder")?);
        let arguments = (rquickjs::function::This(exports.clone()), exports, require, module.clone(), format!("/{path}"), folder);
        wrapper.call::<_, Value<'js>>(arguments)?;
        module.set("loaded", true)?;
        Ok(module)
    };
    let module: Object<'js> = evaluate().map_err(|_: rquickjs::Error| thrown(ctx).at_run_time())?;
    drained(ctx, hooks)?;
    let exports: Value<'js> = module.get("exports").map_err(|_| thrown(ctx))?;
    exports.into_object().ok_or_else(|| Failure::new("no_handler", "module.exports is not an object"))
}

/// Runs what the top level has left to be run at once.
fn drained(ctx: &Ctx<'_>, hooks: &Hooks) -> Result<(), Failure> {
    run::drain(ctx, hooks, None).and_then(|()| run::check_rejections(ctx, hooks, None)).map_err(Failure::at_run_time)
}

/// A source that is no script may be a module, if it imports or exports something. When it is neither, the failure that was
/// met further down in it is the one to report.
fn compile_module<'js>(ctx: &Ctx<'js>, source: &Source<'_>, as_script: Failure) -> Result<Value<'js>, Failure> {
    let has = |word: &[u8]| source.text.windows(word.len()).any(|window| window == word);
    if !has(b"import") && !has(b"export") {
        return Err(as_script);
    }
    let (comment, rest) = without_hashbang(source.text);
    let (Some(text), Some(path)) = (zero_terminated(&[comment, rest]), zero_terminated(&[source.path.as_bytes()])) else {
        return Err(as_script);
    };
    quick::evaluate(ctx, &text, &path, 1, Kind::Module, true).map_err(|_| {
        let text = String::from_utf8_lossy(rest);
        let as_module = thrown(ctx).within(&text).of_import(&text);
        if as_module.position() > as_script.position() || !as_module.is_syntax() { as_module } else { as_script }
    })
}

fn evaluate_module<'js>(ctx: &Ctx<'js>, hooks: &Hooks, module: Value<'js>, source: &Source<'_>) -> Result<Object<'js>, Failure> {
    let failed = |failure: Failure| failure.at_run_time().in_module().of_import(&String::from_utf8_lossy(source.text));
    modules::set_meta(ctx, quick::definition(&module), &format!("/{}", source.path)).map_err(|_| failed(thrown(ctx)))?;
    let promise = quick::run_compiled(ctx, module.clone()).map_err(|_| failed(thrown(ctx)))?;
    run::settle(ctx, hooks, promise).map_err(failed)?;
    quick::namespace(ctx, &module).map_err(|_| thrown(ctx))
}

/// The name that messages suggest.
fn first(entries: &str) -> &str {
    entries.split(',').next().unwrap_or(entries)
}

/// The first of the entries that is a function: `exports.handler`, or `exports.default.handler`, which is what a module compiled to CommonJS
/// leaves.
fn named<'js>(exports: &Object<'js>, entries: &str) -> Option<Function<'js>> {
    let entry = |object: &Object<'js>, entry: &str| object.get::<_, Value<'js>>(entry).ok().and_then(Value::into_function);
    let function_of = |object: &Object<'js>| entries.split(',').find_map(|name| entry(object, name));
    let default = || exports.get::<_, Value<'js>>("default").ok().and_then(Value::into_object);
    function_of(exports).or_else(|| function_of(&default()?))
}

/// What hands requests to the server that the source has made, if it has.
fn server<'js>(ctx: &Ctx<'js>, hooks: &Hooks, loader: &Object<'js>, exports: &Object<'js>) -> Result<Option<Function<'js>>, Failure> {
    let ask = || loader.get::<_, Function<'js>>("isServer")?.call::<_, bool>((exports.clone(),));
    if !ask().map_err(|_| thrown(ctx).at_run_time())? {
        return Ok(None);
    }
    drained(ctx, hooks)?;
    loader.get("serve").map(Some).map_err(|_| thrown(ctx))
}

/// Names of exports that a message shows, at most.
const SHOWN: usize = 10;

/// What is wrong with what a source exports, and what to write.
fn missing<'js>(ctx: &Ctx<'js>, exports: &Object<'js>, entry: &str, form: Form, may_serve: bool) -> Failure {
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
    let or = if may_serve { ", or let an app listen: app.listen(3000)" } else { "" };
    Failure::new("no_handler", format!("{why}; add: {add}{or}"))
}
