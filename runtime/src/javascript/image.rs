//! Images: a linear memory frozen as a module that defines and exports it and has no code.
//!
//! wasmtime maps the memory of such a module copy-on-write, so that starting from an image costs a few page faults and no copy.
//! Compiling one takes milliseconds, because there is nothing to compile.

use wasm_encoder::{ConstExpr, DataSection, ExportKind, ExportSection, MemorySection, MemoryType, Module};

/// The name that an image exports its memory by, and the engine imports and exports it by.
pub(super) const MEMORY: &str = "memory";

/// Runs of zeros shorter than this stay inside a segment: a new one costs more than they do.
const GAP: usize = 256;

/// Bytes of a page of WebAssembly's.
pub(super) const WASM_PAGE: usize = 64 << 10;

/// The module whose instances begin with `memory` as their memory.
pub(crate) fn freeze(memory: &[u8]) -> Vec<u8> {
    let mut data = DataSection::new();
    for (at, run) in runs(memory) {
        data.active(0, &ConstExpr::i32_const(at as i32), run.iter().copied());
    }
    build((memory.len() / WASM_PAGE) as u64, &data)
}

fn build(pages: u64, data: &DataSection) -> Vec<u8> {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: pages, maximum: None, memory64: false, shared: false, page_size_log2: None });
    let mut exports = ExportSection::new();
    exports.export(MEMORY, ExportKind::Memory, 0);
    let mut module = Module::new();
    module.section(&memories).section(&exports).section(data);
    module.finish()
}

/// The parts of `memory` that are not zero, with where they begin.
fn runs(memory: &[u8]) -> Vec<(usize, &[u8])> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (index, block) in memory.chunks(GAP).enumerate() {
        if block.iter().all(|byte| *byte == 0) {
            continue;
        }
        let (from, to) = (index * GAP, index * GAP + block.len());
        match runs.last_mut() {
            Some((_, end)) if from - *end <= GAP => *end = to,
            _ => runs.push((from, to)),
        }
    }
    runs.into_iter().filter_map(|(from, to)| Some((from, memory.get(from..to)?))).collect()
}

#[cfg(test)]
mod tests {
    use wasmtime::{Engine, Instance, Module, Store};

    use super::*;

    #[test]
    fn a_frozen_memory_comes_back_byte_for_byte() {
        let mut memory = vec![0u8; 3 * WASM_PAGE];
        for (at, byte) in [(0, 1), (5, 2), (700, 3), (65_535, 4), (65_536, 5), (3 * WASM_PAGE - 1, 6)] {
            memory[at] = byte;
        }
        let engine = Engine::default();
        let module = Module::new(&engine, freeze(&memory)).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        assert!(instance.get_memory(&mut store, MEMORY).unwrap().data(&store) == memory.as_slice());
    }

    #[test]
    fn zeros_cost_nothing() {
        let mut memory = vec![0u8; 16 * WASM_PAGE];
        memory[100_000] = 1;
        assert!(freeze(&memory).len() < 400);
        assert!(freeze(&vec![0u8; 16 * WASM_PAGE]).len() < 60);
    }
}
