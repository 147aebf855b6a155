//! The failures that are reported to the host.
//!
//! | kind | meaning |
//! |---|---|
//! | `exception` | something was thrown and not caught, or rejected and not handled |
//! | `stack_overflow` | the same, and it was the engine's error for recursion without end |
//! | `out_of_memory` | the same, and it was the engine's error for a refused allocation |
//! | `never_settled` | nothing is left to wait for, and the function's promise is still pending |
//! | `exit` | the function called `process.exit` |
//! | `invalid_response` | what the function returned has no JSON |
//! | `syntax` | only from `hb_load`: the source does not parse |
//! | `no_handler` | only from `hb_load`: the source exports no function of the wanted name |

use rquickjs::{Ctx, Object, Value};

use crate::{heap, quick, state};

/// What is wrong with a server that lets a request lie.
const NO_ANSWER: &str = "the app has not answered the request and never will: no timer and no operation is pending";
/// Messages and stacks are cut here; the host cuts finer.
const LONGEST: usize = 16 * 1024;

/// One failure.
pub(crate) struct Failure {
    kind: &'static str,
    message: String,
    stack: String,
}

impl Failure {
    /// A failure without a JavaScript value.
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), stack: String::new() }
    }

    /// The failure for the pending exception of the context.
    pub(crate) fn caught(ctx: &Ctx<'_>) -> Self {
        let thrown = ctx.catch();
        Self::of_value(ctx, &thrown)
    }

    /// The failure for a thrown value.
    pub(crate) fn of_value<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> Self {
        let Some(error) = thrown.as_object().filter(|_| thrown.is_error()) else {
            return Self::of_non_error(ctx, thrown);
        };
        let name = text_of(ctx, error, "name");
        let message = text_of(ctx, error, "message");
        let kind = match (name.as_str(), message.as_str()) {
            ("RangeError", "Maximum call stack size exceeded") => "stack_overflow",
            ("InternalError", "out of memory") => "out_of_memory",
            ("SyntaxError", _) => "syntax",
            _ => "exception",
        };
        let message = match (name.is_empty(), message.is_empty()) {
            (true, _) => message,
            (false, true) => name,
            (false, false) => format!("{name}: {message}"),
        };
        let message = match error.get::<_, Value<'js>>("cause").ok().filter(Value::is_error).as_ref().and_then(Value::as_object) {
            Some(cause) if !message.is_empty() => format!("{message} (cause: {})", text_of(ctx, cause, "message")),
            _ => message,
        };
        Self { kind, message: cut(message), stack: frames(&text_of(ctx, error, "stack")) }
    }

    /// Anything can be thrown; a refused allocation may leave not even an error behind.
    fn of_non_error<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>) -> Self {
        if thrown.is_null() && heap::was_refused() {
            return Self::new("out_of_memory", "out of memory");
        }
        let json = || quick::to_json(ctx, thrown).ok().filter(|json| json.is_string());
        let shown = if thrown.is_object() { json() } else { None };
        let text = quick::with_utf8(shown.as_ref().unwrap_or(thrown), |text| String::from_utf8_lossy(text).into_owned());
        let text = text.unwrap_or_else(|_| {
            drop(ctx.catch());
            thrown.type_name().to_owned()
        });
        Self::new("exception", cut(format!("Uncaught {text}")))
    }

    /// The failure with another kind.
    pub(crate) fn with_kind(self, kind: &'static str) -> Self {
        Self { kind, ..self }
    }

    /// What stopped the result from becoming JSON, unless it was a limit.
    pub(crate) fn into_invalid_response(self) -> Self {
        match self.kind {
            "out_of_memory" | "stack_overflow" => self,
            _ => Self { kind: "invalid_response", message: format!("the result has no JSON: {}", self.message), ..self },
        }
    }

    /// The failure of a request that no answer can come to any more.
    pub(crate) fn of_server(self) -> Self {
        match self.kind {
            "never_settled" => Self { message: NO_ANSWER.to_owned(), ..self },
            _ => self,
        }
    }

    /// Only a source that is being loaded has a syntax error of its own; one at run time is an exception like others.
    pub(crate) fn at_run_time(self) -> Self {
        if self.kind == "syntax" { self.with_kind("exception") } else { self }
    }

    /// The failure with a message that names what ES modules lack.
    pub(crate) fn in_module(self) -> Self {
        let name = self.message.strip_prefix("ReferenceError: ").and_then(|rest| rest.strip_suffix(" is not defined"));
        let instead = match name {
            Some("exports" | "module") => "write `export const handler = ...`",
            Some("require") => "you can use import instead",
            Some("__filename" | "__dirname") => "a hook has no file",
            _ => return self,
        };
        let why = "The source is an ES module, because it has `import`, `export` or a top-level `await`";
        let message = format!("{} in ES module scope, {instead}. {why}.", self.message);
        Self { message, ..self }
    }

    /// The place of the `import` of what could not be found, if that is what it is: it has no stack of its own.
    pub(crate) fn of_import(self, source: &str) -> Self {
        if self.position() != (0, 0) {
            return self;
        }
        let quoted = self.message.split('\'').nth(1).filter(|name| !name.is_empty());
        let found = quoted.and_then(|name| {
            let is_import = |line: &str| line.contains("import") || line.contains("from");
            source.lines().enumerate().filter(|(_, line)| is_import(line)).find_map(|(number, line)| {
                let at = line.find(&format!("'{name}'")).or_else(|| line.find(&format!("\"{name}\"")))?;
                Some((number + 1, line.get(..at)?.chars().count() + 1))
            })
        });
        match found {
            Some((line, column)) => Self { stack: at_main(line, column), ..self },
            None => self,
        }
    }

    /// Whether the source did not parse.
    pub(crate) fn is_syntax(&self) -> bool {
        self.kind == "syntax"
    }

    /// Line and column in the author's source, to compare.
    pub(crate) fn position(&self) -> (u32, u32) {
        let mut numbers = place(&self.stack).split(':').skip(1).map(|number| number.parse().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    }

    /// A syntax error below the source is one at its end: what is missing there was looked for in our wrapper.
    pub(crate) fn within(self, source: &str) -> Self {
        let source = source.trim_end();
        let last = source.lines().count().max(1);
        if !self.is_syntax() || self.position().0 as usize <= last {
            return self;
        }
        let column = source.lines().last().map_or(0, |line| line.chars().count()) + 1;
        let message = if self.message.contains("nexpected end") { self.message } else { "SyntaxError: Unexpected end of input".to_owned() };
        Self { message, stack: at_main(last, column), ..self }
    }

    /// The JSON that the host reads.
    pub(crate) fn to_json(&self) -> String {
        let mut json = String::with_capacity(self.message.len() + self.stack.len() + 96);
        json.push('{');
        for (name, value) in [("kind", self.kind), ("message", &self.message), ("stack", &self.stack), ("place", place(&self.stack))] {
            if json.len() > 1 {
                json.push(',');
            }
            push_quoted(&mut json, name);
            json.push(':');
            push_quoted(&mut json, value);
        }
        json.push('}');
        json
    }
}

