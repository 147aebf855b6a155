//! Checks a function's imports by name before it is compiled, so that the author reads which import is refused.

use wasmparser::{Parser, Payload};

use super::error::AdmissionError;
use crate::FunctionKind;
use crate::host::PREVIEW1;

/// Refuses a function that imports from anywhere but the world `hookbox:hook` or WASI.
pub(super) fn check(kind: FunctionKind, function: &[u8]) -> Result<(), AdmissionError> {
    let malformed = |error| AdmissionError::Rejected(format!("does not parse: {error}"));
    let mut depth = 0u32;
    for payload in Parser::new(0).parse_all(function) {
        match payload.map_err(malformed)? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ImportSection(section) if depth == 0 => {
                for import in section.into_imports() {
                    let import = import.map_err(malformed)?;
                    if import.module != PREVIEW1 {
                        return Err(forbidden(kind, &format!("{}::{}", import.module, import.name)));
                    }
                }
            }
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let name = import.map_err(malformed)?.name.name;
                    if !name.starts_with("hookbox:hook/") && !name.starts_with("wasi:") {
                        return Err(forbidden(kind, name));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn forbidden(kind: FunctionKind, name: &str) -> AdmissionError {
    let allowed = match kind {
        FunctionKind::Component => "`hookbox:hook` and `wasi`",
        FunctionKind::Command | FunctionKind::JavaScript => "`wasi_snapshot_preview1`",
    };
    let name: String = name.chars().take(200).collect();
    AdmissionError::Rejected(format!("imports `{name}`: a {} may import only from {allowed}", kind.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(wat: &str) -> Result<(), String> {
        let function = wat::parse_str(wat).unwrap();
        check(FunctionKind::sniff(&function).unwrap(), &function).map_err(|error| error.to_string())
    }

    #[test]
    fn names_the_forbidden_import() {
        assert!(verdict(r#"(module (import "env" "system" (func)))"#).unwrap_err().contains("`env::system`"));
        assert!(verdict(r#"(component (import "acme:net/tcp" (instance)))"#).unwrap_err().contains("`acme:net/tcp`"));
    }

    #[test]
    fn allows_ours_and_wasi_and_what_nested_modules_import_from_each_other() {
        verdict(r#"(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))))"#).unwrap();
        verdict(r#"(component (import "hookbox:hook/log@0.1.0" (instance)) (import "wasi:clocks/wall-clock@0.2.6" (instance)))"#).unwrap();
        verdict(r#"(component (core module (import "env" "x" (func))))"#).unwrap();
    }
}
