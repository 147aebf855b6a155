//! TypeScript without its types. They become spaces, so that each line and column stays where it was: errors and stacks name the author's own
//! places, and there is no map to keep. What is more than types (enums, namespaces, ...) is refused by name, as Node refuses it.

mod blanks;
mod erase;
mod fault;
mod tokens;

use std::path::Path;

use anyhow::Result;
use oxc_allocator::Allocator;
use oxc_ast_visit::Visit as _;
use oxc_parser::config::TokensParserConfig;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::SourceType;

use crate::excerpt::Excerpt;
use crate::exit::Problem;
use erase::Erase;
use fault::Fault;

/// Names of files that hold TypeScript end so.
const EXTENSIONS: [&str; 3] = ["ts", "mts", "cts"];

/// Whether a file is TypeScript by its name.
pub(crate) fn is_at(path: &Path) -> bool {
    path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|one| extension == *one))
}

/// The JavaScript in the source of the file at `path`.
///
/// # Errors
/// It is no TypeScript, or more than types have to be taken away. The message shows the place.
pub(crate) fn strip(path: &Path, source: &str) -> Result<String> {
    stripped(source).map_err(|fault| Problem::Usage(shown(path, source, &fault)).into())
}

fn stripped(source: &str) -> Result<String, Fault> {
    let allocator = Allocator::default();
    let typescript = SourceType::ts().with_unambiguous(true);
    let parsed = Parser::new(&allocator, source, typescript).with_options(lenient()).with_config(TokensParserConfig).parse();
    if let Some(diagnostic) = parsed.diagnostics.iter().next() {
        let at = diagnostic.labels.first().map_or(0, |label| label.offset() as usize);
        return Err(Fault { at, message: format!("SyntaxError: {}", diagnostic.message) });
    }
    let mut erase = Erase::new(source, &parsed.tokens);
    erase.visit_program(&parsed.program);
    let javascript = erase.finish()?;
    // What is left must be JavaScript; were it not, it would be nobody's but ours to say where.
    let checked = Parser::new(&allocator, &javascript, SourceType::unambiguous()).with_options(lenient()).parse();
    match checked.diagnostics.iter().next() {
        None => Ok(javascript),
        Some(diagnostic) => {
            let at = diagnostic.labels.first().map_or(0, |label| label.offset() as usize);
            Err(Fault { at, message: "the types cannot be taken away here: write it in another way".to_owned() })
        }
    }
}

/// A function may return at its top level, as CommonJS does.
fn lenient() -> ParseOptions {
    ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() }
}

/// The message with its place and the line.
fn shown(path: &Path, source: &str, fault: &Fault) -> String {
    let before = source.get(..fault.at).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = format!("{}:{line}:{column}", path.display());
    let excerpt = Excerpt::at(source.as_bytes(), line, column).map(|excerpt| format!("\n{excerpt}")).unwrap_or_default();
    format!("{place}: {}{}", fault.message, excerpt.trim_end())
}

#[cfg(test)]
mod tests;
