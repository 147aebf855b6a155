//! The calls that the JavaScript engine had under way, read from the text that it writes (`js-engine/src/stack.rs`), outermost first.
//!
//! Authors do not know the engine's inner functions, so of nested calls of the engine's functions only the outermost remains: the one that
//! the author's function called.

use super::frame::Frame;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// A call of a function in a source: its name, file, line and column.
    Source(String, String, i32, i32),
    /// A call of a function of the engine.
    Engine(String),
    /// Calls that were left out, because there were too many.
    LeftOut,
}

/// The name for a function without a name, as other engines have it.
const ANONYMOUS: &str = "(anonymous)";
/// The name for the function that the engine makes of a whole source.
const TOP_LEVEL: &str = "(top level)";

impl Call {
    fn parse(line: &str) -> Self {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap_or_default().to_owned();
        let number = |field: Option<&str>| field.and_then(|field| field.parse().ok()).unwrap_or(0);
        match fields.next() {
            Some(file) => {
                let (line, column) = (number(fields.next()), number(fields.next()));
                Self::Source(name, file.to_owned(), line, column)
            }
            None if name == "..." => Self::LeftOut,
            None => Self::Engine(name),
        }
    }

    pub(super) fn into_frame(self) -> Frame {
        match self {
            // The engine puts the source into a function that begins above its first line.
            Self::Source(name, file, line, _) if line < 1 || name == "<eval>" => {
                Frame { name: TOP_LEVEL.to_owned(), file: Some(file), line: Some(1), column: None }
            }
            Self::Source(name, file, line, column) => {
                let name = if name.is_empty() { ANONYMOUS.to_owned() } else { name };
                Frame { name, file: Some(file), line: u32::try_from(line).ok(), column: u32::try_from(column).ok() }
            }
            Self::Engine(name) if name.is_empty() => Frame::named("(engine)"),
            Self::Engine(name) => Frame::named(name),
            Self::LeftOut => Frame::named("(more calls)"),
        }
    }
}

/// Parses the calls, and joins nested calls of the engine's functions.
pub(super) fn read(text: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = text.lines().rev().map(Call::parse).collect();
    calls.dedup_by(|inner, outer| matches!((inner, outer), (Call::Engine(_), Call::Engine(_))));
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_sees_functions_of_the_source_and_what_they_call() {
        let text = "inspect\nconsole.log\nshow\thook.js\t7\t3\nArray.prototype.map\n...\n\thook.js\t2\t19\n\thook.js\t-1\t2\n";
        let shown: Vec<(String, Option<u32>)> =
            read(text).into_iter().map(Call::into_frame).map(|frame| (frame.name, frame.line)).collect();
        let expected = [
            ("(top level)", Some(1)),
            ("(anonymous)", Some(2)),
            ("(more calls)", None),
            ("Array.prototype.map", None),
            ("show", Some(7)),
            ("console.log", None),
        ];
        assert_eq!(shown, expected.map(|(name, line)| (name.to_owned(), line)));
        assert_eq!(read(""), []);
    }
}
