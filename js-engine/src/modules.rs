//! `import` of a built-in module: what `require` gives, with a binding for each property and `default` for the whole.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr;

use rquickjs::{Ctx, Function, Object, Persistent, Result, Value, qjs};

use crate::quick;

thread_local! {
    static REQUIRE: RefCell<Option<Persistent<Function<'static>>>> = const { RefCell::new(None) };
}

/// Makes `import` ask `require`.
pub(crate) fn install<'js>(ctx: &Ctx<'js>, require: Function<'js>) {
    REQUIRE.set(Some(Persistent::save(ctx, require)));
    // SAFETY: the functions have the signatures that QuickJS wants; it keeps no pointer of ours.
    unsafe {
        let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetModuleLoaderFunc(runtime, Some(as_it_is), Some(load), ptr::null_mut());
    }
}

fn require<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Value<'js>> {
    let require = REQUIRE.with_borrow(Clone::clone).ok_or(rquickjs::Error::Unknown)?;
    require.restore(ctx)?.call((name,))
}

/// The names that can be imported, each ending in zero.
fn names(exports: Option<&Object<'_>>) -> Vec<CString> {
    let keys = exports.into_iter().flat_map(|exports| exports.keys::<String>().flatten());
    let mut names: Vec<_> = keys.filter(|key| key != "default").filter_map(|key| CString::new(key).ok()).collect();
    names.push(c"default".to_owned());
    names
}

/// A name is not resolved against the file that has it: what is asked for is said as it was written.
unsafe extern "C" fn as_it_is(raw: *mut qjs::JSContext, _: *const c_char, name: *const c_char, _: *mut c_void) -> *mut c_char {
    // SAFETY: QuickJS calls with a living context and a name that ends in zero, and frees what it gets.
    unsafe { qjs::js_strdup(raw, name) }
}

unsafe extern "C" fn load(raw: *mut qjs::JSContext, name: *const c_char, _: *mut c_void) -> *mut qjs::JSModuleDef {
    let Some(context) = ptr::NonNull::new(raw) else { return ptr::null_mut() };
    // SAFETY: QuickJS calls with a living context and a name that ends in zero.
    let (ctx, name) = unsafe { (Ctx::from_raw(context), CStr::from_ptr(name)) };
    let Ok(exports) = require(&ctx, &name.to_string_lossy()) else { return ptr::null_mut() };
    // SAFETY: `name` and the export's names are copied by QuickJS.
    unsafe {
        let module = qjs::JS_NewCModule(raw, name.as_ptr(), Some(initialise));
        if !module.is_null() {
            for export in names(exports.as_object()) {
                qjs::JS_AddModuleExport(raw, module, export.as_ptr());
            }
        }
        module
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
        let exports = require(&ctx, &name.get::<String>()?)?;
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
