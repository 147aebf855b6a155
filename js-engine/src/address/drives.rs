//! Segments of paths that look like drives of Windows. They are that in addresses of files alone; the crate keeps them from being taken out by
//! `..` in all others as well, so that `/c:/../d` would not be `/d`. There they are hidden from it.

use url::Url;

/// What a segment's second character is hidden behind.
const HIDDEN: [(char, &str); 2] = [(':', "%3A"), ('|', "%7C")];

/// Parses a reference as the crate does, but for such segments.
pub(super) fn parse(input: &str, base: Option<&Url>) -> Option<Url> {
    let with = |input: &str, base: Option<&Url>| Url::options().base_url(base).parse(input).ok();
    let url = with(input, base)?;
    let is_safe = url.scheme() == "file" || url.cannot_be_a_base() || !has_drive(url.path()) || !may_go_up(input);
    let has_hidden = |text: &str| HIDDEN.iter().any(|(_, code)| text.to_ascii_uppercase().contains(code));
    if is_safe || has_hidden(input) || base.is_some_and(|base| has_hidden(base.path())) {
        return Some(url);
    }
    let base = base.map(|base| {
        let mut hidden = base.clone();
        hidden.set_path(&hide(base.path()));
        hidden
    });
    let mut url = with(&hide(input), base.as_ref())?;
    let path = HIDDEN.iter().fold(url.path().to_owned(), |path, (char, code)| path.replace(code, &char.to_string()));
    url.set_path(&path);
    Some(url)
}

fn may_go_up(input: &str) -> bool {
    input.contains("..") || input.to_ascii_lowercase().contains("%2e")
}

fn is_drive(segment: &str) -> bool {
    let mut chars = segment.chars();
    chars.next().is_some_and(|char| char.is_ascii_alphabetic()) && matches!((chars.next(), chars.next()), (Some(':' | '|'), None))
}

fn has_drive(path: &str) -> bool {
    path.split('/').any(is_drive)
}

/// The text with such segments hidden, but for one at the start, which may be a scheme, and what two slashes begin, which may be a host.
fn hide(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let (path, behind) = text.split_at(end);
    let mut before = None;
    for segment in path.split_inclusive(['/', '\\']) {
        let name = segment.trim_end_matches(['/', '\\']);
        let follows_a_segment = before.is_some_and(|before: &str| !before.is_empty() && !before.ends_with(':'));
        match HIDDEN.iter().find(|(char, _)| follows_a_segment && is_drive(name) && name.ends_with(*char)) {
            Some((char, code)) => out.push_str(&segment.replacen(*char, code, 1)),
            None => out.push_str(segment),
        }
        // One slash at the start begins a path.
        let starts_path = before.is_none() && name.is_empty();
        before = Some(if starts_path { "/" } else { name });
    }
    out.push_str(behind);
    out
}
