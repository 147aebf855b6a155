//! Whether a function in JavaScript is short enough for the place that it is deployed to, said before it is. What a vendor takes is known to
//! the dialect of the function's hook type.

use anyhow::Result;
use hookbox_hooks::dialect::SourceNote;
use hookbox_hooks::hook_type::HookType;

use crate::exit::Problem;
use crate::hook_types;
use crate::login;
use crate::output;

/// The most bytes that a server takes unless it is set otherwise (`limits.source_bytes`).
const MOST_BYTES: usize = 1 << 20;

/// Refuses a function that will be refused when it is deployed, and warns of one that may be.
///
/// # Errors
/// It is too long.
pub(crate) fn check(function: &[u8], hook_type: HookType) -> Result<()> {
    if function.starts_with(b"\0asm") {
        return Ok(());
    }
    match judge(function, hook_type, login::destination().as_deref()) {
        None => Ok(()),
        Some(SourceNote::Warn(text)) => output::note(&format!("warning: {text}")),
        Some(SourceNote::Refuse(text)) => Err(Problem::Usage(text).into()),
    }
}

fn judge(function: &[u8], hook_type: HookType, destination: Option<&str>) -> Option<SourceNote> {
    let source = String::from_utf8_lossy(function);
    let note = hook_types::dialect(hook_type).and_then(|dialect| dialect.check_source(destination, &source));
    match note {
        Some(SourceNote::Refuse(_)) => note,
        _ if function.len() > MOST_BYTES => Some(SourceNote::Refuse(format!(
            "the function has {} bytes, and a server takes {MOST_BYTES} bytes of JavaScript unless its limits.source_bytes says otherwise",
            function.len()
        ))),
        _ => note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hook_types::REGISTRY;

    #[test]
    fn a_source_is_held_against_the_servers_limit_and_what_its_dialect_says() {
        let judged = |bytes: usize| judge("x".repeat(bytes).as_bytes(), REGISTRY.types()[0], None);
        assert_eq!(judged(20_000), None);
        assert!(matches!(judged(MOST_BYTES), Some(SourceNote::Warn(text)) if text.contains("1048576 characters")));
        assert!(matches!(judged(MOST_BYTES + 1), Some(SourceNote::Refuse(text)) if text.contains("1048577 bytes")));
    }
}
