//! A function that is compiled, checked and linked: what all executions of one hook version share.

use std::fmt;

use wasmtime::component::types::{ComponentFunc, ComponentItem, Type};
use wasmtime::component::{self, Component, ComponentExportIndex};
use wasmtime::{ExternType, InstancePre, Module, ModuleExport};

use crate::FunctionKind;
use crate::execution::CallState;
use crate::host::Linkers;
use crate::javascript::Deployed;

/// A function ready to run.
pub struct PreparedHook {
    pub(crate) shape: Shape,
}

pub(crate) enum Shape {
    Component {
        pre: component::InstancePre<CallState>,
        handle: ComponentExportIndex,
        /// Whether it imports WASI and so needs a WASI context in each execution.
        wasi: bool,
    },
    Command {
        pre: InstancePre<CallState>,
        start: ModuleExport,
    },
    JavaScript(Box<Deployed>),
}

impl PreparedHook {
    /// The kind of the function.
    pub fn kind(&self) -> FunctionKind {
        match self.shape {
            Shape::Component { .. } => FunctionKind::Component,
            Shape::Command { .. } => FunctionKind::Command,
            Shape::JavaScript(_) => FunctionKind::JavaScript,
        }
    }

    pub(crate) fn component(component: &Component, linkers: &Linkers) -> Result<Self, String> {
        let engine = component.engine();
        let handle = match component.get_export(None, "handle") {
            Some((ComponentItem::ComponentFunc(func), index)) if is_handler(&func) => index,
            Some(_) => return Err(format!("no handler: `handle` is not `{HANDLER}`")),
            None => return Err(format!("no handler: the component does not export `{HANDLER}`")),
        };
        let ty = component.component_type();
        let imports = |package: &str| ty.imports(engine).any(|(name, _)| name.starts_with(package));
        let wasi = imports("wasi:");
        let linker = match wasi {
            true if imports("wasi:http/") => &linkers.component_with_http,
            true => &linkers.component_with_wasi,
            false => &linkers.component,
        };
        let pre = linker.instantiate_pre(component).map_err(|error| format!("cannot be linked: {error:#}"))?;
        Ok(Self { shape: Shape::Component { pre, handle, wasi } })
    }

    pub(crate) fn command(module: &Module, linkers: &Linkers) -> Result<Self, String> {
        let start = match (module.get_export("_start"), module.get_export_index("_start")) {
            (Some(ExternType::Func(ty)), Some(index)) if ty.params().len() == 0 && ty.results().len() == 0 => index,
            _ => return Err("no handler: a command exports `_start`, a function without parameters and results".into()),
        };
        if !matches!(module.get_export("memory"), Some(ExternType::Memory(_))) {
            return Err("a command exports its `memory`".into());
        }
        let pre = linkers.command.instantiate_pre(module).map_err(|error| format!("cannot be linked: {error:#}"))?;
        Ok(Self { shape: Shape::Command { pre, start } })
    }
}

impl fmt::Debug for PreparedHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedHook({})", self.kind().as_str())
    }
}

const HANDLER: &str = "handle: func(context: string) -> result<string, string>";

fn is_handler(func: &ComponentFunc) -> bool {
    let params: Vec<Type> = func.params().map(|(_, ty)| ty).collect();
    let results: Vec<Type> = func.results().collect();
    let text = |ty: Option<Type>| matches!(ty, Some(Type::String));
    matches!(params.as_slice(), [Type::String])
        && matches!(results.as_slice(), [Type::Result(result)] if text(result.ok()) && text(result.err()))
        && !func.async_()
}
