//! Caps on the shape of a function, checked by parsing alone. A compiler's time and memory grow with what is counted here, and wasmtime makes
//! no promise about hostile input at compile time, so a function over a cap is refused before it is compiled.

use wasmparser::{Parser, Payload};

use super::error::AdmissionError;

/// Functions with a body, in all modules of a function together.
const MAX_FUNCTIONS: u32 = 30_000;
/// Locals of one function.
const MAX_LOCALS: u64 = 5_000;
/// Bytes of one function's body.
const MAX_BODY: usize = 512 << 10;
/// Core modules and components nested in one upload.
const MAX_PARTS: u32 = 32;
/// How deep components nest.
const MAX_DEPTH: usize = 8;
/// Types, imports, exports, globals, tables, memories, segments and instances, each.
const MAX_ITEMS: u32 = 50_000;

/// Refuses a function that is over a cap or is not well-formed enough to be counted.
pub(super) fn check(function: &[u8]) -> Result<(), AdmissionError> {
    let mut counts = Counts::default();
    for payload in Parser::new(0).parse_all(function) {
        let payload = payload.map_err(|error| AdmissionError::Rejected(format!("does not parse: {error}")))?;
        counts.add(&payload)?;
    }
    Ok(())
}

#[derive(Default)]
struct Counts {
    functions: u32,
    parts: u32,
    depth: usize,
}

impl Counts {
    fn add(&mut self, payload: &Payload<'_>) -> Result<(), AdmissionError> {
        match payload {
            Payload::CodeSectionStart { count, .. } => {
                self.functions = self.functions.saturating_add(*count);
                over("functions", u64::from(self.functions), u64::from(MAX_FUNCTIONS))
            }
            Payload::CodeSectionEntry(body) => {
                over("bytes in one function", body.range().len() as u64, MAX_BODY as u64)?;
                let locals = body.get_locals_reader().map_err(|error| AdmissionError::Rejected(format!("does not parse: {error}")))?;
                let mut total = 0u64;
                for local in locals {
                    let (count, _) = local.map_err(|error| AdmissionError::Rejected(format!("does not parse: {error}")))?;
                    total += u64::from(count);
                    over("locals in one function", total, MAX_LOCALS)?;
                }
                Ok(())
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                self.parts += 1;
                self.depth += 1;
                over("nested modules", u64::from(self.parts), u64::from(MAX_PARTS))?;
                over("levels of nesting", self.depth as u64, MAX_DEPTH as u64)
            }
            Payload::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
            other => items(other).map_or(Ok(()), |(what, count)| over(what, u64::from(count), u64::from(MAX_ITEMS))),
        }
    }
}

fn items(payload: &Payload<'_>) -> Option<(&'static str, u32)> {
    Some(match payload {
        Payload::TypeSection(section) => ("types", section.count()),
        Payload::ImportSection(section) => ("imports", section.count()),
        Payload::FunctionSection(section) => ("functions", section.count()),
        Payload::TableSection(section) => ("tables", section.count()),
        Payload::MemorySection(section) => ("memories", section.count()),
        Payload::GlobalSection(section) => ("globals", section.count()),
        Payload::ExportSection(section) => ("exports", section.count()),
        Payload::ElementSection(section) => ("element segments", section.count()),
        Payload::DataSection(section) => ("data segments", section.count()),
        Payload::DataCountSection { count, .. } => ("data segments", *count),
        Payload::CoreTypeSection(section) => ("core types", section.count()),
        Payload::InstanceSection(section) => ("core instances", section.count()),
        Payload::ComponentInstanceSection(section) => ("instances", section.count()),
        Payload::ComponentAliasSection(section) => ("aliases", section.count()),
        Payload::ComponentTypeSection(section) => ("component types", section.count()),
        Payload::ComponentCanonicalSection(section) => ("canonical functions", section.count()),
        Payload::ComponentImportSection(section) => ("component imports", section.count()),
        Payload::ComponentExportSection(section) => ("component exports", section.count()),
        _ => return None,
    })
}

fn over(what: &str, count: u64, limit: u64) -> Result<(), AdmissionError> {
    match count > limit {
        true => Err(AdmissionError::Rejected(format!("over the compile limits: {count} {what}, at most {limit}"))),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(wat: &str) -> String {
        check(&wat::parse_str(wat).unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn takes_an_ordinary_module_and_refuses_what_does_not_parse() {
        check(&wat::parse_str("(module (func))").unwrap()).unwrap();
        let cut = wat::parse_str("(module (func))").unwrap();
        assert!(check(&cut[..cut.len() - 1]).unwrap_err().to_string().contains("does not parse"));
    }

    #[test]
    fn each_cap_is_enforced() {
        assert!(rejected(&format!("(module {})", "(func)".repeat(30_001))).contains("30001 functions"));
        assert!(rejected(&format!("(module (func (local {})))", "i32 ".repeat(5_001))).contains("locals"));
        assert!(rejected(&format!("(module (func {}))", "nop ".repeat(600_000))).contains("bytes in one function"));
        assert!(rejected(&format!("(module {})", "(global i32 (i32.const 0))".repeat(50_001))).contains("globals"));
        assert!(rejected(&format!("(component {})", "(core module)".repeat(33))).contains("nested modules"));
        let deep = format!("{}{}", "(component ".repeat(10), ")".repeat(10));
        assert!(rejected(&deep).contains("levels of nesting"));
    }
}
