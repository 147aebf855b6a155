//! Checks before a deployment whether a function in JavaScript is short enough for OneLogin.

use hookbox_hooks::dialect::SourceNote;

use super::kind::STRICT_SOURCE;

/// The suffix of the hosts of OneLogin's own API.
const HOSTS: &str = ".onelogin.com";

pub(super) fn check(destination: Option<&str>, source: &str) -> Option<SourceNote> {
    let characters = source.chars().count();
    if characters <= STRICT_SOURCE {
        return None;
    }
    Some(match destination.filter(|url| is_onelogins(url)) {
        Some(url) => SourceNote::Refuse(format!("the function has {characters} characters, and {url} takes {STRICT_SOURCE}")),
        None => SourceNote::Warn(format!(
            "the function has {characters} characters; OneLogin, and strict accounts of Hookbox, take {STRICT_SOURCE}"
        )),
    })
}

fn is_onelogins(url: &str) -> bool {
    let host = url.split("://").last().and_then(|rest| rest.split(['/', ':']).next());
    host.is_some_and(|host| host.ends_with(HOSTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ELSEWHERE: [Option<&str>; 3] = [None, Some("http://127.0.0.1:8080"), Some("https://api.us.onelogin.com.example")];
    const ONELOGINS: [&str; 2] = ["https://api.us.onelogin.com", "https://acme.onelogin.com:443/x"];

    #[test]
    fn a_short_source_is_for_everybody() {
        let short = "é".repeat(20_000);
        for destination in ELSEWHERE.into_iter().chain(ONELOGINS.map(Some)) {
            assert_eq!(check(destination, &short), None, "{destination:?}");
        }
    }

    #[test]
    fn a_long_source_is_refused_at_onelogin_and_warned_of_elsewhere() {
        let long = "é".repeat(20_001);
        for url in ONELOGINS {
            let said = format!("the function has 20001 characters, and {url} takes 20000");
            assert_eq!(check(Some(url), &long), Some(SourceNote::Refuse(said)));
        }
        for destination in ELSEWHERE {
            let said = "the function has 20001 characters; OneLogin, and strict accounts of Hookbox, take 20000".to_owned();
            assert_eq!(check(destination, &long), Some(SourceNote::Warn(said)), "{destination:?}");
        }
    }
}
