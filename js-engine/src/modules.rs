//! ES modules beside the one that a source may be: built-in modules and CommonJS files, with a binding for each property of what `require` gives
//! and `default` for the whole, and the hook's own files and packages. Where a name leads is decided in `module.js`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;

use rquickjs::{Ctx, Exception, Function, Object, Persistent, Result, Value, qjs};

use crate::files::{self, Form};
use crate::quick::{self, Promised};

unsafe extern "C" {
    fn JS_IsModuleUnderWay(ctx: *mut qjs::JSContext, module: *mut qjs::JSModuleDef) -> bool;
}

/// What is asked of `module.js`.
#[derive(Clone)]
struct Loader {
    /// Where a name leads from a file: a letter for the form and the path, or `b` and the name of a built-in module.
    resolve: Persistent<Function<'static>>,
    /// What `require` gives, by path or name of a built-in module.
    exports_of: Persistent<Function<'static>>,
    /// Fills a module's `import.meta`.
    set_meta: Persistent<Function<'static>>,
}

thread_local! {
    static LOADER: RefCell<Option<Loader>> = const { RefCell::new(None) };
    /// The forms of the files that names have led to.
    static FORMS: RefCell<BTreeMap<String, Form>> = const { RefCell::new(BTreeMap::new()) };
    /// The files that are modules and were loaded; null while one is. QuickJS keeps modules for good.
    static LOADED: RefCell<BTreeMap<String, *mut qjs::JSModuleDef>> = const { RefCell::new(BTreeMap::new()) };
}

/// Makes `import` ask the loader.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, loader: &Object<'js>) -> Result<()> {
    let function = |name: &str| loader.get::<_, Function<'js>>(name).map(|function| Persistent::save(ctx, function));
    let found = Loader { resolve: function("resolveImport")?, exports_of: function("exportsOf")?, set_meta: function("setMeta")? };
    LOADER.set(Some(found));
    // SAFETY: the functions have the signatures that QuickJS wants; it keeps no pointer of ours.
    unsafe {
        let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetModuleLoaderFunc(runtime, Some(resolve), Some(load), ptr::null_mut());
    }
    Ok(())
}

fn loader() -> Result<Loader> {
    LOADER.with_borrow(Clone::clone).ok_or(rquickjs::Error::Unknown)
}

fn exports_of<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Value<'js>> {
    loader()?.exports_of.restore(ctx)?.call((name,))
}

/// The names that can be imported, each ending in zero.
fn names(exports: Option<&Object<'_>>) -> Vec<CString> {
    let keys = exports.into_iter().flat_map(|exports| exports.keys::<String>().flatten());
    let mut names: Vec<_> = keys.filter(|key| key != "default").filter_map(|key| CString::new(key).ok()).collect();
    names.push(c"default".to_owned());
    names
}

/// The path that a name leads to from a file, or the name of a built-in module.
fn resolved(ctx: &Ctx<'_>, from: &str, name: &str) -> Result<String> {
    let answer: String = loader()?.resolve.restore(ctx)?.call((from, name))?;
    let (form, path) = answer.split_at_checked(1).ok_or(rquickjs::Error::Unknown)?;
    if let Some(form) = form.bytes().next().and_then(Form::of) {
        FORMS.with_borrow_mut(|forms| forms.insert(path.to_owned(), form));
    }
    Ok(path.to_owned())
}

unsafe extern "C" fn resolve(raw: *mut qjs::JSContext, from: *const c_char, name: *const c_char, _: *mut c_void) -> *mut c_char {
    let Some(context) = ptr::NonNull::new(raw) else { return ptr::null_mut() };
    // SAFETY: QuickJS calls with a living context and names that end in zero.
    let (ctx, from, name) = unsafe { (Ctx::from_raw(context), CStr::from_ptr(from), CStr::from_ptr(name)) };
    let path = resolved(&ctx, &from.to_string_lossy(), &name.to_string_lossy());
    match path.ok().and_then(|path| CString::new(path).ok()) {
        // SAFETY: QuickJS frees what it gets.
        Some(path) => unsafe { qjs::js_strdup(raw, path.as_ptr()) },
        None => ptr::null_mut(),
    }
}

unsafe extern "C" fn load(raw: *mut qjs::JSContext, name: *const c_char, _: *mut c_void) -> *mut qjs::JSModuleDef {
    let Some(context) = ptr::NonNull::new(raw) else { return ptr::null_mut() };
    // SAFETY: QuickJS calls with a living context and a name that ends in zero.
    let (ctx, name) = unsafe { (Ctx::from_raw(context), CStr::from_ptr(name)) };
    let path = name.to_string_lossy();
    let form = FORMS.with_borrow(|forms| forms.get(path.as_ref()).copied());
    let module = match form {
        Some(Form::Module) => definition(&ctx, &path),
        _ => exports_of(&ctx, &path).and_then(|exports| synthetic(&ctx, name, &exports)),
    };
    module.unwrap_or(ptr::null_mut())
}

/// A module that exports the properties of a value.
fn synthetic<'js>(ctx: &Ctx<'js>, name: &CStr, exports: &Value<'js>) -> Result<*mut qjs::JSModuleDef> {
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: `name` and the exports' names are copied by QuickJS.
    unsafe {
        let module = qjs::JS_NewCModule(raw, name.as_ptr(), Some(initialise));
        if module.is_null() {
            return Err(rquickjs::Error::Exception);
        }
        for export in names(exports.as_object()) {
            qjs::JS_AddModuleExport(raw, module, export.as_ptr());
        }
        Ok(module)
    }
}

