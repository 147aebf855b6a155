//! What a source names by itself: the literal specifiers of `require`, `import` and `export`. It is a look at the text, not a parser: what stands
//! in a comment or in a string counts too, because a file too many is only compiled in vain, and one too few is compiled during a login.

use super::kind::Kind;

/// A specifier longer than this is none.
const LONGEST: usize = 1024;

/// A specifier and how it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) specifier: String,
    pub(super) by_import: bool,
}

impl Named {
    pub(super) fn kind(&self) -> Kind {
        if self.by_import { Kind::Import } else { Kind::Require }
    }
}

/// Where a word stands, and what may follow it.
struct Word {
    text: &'static str,
    by_import: bool,
    /// A call, as in `require('x')`.
    called: bool,
    /// Followed by the text at once, as in `from 'x'`.
    bare: bool,
}

const WORDS: [Word; 4] = [
    Word { text: "require", by_import: false, called: true, bare: false },
    // `require.resolve('x')`, which is mostly followed by a `require` of the result.
    Word { text: "resolve", by_import: false, called: true, bare: false },
    Word { text: "import", by_import: true, called: true, bare: true },
    Word { text: "from", by_import: true, called: false, bare: true },
];

/// All specifiers, each once, sorted.
pub(super) fn specifiers(source: &str) -> Vec<Named> {
    let mut found: Vec<Named> =
        WORDS.iter().flat_map(|word| source.match_indices(word.text).filter_map(|(at, _)| named(source, at, word))).collect();
    found.sort();
    found.dedup();
    found
}

fn named(source: &str, at: usize, word: &Word) -> Option<Named> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if source.get(..at)?.ends_with(is_name) {
        return None;
    }
    let rest = skip(source.get(at + word.text.len()..)?);
    let (rest, called) = match rest.strip_prefix('(') {
        Some(inner) => (skip(inner), true),
        None => (rest, false),
    };
    if (called && !word.called) || (!called && !word.bare) {
        return None;
    }
    let specifier = literal(rest)?;
    Some(Named { specifier, by_import: word.by_import })
}

/// What follows after white space and comments.
fn skip(mut text: &str) -> &str {
    loop {
        text = text.trim_start();
        if let Some(rest) = text.strip_prefix("/*") {
            text = rest.split_once("*/").map_or("", |(_, after)| after);
        } else if let Some(rest) = text.strip_prefix("//") {
            text = rest.split_once('\n').map_or("", |(_, after)| after);
        } else {
            return text;
        }
    }
}

/// The text between quotes, if nothing has to be computed for it.
fn literal(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'))?;
    let inner = text.get(1..)?;
    let end = inner.find(quote).filter(|end| (1..=LONGEST).contains(end))?;
    let inner = inner.get(..end)?;
    let computed = inner.contains(['\\', '\n']) || (quote == '`' && inner.contains("${"));
    (!computed).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(source: &str) -> Vec<String> {
        specifiers(source).into_iter().map(|one| format!("{}{}", if one.by_import { "import " } else { "" }, one.specifier)).collect()
    }

    #[test]
    fn literal_specifiers_are_found() {
        let source = r#"
            const a = require('./a'), b = require ( /* why */ "./b" ); module.require(`./c`);
            import x from './d'; import{y}from"./e"; import './f'; export * from './g'; const h = await import('./h');
            import // here
              './i';
            require.resolve('./j')
        "#;
        let all = ["./a", "./b", "./c", "import ./d", "import ./e", "import ./f", "import ./g", "import ./h", "import ./i", "./j"];
        assert_eq!(names(source), all);
    }

    #[test]
    fn what_has_to_be_computed_is_not() {
        let source = r"require(name); require('./' + name); xrequire('./x'); Array.from('abc'); require(`./${x}`); require(''); require('a\'b'); import(name)";
        // The first part of a sum is found as well: a file too many at worst.
        assert_eq!(names(source), ["./"]);
    }

    #[test]
    fn odd_ends_are_no_trouble() {
        for source in ["require", "require(", "require('", "require('x", "import /*", "from //", "from \"", "é require('é')", "import('x'"]
        {
            let _ = specifiers(source);
        }
        assert_eq!(names("é require('é')"), ["é"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(source in "(require|import|from|resolve|[('\"`)/*\\n .xé]){0,40}") {
            let _ = specifiers(&source);
        }
    }
}
