//! The hook types that this program knows: those of all dialects.

use std::sync::LazyLock;

use hookbox_hooks::dialect::Dialect;
use hookbox_hooks::hook_type::{HookType, Registry};

/// The registry. That dialects do not contradict each other is shown by their tests; were it otherwise, there would be no type to name.
pub(crate) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    hookbox_dialects::registry().unwrap_or_else(|error| {
        tracing::error!(%error, "the dialects of this program contradict each other");
        std::process::exit(70)
    })
});

/// The type with this name; what else there is, where there is none.
pub(crate) fn parse(name: &str) -> Result<HookType, String> {
    REGISTRY.find(name).ok_or_else(|| format!("the hook types are {}", list()))
}

/// The name of the type that is meant where none is named: the first.
pub(crate) fn default() -> &'static str {
    REGISTRY.types().first().map_or("", |one| one.id)
}

/// The dialect of a type.
pub(crate) fn dialect(hook_type: HookType) -> Option<&'static dyn Dialect> {
    hookbox_dialects::ALL.iter().find(|dialect| dialect.name() == hook_type.dialect).copied()
}

/// The names of all types.
pub(crate) fn list() -> String {
    REGISTRY.types().iter().map(|one| one.id).collect::<Vec<_>>().join(", ")
}
