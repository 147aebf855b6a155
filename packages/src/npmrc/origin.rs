//! Which URLs lie below another: what a token is bound to.

use url::Url;

/// A host, its port and a folder: `//host:port/path/`, as npm writes them, without a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    authority: String,
    path: String,
}

/// Host and port, the latter also if it is the scheme's own.
fn authority(url: &Url) -> Option<String> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

impl Prefix {
    /// Reads `//host/path/`. Without a port it means the one of HTTPS and the one of HTTP alike, which are two prefixes.
    pub(super) fn parse(text: &str) -> Vec<Self> {
        let read = |scheme: &str| {
            let url = Url::parse(&format!("{scheme}:{text}")).ok()?;
            let path = if url.path().ends_with('/') { url.path().to_owned() } else { format!("{}/", url.path()) };
            Some(Self { authority: authority(&url)?, path })
        };
        let mut both: Vec<Self> = ["https", "http"].into_iter().filter_map(read).collect();
        both.dedup();
        both
    }

    /// How long the path is, if the URL lies below.
    pub(super) fn covers(&self, url: &Url) -> Option<usize> {
        let below = authority(url)? == self.authority && (url.path().starts_with(&self.path) || format!("{}/", url.path()) == self.path);
        below.then_some(self.path.len())
    }
}

/// Whether two URLs have the same scheme, host and port.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme() && authority(one).is_some() && authority(one) == authority(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_what_lies_below_and_nothing_else() {
        let prefixes = Prefix::parse("//r.example/npm");
        let covers = |url: &str| prefixes.iter().find_map(|prefix| prefix.covers(&Url::parse(url).unwrap()));
        assert_eq!(covers("https://r.example/npm/x"), Some(5));
        assert_eq!(covers("https://r.example/npm"), Some(5));
        assert_eq!(covers("http://r.example:80/npm/x"), Some(5));
        let others = [
            "https://r.example/npmx/y",
            "https://r.example/",
            "https://r.example:8443/npm/x",
            "https://evil.r.example/npm/x",
            "https://r.example.evil/npm/x",
            "https://r.example@evil/npm/x",
        ];
        for url in others {
            assert_eq!(covers(url), None, "{url}");
        }
        assert_eq!(Prefix::parse("//r.example:4873/").len(), 1);
    }
}
