//! Caps on the shape of a function, checked by parsing alone. A compiler's time and memory grow with what is counted here, and wasmtime makes
//! no promise about hostile input at compile time, so a function over a cap is refused before it is compiled.

use wasmparser::{BinaryReaderError, MemorySectionReader, Parser, Payload, TableSectionReader};

use super::error::AdmissionError;
use crate::engine::{TABLE_ELEMENTS, TABLES_PER_MODULE};

/// Bytes of a page of linear memory.
const PAGE: u64 = 64 << 10;

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

/// Refuses a function that is over a cap, wants a memory of more than `memory` bytes, or is not well-formed enough to be counted.
pub(super) fn check(function: &[u8], memory: usize) -> Result<(), AdmissionError> {
    let mut counts = Counts::default();
    for payload in Parser::new(0).parse_all(function) {
        let payload = payload.map_err(malformed)?;
        match &payload {
            Payload::TableSection(tables) => check_tables(tables)?,
            Payload::MemorySection(memories) => check_memories(memories, memory)?,
            _ => {}
        }
        counts.add(&payload)?;
    }
    Ok(())
}

fn malformed(error: BinaryReaderError) -> AdmissionError {
    AdmissionError::Rejected(format!("does not parse: {error}"))
}

/// A sandbox has room for so many tables, of so many elements, in each module.
fn check_tables(tables: &TableSectionReader<'_>) -> Result<(), AdmissionError> {
    over("tables in one module", u64::from(tables.count()), u64::from(TABLES_PER_MODULE))?;
    tables.clone().into_iter().try_for_each(|table| {
        let table = table.map_err(malformed)?;
        over("elements in one table", table.ty.initial, TABLE_ELEMENTS as u64)
    })
}

/// A memory begins no larger than the largest that any hook may have.
fn check_memories(memories: &MemorySectionReader<'_>, most: usize) -> Result<(), AdmissionError> {
    memories.clone().into_iter().try_for_each(|memory| {
        let memory = memory.map_err(malformed)?;
        over("pages of memory at the start", memory.initial, most as u64 / PAGE)
    })
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
                let locals = body.get_locals_reader().map_err(malformed)?;
                let mut total = 0u64;
                for local in locals {
                    let (count, _) = local.map_err(malformed)?;
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
        check(&wat::parse_str(wat).unwrap(), 64 << 20).unwrap_err().to_string()
    }

    #[test]
    fn takes_an_ordinary_module_and_refuses_what_does_not_parse() {
        check(&wat::parse_str("(module (func) (table 20000 funcref) (memory 1024))").unwrap(), 64 << 20).unwrap();
        let cut = wat::parse_str("(module (func))").unwrap();
        assert!(check(&cut[..cut.len() - 1], 0).unwrap_err().to_string().contains("does not parse"));
    }

    #[test]
    fn each_cap_is_enforced() {
        assert!(rejected(&format!("(module {})", "(func)".repeat(30_001))).contains("30001 functions"));
        assert!(rejected(&format!("(module (func (local {})))", "i32 ".repeat(5_001))).contains("locals"));
        assert!(rejected(&format!("(module (func {}))", "nop ".repeat(600_000))).contains("bytes in one function"));
        assert!(rejected(&format!("(module {})", "(global i32 (i32.const 0))".repeat(50_001))).contains("globals"));
        assert!(rejected(&format!("(component {})", "(core module)".repeat(33))).contains("nested modules"));
        assert!(rejected("(module (table 20001 funcref))").contains("20001 elements in one table, at most 20000"));
        assert!(rejected(&format!("(module {})", "(table 1 funcref)".repeat(5))).contains("5 tables in one module, at most 4"));
        assert!(rejected("(module (memory 65536))").contains("65536 pages of memory at the start, at most 1024"));
        let deep = format!("{}{}", "(component ".repeat(10), ")".repeat(10));
        assert!(rejected(&deep).contains("levels of nesting"));
    }
}