unsafe extern "C" fn initialise(raw: *mut qjs::JSContext, module: *mut qjs::JSModuleDef) -> c_int {
    let Some(context) = ptr::NonNull::new(raw) else { return -1 };
    // SAFETY: QuickJS calls with a living context, and with a module that `load` made.
    let ctx = unsafe { Ctx::from_raw(context) };
    // SAFETY: as above; the atom is turned into a value and freed.
    let name = unsafe {
        let atom = qjs::JS_GetModuleName(raw, module);
        let name = Value::from_raw(ctx.clone(), qjs::JS_AtomToValue(raw, atom));
        qjs::JS_FreeAtom(raw, atom);
        name
    };
    let fill = || -> Result<()> {
        let exports = exports_of(&ctx, &name.get::<String>()?)?;
        for export in names(exports.as_object()) {
            let value = match exports.as_object() {
                Some(object) if export.as_c_str() != c"default" => object.get(export.to_string_lossy().as_ref())?,
                _ => exports.clone(),
            };
            // SAFETY: the module takes the reference that it is given.
            unsafe { qjs::JS_SetModuleExport(raw, module, export.as_ptr(), quick::owned(&value)) };
        }
        Ok(())
    };
    if fill().is_ok() { 0 } else { -1 }
}

/// The module that a file is. Nothing of it has run if it is loaded now.
fn definition(ctx: &Ctx<'_>, path: &str) -> Result<*mut qjs::JSModuleDef> {
    match LOADED.with_borrow(|loaded| loaded.get(path).copied()) {
        Some(module) if module.is_null() => return Err(in_a_circle(ctx, path)),
        Some(module) => return Ok(module),
        None => {}
    }
    // What it imports may be loaded with it, and ask for it.
    LOADED.with_borrow_mut(|loaded| loaded.insert(path.to_owned(), ptr::null_mut()));
    let made = files::read(ctx, path).and_then(|file| file.module(ctx, path)).and_then(|code| {
        let module = quick::definition(&code);
        set_meta(ctx, module, path).map(|()| module)
    });
    LOADED.with_borrow_mut(|loaded| match &made {
        Ok(module) => loaded.insert(path.to_owned(), *module),
        Err(_) => loaded.remove(path),
    });
    made
}

fn in_a_circle(ctx: &Ctx<'_>, path: &str) -> rquickjs::Error {
    failed(ctx, "ERR_REQUIRE_CYCLE_MODULE", &format!("Cannot require() ES Module {path} in a cycle."))
}

/// Has what a module imports be found, whatever it is called, from here on: for compiling modules that nobody will run.
pub(crate) fn import_anything(ctx: &Ctx<'_>) {
    // SAFETY: as in `install`.
    unsafe {
        let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetModuleLoaderFunc(runtime, Some(as_it_is), Some(empty), ptr::null_mut());
    }
}

unsafe extern "C" fn as_it_is(raw: *mut qjs::JSContext, _: *const c_char, name: *const c_char, _: *mut c_void) -> *mut c_char {
    // SAFETY: QuickJS calls with a living context and a name that ends in zero, and frees what it gets.
    unsafe { qjs::js_strdup(raw, name) }
}

unsafe extern "C" fn empty(raw: *mut qjs::JSContext, name: *const c_char, _: *mut c_void) -> *mut qjs::JSModuleDef {
    // SAFETY: as above; the name is copied.
    unsafe { qjs::JS_NewCModule(raw, name, None) }
}

/// Fills `import.meta` of a module.
pub(crate) fn set_meta(ctx: &Ctx<'_>, module: *mut qjs::JSModuleDef, path: &str) -> Result<()> {
    // SAFETY: the module lives as long as its context; the value is owned here.
    let meta = unsafe { Value::from_raw(ctx.clone(), qjs::JS_GetImportMeta(ctx.as_raw().as_ptr(), module)) };
    loader()?.set_meta.restore(ctx)?.call((meta, path))
}

/// Evaluates a file that is a module, unless that was done, for `require`. Returns its namespace.
pub(crate) fn evaluate<'js>(ctx: Ctx<'js>, path: String) -> Result<Object<'js>> {
    let raw = ctx.as_raw().as_ptr();
    let module = definition(&ctx, &path)?;
    // SAFETY: the module lives as long as its context.
    if unsafe { JS_IsModuleUnderWay(raw, module) } {
        return Err(in_a_circle(&ctx, &path));
    }
    let value = quick::module_value(&ctx, module);
    // SAFETY: the value is a module of this context.
    if unsafe { qjs::JS_ResolveModule(raw, value.as_raw()) } < 0 {
        return Err(rquickjs::Error::Exception);
    }
    let promise = quick::run_compiled(&ctx, value.clone())?;
    match quick::promised(&promise) {
        Promised::Fulfilled => quick::namespace(&ctx, &value),
        Promised::Rejected => {
            crate::rejections::forget(&ctx, &promise);
            Err(ctx.throw(quick::promise_result(&promise)))
        }
        Promised::Pending => {
            let message = format!("require() cannot be used on an ESM graph with top-level await. Use import() instead. ({path})");
            Err(failed(&ctx, "ERR_REQUIRE_ASYNC_MODULE", &message))
        }
    }
}

fn failed(ctx: &Ctx<'_>, code: &str, message: &str) -> rquickjs::Error {
    match Exception::from_message(ctx.clone(), message) {
        Ok(error) => {
            // An error without its code says the same.
            let _unmarked = error.as_object().set("code", code);
            error.throw()
        }
        Err(error) => error,
    }
}
