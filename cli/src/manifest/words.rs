//! The server's rules in words for who writes a file. They come in the terms of JSON Schema, with the path of an `instance`.

/// A name that may have been meant.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close = names.map(|one| (strsim::damerau_levenshtein(&name.to_lowercase(), &one.to_lowercase()), one));
    let (distance, nearest) = close.min_by_key(|(distance, _)| *distance)?;
    // Of a short name little is left when half of it is changed.
    (distance <= (name.len() / 3).max(2) || nearest.starts_with(name)).then_some(nearest)
}

/// A rule about a field, as a sentence.
pub(super) fn rule(field: &str, message: &str, given: Option<&str>) -> String {
    let Some(rule) = message.strip_prefix("instance.").and_then(|rest| rest.strip_prefix(field)).map(str::trim_start) else {
        return message.to_owned();
    };
    if let Some(types) = rule.strip_prefix("is not of a type(s) ") {
        return format!("`{field}` has to be {}", types.split(',').map(article).collect::<Vec<_>>().join(" or "));
    }
    if let Some(names) = rule.strip_prefix("is not one of enum values: ") {
        let hint = given.and_then(|given| nearest(given, names.split(','))).map(|one| format!("; did you mean {one:?}?"));
        return format!("`{field}` is one of {}{}", names.replace(',', ", "), hint.unwrap_or_default());
    }
    format!("`{field}` {rule}")
}

/// Whether a rule is that a name is none of those that there are.
pub(super) fn is_unknown_name(message: &str) -> bool {
    message.contains("is not allowed to have the additional property")
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {}", if vowel { "an" } else { "a" }, if kind == "integer" { "whole number" } else { kind }).replace("an whole", "a whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found() {
        let names = ["timeout", "retries", "nodejs24.x", "allow"];
        assert_eq!(nearest("timeot", names.into_iter()), Some("timeout"));
        assert_eq!(nearest("nodejs", names.into_iter()), Some("nodejs24.x"));
        assert_eq!(nearest("permit", names.into_iter()), None);
    }

    #[test]
    fn rules_are_sentences() {
        for (message, given, says) in [
            ("instance.a.b is not of a type(s) integer", None, "`a.b` has to be a whole number"),
            ("instance.a.b is not of a type(s) array", None, "`a.b` has to be an array"),
            ("instance.a.b is not one of enum values: allow,deny", Some("alow"), "`a.b` is one of allow, deny; did you mean \"allow\"?"),
            ("instance.a.b must be less than or equal to 10", None, "`a.b` must be less than or equal to 10"),
            ("instance requires property \"x\"", None, "instance requires property \"x\""),
        ] {
            assert_eq!(rule("a.b", message, given), says);
        }
    }
}
