//! Refuses a build of the engine that would not run rightly on a memory image: one with state outside linear memory, with
//! data that is not simply there at the start, or with an import that the host does not have.

use anyhow::{Context, Result, bail, ensure};
use wasmparser::{DataKind, Operator, Parser, Payload, TypeRef};

const IMPORTS: &[&str] = &[
    "env.memory",
    "hb.abort",
    "hb.answer",
    "hb.compute",
    "hb.env",
    "hb.invocation",
    "hb.log",
    "hb.now",
    "hb.random",
    "hb.remaining",
    "hb.start",
    "hb.take",
    "hb.wait",
];
/// Three globals are constants that every build for this target exports; the function is what QuickJS reads a clock with.
const EXPORTS: &[&str] = &[
    "__data_end",
    "__heap_base",
    "__rquickjs_host_now_us",
    "hb_alloc",
    "hb_boot",
    "hb_call",
    "hb_compile",
    "hb_exchange",
    "hb_freeze",
    "hb_learn",
    "hb_load",
    "hb_pages",
    "hb_stack",
    "hookbox_parse_date",
    "memory",
];
const MOST_SEGMENTS: u32 = 8;

fn main() -> Result<()> {
    let path = std::env::args_os().nth(1).context("usage: hookbox-js-engine-check ENGINE.wasm")?;
    let wasm = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    for payload in Parser::new(0).parse_all(&wasm) {
        check(payload?)?;
    }
    Ok(())
}

fn check(payload: Payload<'_>) -> Result<()> {
    match payload {
        Payload::ImportSection(imports) => {
            let mut names = Vec::new();
            for import in imports.into_imports() {
                let import = import?;
                let is_memory = matches!(import.ty, TypeRef::Memory(_));
                ensure!(is_memory == (import.name == "memory"), "{}.{} has the wrong type", import.module, import.name);
                names.push(format!("{}.{}", import.module, import.name));
            }
            names.sort();
            ensure!(names == IMPORTS, "the imports are {names:?} and have to be {IMPORTS:?}");
        }
        Payload::ExportSection(exports) => {
            let mut names = Vec::new();
            for export in exports {
                let export = export?;
                names.push(export.name);
            }
            names.sort_unstable();
            ensure!(names == EXPORTS, "the exports are {names:?} and have to be {EXPORTS:?}");
        }
        Payload::GlobalSection(globals) => {
            let mut mutable = 0;
            for global in globals {
                mutable += usize::from(global?.ty.mutable);
            }
            ensure!(mutable == 1, "there are {mutable} mutable globals; the stack pointer has to be the only one");
        }
        Payload::DataSection(data) => {
            ensure!(data.count() <= MOST_SEGMENTS, "there are {} data segments", data.count());
            for segment in data {
                ensure!(matches!(segment?.kind, DataKind::Active { .. }), "there is a passive data segment");
            }
        }
        Payload::MemorySection(_) => bail!("the module defines a memory of its own"),
        Payload::CodeSectionEntry(body) => check_code(&body)?,
        _ => {}
    }
    Ok(())
}

fn check_code(body: &wasmparser::FunctionBody<'_>) -> Result<()> {
    for operator in body.get_operators_reader()? {
        let operator = operator?;
        let forbidden = matches!(
            operator,
            Operator::TableSet { .. }
                | Operator::TableGrow { .. }
                | Operator::TableInit { .. }
                | Operator::TableCopy { .. }
                | Operator::TableFill { .. }
                | Operator::ElemDrop { .. }
                | Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
        );
        ensure!(!forbidden, "the instruction {operator:?} keeps state outside linear memory");
    }
    Ok(())
}
