//! A function as its author wrote it: the file that messages name, and the text that they show lines of.

use std::path::Path;

use crate::excerpt::{Excerpt, FILE};

/// A source, or what a function was built from.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    name: String,
    text: Vec<u8>,
}

impl Written {
    /// The text of the file at `path`.
    pub(crate) fn new(path: &Path, text: Vec<u8>) -> Self {
        Self { name: path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()), text }
    }

    /// The line that a message of the engine names.
    pub(crate) fn excerpt(&self, message: &str) -> Option<Excerpt<'_>> {
        Excerpt::find(&self.text, message)
    }

    /// A message of the engine, which calls every source by one name, with the name of the author's file.
    pub(crate) fn named(&self, message: &str) -> String {
        let mut named = String::with_capacity(message.len());
        let mut rest = message;
        while let Some((before, after)) = rest.split_once(FILE) {
            named.push_str(before);
            // A file of a package may be called so, too.
            let is_whole = before.chars().next_back().is_none_or(|last| last.is_whitespace() || "(`'\"".contains(last));
            named.push_str(if is_whole && !self.name.is_empty() { &self.name } else { FILE.trim_end_matches(':') });
            named.push(':');
            rest = after;
        }
        named.push_str(rest);
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_authors_file() {
        let written = Written::new(Path::new("mine/policy.ts"), b"one\ntwo".to_vec());
        let stack = "    at f (hook.js:2:1)\n    at hook.js:1:2\n    at g (/node_modules/a/hook.js:3:4)";
        let shown = "    at f (policy.ts:2:1)\n    at policy.ts:1:2\n    at g (/node_modules/a/hook.js:3:4)";
        assert_eq!(written.named(stack), shown);
        assert!(written.excerpt(stack).unwrap().to_string().contains("two"));
    }
}
