//! Makes a component of the module that the linker left, and refuses what Hookbox would refuse at the upload.
//!
//! The linker turns a symbol that nobody defines into an import and says nothing. Such a module could never be instantiated,
//! so it is refused here, by the symbol's name, where its author still has the compiler at hand.

use anyhow::{Context as _, Result, bail};
use wasmparser::{Parser, Payload};
use wit_component::ComponentEncoder;

use super::kind::HookKind;

/// The only interfaces a guest of this build may import: ours, and those of WASI 0.2, which libraries bring with them.
const KNOWN: [&str; 2] = ["hookbox:hook/", "wasi:"];

fn is_known(interface: &str) -> bool {
    KNOWN.iter().any(|known| interface.starts_with(known))
}

/// What decides the shape of a module.
#[derive(Debug, Default)]
struct Surface {
    imports: Vec<(String, String)>,
    exports: Vec<String>,
    has_world: bool,
}

/// The uploadable form of a core module.
///
/// # Errors
/// An import that is neither ours nor of WASI 0.2, or neither `#[hook]` nor a command's exports.
pub(super) fn make(module: &[u8]) -> Result<(HookKind, Vec<u8>)> {
    let surface = Surface::of(module)?;
    surface.check_imports()?;
    if surface.has_world && surface.exports("handle") {
        let component = encode(module).context("the module does not fit the hook world")?;
        check_component(&component)?;
        return Ok((HookKind::Component, component));
    }
    if surface.imports.is_empty() && surface.exports("_start") && surface.exports("memory") {
        return Ok((HookKind::Command, module.to_vec()));
    }
    bail!("no function in it is the hook: put #[hookbox_guest_sdk::hook] above one")
}

impl Surface {
    fn of(module: &[u8]) -> Result<Self> {
        let mut surface = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            surface.note(payload.context("the compiler's output is not WebAssembly")?)?;
        }
        Ok(surface)
    }

    fn note(&mut self, payload: Payload<'_>) -> Result<()> {
        match payload {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    self.imports.push((import.module.to_owned(), import.name.to_owned()));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    self.exports.push(export?.name.to_owned());
                }
            }
            Payload::CustomSection(section) => self.has_world |= section.name().starts_with("component-type"),
            _ => {}
        }
        Ok(())
    }

    fn exports(&self, name: &str) -> bool {
        self.exports.iter().any(|export| export == name)
    }

    fn check_imports(&self) -> Result<()> {
        match self.imports.iter().find(|(module, _)| !is_known(module)) {
            Some((module, name)) => bail!("{}", foreign(module, name)),
            None => Ok(()),
        }
    }
}

fn foreign(module: &str, name: &str) -> String {
    let why = match module {
        "env" => "nothing defines that symbol; a C library is often expected so, and this target has none",
        wbindgen if wbindgen.starts_with("__wbindgen") => {
            "a dependency is built for a JavaScript host; look for a feature such as `js`, `wasm_js` or `wasmbind` and turn it off"
        }
        wasi if wasi.starts_with("wasi") => "a dependency expects WASI preview 1, which a component does not have",
        _ => "a hook can import the interfaces of `hookbox:hook` and of WASI 0.2 only",
    };
    format!("it imports `{name}` from `{module}`: {why}")
}

fn encode(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default().validate(true).module(module)?.encode()
}

/// The same rule once more on the result: the encoder may add an import, for a type of another interface say.
fn check_component(component: &[u8]) -> Result<()> {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let name = import?.name.name;
                    if !is_known(name) {
                        bail!("the component imports `{name}`, which Hookbox does not have");
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(module: &str) -> String {
        make(&wat::parse_str(module).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn a_missing_symbol_is_named() {
        let error = refusal(r#"(module (import "env" "strlen" (func (param i32) (result i32))))"#);
        assert!(error.contains("`strlen` from `env`") && error.contains("C library"), "{error}");
    }

    #[test]
    fn a_foreign_import_says_what_to_look_for() {
        let error = refusal(r#"(module (import "__wbindgen_placeholder__" "now" (func)))"#);
        assert!(error.contains("`now`") && error.contains("wasm_js"), "{error}");
        let error = refusal(r#"(module (import "wasi_snapshot_preview1" "fd_write" (func)))"#);
        assert!(error.contains("`fd_write`") && error.contains("WASI"), "{error}");
        let error = refusal(r#"(module (import "wasi:http/types@0.2.6" "[constructor]fields" (func (result i32))))"#);
        assert!(error.contains("#[hookbox_guest_sdk::hook]"), "the interfaces of WASI 0.2 are known: {error}");
        let error = refusal(r#"(module (import "hookbox:other/http" "get" (func)))"#);
        assert!(error.contains("hookbox:other/http"), "{error}");
    }

    #[test]
    fn a_module_without_a_hook_says_how_to_make_one() {
        let error = refusal(r#"(module (memory (export "memory") 1))"#);
        assert!(error.contains("#[hookbox_guest_sdk::hook]"), "{error}");
        let without_world = refusal(r#"(module (func (export "handle")))"#);
        assert!(without_world.contains("#[hookbox_guest_sdk::hook]"), "{without_world}");
    }

    #[test]
    fn a_command_that_imports_nothing_stays_as_it_is() {
        let module = wat::parse_str(r#"(module (memory (export "memory") 1) (func (export "_start")))"#).unwrap();
        assert_eq!(make(&module).unwrap(), (HookKind::Command, module));
    }

    #[test]
    fn what_is_not_webassembly_is_refused() {
        let error = make(b"#!/bin/sh").unwrap_err().to_string();
        assert!(error.contains("not WebAssembly"), "{error}");
    }
}
