//! Rewrites the built engine into the module that runs: it defines its memory, and has no data segments and no start function.
//!
//! An instance of the engine gets a memory with content ([`crate::memory`]), so its data segments must not be applied again. The built module
//! imports its memory, for which its linker added a start function that would zero that content. The removed segments are the first content:
//! the memory before anything has run.

use wasm_encoder::{EntityType, ImportSection, MemorySection, MemoryType, Module, RawSection};
use wasmparser::{DataKind, ImportSectionReader, Operator, Parser, Payload, TypeRef};

use crate::host::JAVASCRIPT;

/// The two parts of the built engine.
pub(crate) struct EngineModule {
    /// The module that is compiled and run.
    pub(crate) code: Vec<u8>,
    /// The content of its first instance's memory.
    pub(crate) memory: Vec<u8>,
}

/// The built engine does not meet the conditions for images. This is a fault of the build, not of a hook.
#[derive(Debug, thiserror::Error)]
#[error("the JavaScript engine is not usable: {0}")]
pub(crate) struct UnfitEngine(String);

impl From<wasmparser::BinaryReaderError> for UnfitEngine {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self(error.to_string())
    }
}

const WASM_PAGE: usize = 64 << 10;

/// WebAssembly pages that every memory has beyond those that the built engine declares, so that most hooks never grow it: growing takes system
/// calls, and grown pages are given back after each execution and faulted in by the next. The engine's own start uses three quarters of them.
const EXTRA_PAGES: u64 = 48;

/// The pages that the engine's memory has at first.
fn pages(built: wasmparser::MemoryType) -> u64 {
    built.initial.saturating_add(EXTRA_PAGES).min(built.maximum.unwrap_or(u64::MAX))
}

impl EngineModule {
    /// Takes the built engine apart, and checks the conditions under which images are sound: one imported memory, at most one mutable global (the stack
    /// pointer, at rest between calls), no passive segments, and no instruction that changes a table or a segment.
    pub(crate) fn take_apart(built: &[u8]) -> Result<Self, UnfitEngine> {
        let mut code = Rebuilt::default();
        let mut memory = Vec::new();
        for payload in Parser::new(0).parse_all(built) {
            let payload = payload?;
            inspect(&payload, &mut memory)?;
            match &payload {
                Payload::StartSection { .. } | Payload::DataSection(_) | Payload::DataCountSection { .. } => {}
                Payload::ImportSection(section) => code.imports(section)?,
                other => {
                    if let Some((id, range)) = other.as_section() {
                        code.section(id, built.get(range).ok_or_else(|| UnfitEngine("a section lies outside of it".into()))?);
                    }
                }
            }
        }
        if memory.is_empty() {
            return Err(UnfitEngine("it imports no memory".into()));
        }
        Ok(Self { code: code.finish(), memory })
    }
}

/// The module under construction, which defines the memory that the built one imports.
#[derive(Default)]
struct Rebuilt {
    module: Module,
    /// The memory, until its section is written.
    memory: Option<MemoryType>,
}

/// The sections that follow that of the memories, by id: globals, exports, elements, code.
const AFTER_MEMORIES: [u8; 4] = [6, 7, 9, 10];

impl Rebuilt {
    fn imports(&mut self, section: &ImportSectionReader<'_>) -> Result<(), UnfitEngine> {
        let mut kept = ImportSection::new();
        for import in section.clone().into_imports() {
            let import = import?;
            match import.ty {
                TypeRef::Func(ty) => {
                    kept.import(import.module, import.name, EntityType::Function(ty));
                }
                TypeRef::Memory(ty) => {
                    let (minimum, maximum) = (pages(ty), ty.maximum);
                    self.memory = Some(MemoryType { minimum, maximum, memory64: false, shared: false, page_size_log2: None });
                }
                _ => return Err(UnfitEngine(format!("it imports {}::{}", import.module, import.name))),
            }
        }
        self.module.section(&kept);
        Ok(())
    }

    fn section(&mut self, id: u8, data: &[u8]) {
        if AFTER_MEMORIES.contains(&id)
            && let Some(memory) = self.memory.take()
        {
            let mut memories = MemorySection::new();
            memories.memory(memory);
            self.module.section(&memories);
        }
        self.module.section(&RawSection { id, data });
    }

    fn finish(self) -> Vec<u8> {
        self.module.finish()
    }
}