/// A property as text. It may be a getter of the author's, which runs under the same limits as the rest of the hook.
fn text_of<'js>(ctx: &Ctx<'js>, error: &Object<'js>, name: &str) -> String {
    let text =
        error.get::<_, Value<'js>>(name).and_then(|value| quick::with_utf8(&value, |text| String::from_utf8_lossy(text).into_owned()));
    text.unwrap_or_else(|_| {
        drop(ctx.catch());
        String::new()
    })
}

/// The frames of a stack, without what Node puts above them and without our own.
fn frames(stack: &str) -> String {
    let lines = stack.lines().filter(|line| line.starts_with("    at ") && !line.contains("(<null>"));
    cut(lines.collect::<Vec<_>>().join("\n"))
}

/// A stack of one frame in the author's source.
fn at_main(line: usize, column: usize) -> String {
    state::with_main(|main| format!("    at {main}:{line}:{column}"))
}

/// The first place in a file of the author's own, from the hook's folder on.
fn place(stack: &str) -> &str {
    stack.lines().find_map(own_place).unwrap_or("")
}

/// The place of a frame, as in `at handler (hook.js:2:3)`, if it is in the author's source or in one of the files beside it, whose paths begin at
/// the root.
fn own_place(frame: &str) -> Option<&str> {
    let bare = || frame.strip_prefix("    at ").map(|rest| rest.strip_prefix("async ").unwrap_or(rest));
    let place = frame.rsplit_once('(').map(|(_, rest)| rest.trim_end_matches(')')).or_else(bare)?;
    let in_main = state::with_main(|main| place.strip_prefix(main).is_some_and(|rest| rest.starts_with(':')));
    let beside = || place.strip_prefix('/').filter(|path| !path.starts_with("node_modules/"));
    if in_main { Some(place) } else { beside() }
}

fn cut(mut text: String) -> String {
    if text.len() > LONGEST {
        let mut end = LONGEST;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}

fn push_quoted(json: &mut String, text: &str) {
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            c if c < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
}
