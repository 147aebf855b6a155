//! The format of `.npmrc`: lines of `key = value`, with variables of the environment in `${...}`.

use std::collections::BTreeMap;

/// The lines of a file. A key that ends in `[]` has its values one on a line.
pub(super) fn parse(text: &str, env: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut pairs: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with([';', '#', '['])) {
        let (key, value) = line.split_once('=').unwrap_or((line, "true"));
        let (key, value) = (expand(unquote(key.trim()), env), expand(unquote(value.trim()), env));
        match key.strip_suffix("[]") {
            Some(list) => {
                let all = pairs.entry(list.to_owned()).or_default();
                all.push_str(&value);
                all.push('\n');
            }
            None => drop(pairs.insert(key, value)),
        }
    }
    pairs
}

/// A value without the quotes around it, or without the comment after it.
fn unquote(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text.split([';', '#']).next().unwrap_or_default().trim_end()
}

/// Puts variables in. One that is not set stays as it is written, or is empty if it is written `${NAME?}`. A certificate on one line has its
/// line breaks as `\n`.
fn expand(text: &str, env: &BTreeMap<String, String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        result.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            result.push_str("${");
            rest = after;
            continue;
        };
        match (env.get(name.trim_end_matches('?')), name.ends_with('?')) {
            (Some(value), _) => result.push_str(value),
            (None, true) => {}
            (None, false) => result.extend(["${", name, "}"]),
        }
        rest = tail;
    }
    result.push_str(rest);
    result.replace("\\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_npm_does() {
        let env = [("TOKEN".to_owned(), "s3cret".to_owned())].into();
        let text = "; a comment\n# another\nregistry = https://r.example/  ; here\n//r.example/:_authToken=${TOKEN}\nflag\n[section]\n\
                    quoted = \"a # b\"\nunset=${NOT}${NOT?}!\nca[]=\"one\\ntwo\"\nca[]=three\nopen=${x\n";
        let pairs = parse(text, &env);
        let get = |key: &str| pairs.get(key).map(String::as_str).unwrap();
        assert_eq!(get("registry"), "https://r.example/");
        assert_eq!(get("//r.example/:_authToken"), "s3cret");
        assert_eq!((get("flag"), get("quoted"), get("unset"), get("open")), ("true", "a # b", "${NOT}!", "${x"));
        assert_eq!(get("ca"), "one\ntwo\nthree\n");
    }
}