fn inspect(payload: &Payload<'_>, memory: &mut Vec<u8>) -> Result<(), UnfitEngine> {
    match payload {
        Payload::ImportSection(section) => {
            for import in section.clone().into_imports() {
                let import = import?;
                match import.ty {
                    TypeRef::Memory(ty) => memory.resize(usize::try_from(pages(ty)).unwrap_or(0) * WASM_PAGE, 0),
                    TypeRef::Func(_) if import.module == JAVASCRIPT => {}
                    _ => return Err(UnfitEngine(format!("it imports {}::{}", import.module, import.name))),
                }
            }
        }
        Payload::MemorySection(_) => return Err(UnfitEngine("it defines a memory".into())),
        Payload::GlobalSection(section) => {
            let mutable = section.clone().into_iter().filter(|global| global.as_ref().is_ok_and(|global| global.ty.mutable)).count();
            if mutable > 1 {
                return Err(UnfitEngine(format!("it has {mutable} mutable globals")));
            }
        }
        Payload::ElementSection(section) => {
            for element in section.clone() {
                if !matches!(element?.kind, wasmparser::ElementKind::Active { .. }) {
                    return Err(UnfitEngine("it has an element segment that is not active".into()));
                }
            }
        }
        Payload::DataSection(section) => {
            for segment in section.clone() {
                let segment = segment?;
                place(memory, offset(&segment.kind)?, segment.data)?;
            }
        }
        Payload::CodeSectionEntry(body) => {
            for operator in body.get_operators_reader()? {
                refuse(&operator?)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn offset(kind: &DataKind<'_>) -> Result<usize, UnfitEngine> {
    let DataKind::Active { memory_index: 0, offset_expr } = kind else {
        return Err(UnfitEngine("it has a passive data segment".into()));
    };
    match offset_expr.get_operators_reader().read()? {
        Operator::I32Const { value } => Ok(value as u32 as usize),
        _ => Err(UnfitEngine("a data segment's place is not a constant".into())),
    }
}

fn place(memory: &mut [u8], at: usize, data: &[u8]) -> Result<(), UnfitEngine> {
    let end = at.saturating_add(data.len());
    let room = memory.get_mut(at..end).ok_or_else(|| UnfitEngine("a data segment lies outside of its memory".into()))?;
    room.copy_from_slice(data);
    Ok(())
}

/// Refuses instructions with an effect outside of the memory, which an image would not contain.
fn refuse(operator: &Operator<'_>) -> Result<(), UnfitEngine> {
    match operator {
        Operator::TableSet { .. }
        | Operator::TableGrow { .. }
        | Operator::TableFill { .. }
        | Operator::TableCopy { .. }
        | Operator::TableInit { .. }
        | Operator::ElemDrop { .. }
        | Operator::MemoryInit { .. }
        | Operator::DataDrop { .. } => Err(UnfitEngine(format!("it has the instruction {operator:?}"))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apart(wat: &str) -> Result<EngineModule, String> {
        EngineModule::take_apart(&wat::parse_str(wat).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_out_data_and_start_and_keeps_the_rest() {
        let engine = apart(
            r#"(module (import "env" "memory" (memory 2)) (import "hb" "now" (func (param i32) (result f64)))
               (global $sp (mut i32) (i32.const 100)) (func $clear) (start $clear) (func (export "f") (result i32) (i32.const 7))
               (data (i32.const 10) "abc"))"#,
        )
        .unwrap();
        assert_eq!(engine.memory.len(), (2 + EXTRA_PAGES as usize) * WASM_PAGE);
        assert_eq!(&engine.memory[9..14], b"\0abc\0");
        wasmparser::validate(&engine.code).unwrap();
        let kept = wasmtime::Module::new(&wasmtime::Engine::default(), &engine.code).unwrap();
        assert!(kept.get_export("f").is_some());
        assert!(kept.imports().all(|import| import.ty().func().is_some()), "the memory is its own");
        assert!(
            !Parser::new(0)
                .parse_all(&engine.code)
                .any(|payload| matches!(payload, Ok(Payload::StartSection { .. } | Payload::DataSection(_))))
        );
    }

    #[test]
    fn refuses_what_an_image_cannot_hold() {
        let with = |more: &str| apart(&format!(r#"(module (import "env" "memory" (memory 1)) {more})"#)).map(|_| ()).unwrap_err();
        assert!(with("(global (mut i32) (i32.const 0)) (global (mut i32) (i32.const 0))").contains("mutable globals"));
        assert!(with("(data \"passive\")").contains("passive"));
        assert!(with("(table 1 funcref) (func (table.set 0 (i32.const 0) (ref.null func)))").contains("TableSet"));
        let last = (1 + EXTRA_PAGES as usize) * WASM_PAGE - 1;
        assert!(with(&format!("(data (i32.const {last}) \"ab\")")).contains("outside"));
        assert!(with("(func) (elem func 0)").contains("not active"));
        assert!(apart("(module)").map(|_| ()).unwrap_err().contains("no memory"));
        assert!(
            apart(r#"(module (import "env" "memory" (memory 1)) (import "env" "x" (func)))"#).map(|_| ()).unwrap_err().contains("env::x")
        );
    }
}
