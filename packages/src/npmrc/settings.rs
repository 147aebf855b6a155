//! All settings that matter here, from the environment, the project's file, the user's and the global one, in that order.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use hookbox_host_api::Secret;
use url::Url;

use super::auth::Credentials;
use super::file;
use crate::error::Error;
use crate::name::PackageName;

/// The files to read. One that does not exist says nothing.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// `.npmrc` beside the package.json. For programs that run as the project's author: such a file may put any variable of the environment into
    /// an address, so a server never reads the one of an author.
    pub project: Option<PathBuf>,
    /// `~/.npmrc`.
    pub user: Option<PathBuf>,
    /// `etc/npmrc` of npm's own prefix.
    pub global: Option<PathBuf>,
}

/// How registries are reached. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct NpmConfig {
    pub(crate) registry: Url,
    scopes: BTreeMap<String, Url>,
    pub(crate) credentials: Credentials,
    /// Certificates in PEM that are trusted instead of the system's.
    pub(crate) authorities: Option<String>,
    /// Whether certificates are checked at all.
    pub(crate) strict_tls: bool,
    pub(crate) proxies: Proxies,
    pub(crate) rewrite: Rewrite,
}

/// Which hosts of tarballs are replaced by the registry's: `replace-registry-host`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rewrite {
    /// That of npm's public registry.
    Public,
    All,
    None,
    Host(String),
}

/// Proxies on the way to registries. They may hold passwords.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    pub(crate) http: Option<Secret>,
    pub(crate) https: Option<Secret>,
    none: Vec<String>,
}

const DEFAULT_REGISTRY: &str = "https://registry.npmjs.org/";
/// What the documents of mirrors often still say.
pub(super) const PUBLIC_HOST: &str = "registry.npmjs.org";

impl fmt::Debug for NpmConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NpmConfig").field("registry", &shown(&self.registry)).field("strict_tls", &self.strict_tls).finish_non_exhaustive()
    }
}

/// A URL without the user and the password in it.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

impl NpmConfig {
    /// Reads the files and the variables of the environment.
    ///
    /// # Errors
    /// A file exists and cannot be read, or a value means nothing.
    pub fn load(places: &Places, env: &BTreeMap<String, String>) -> Result<Self, Error> {
        let mut pairs = BTreeMap::new();
        for place in [&places.global, &places.user, &places.project].into_iter().flatten() {
            let text = match std::fs::read_to_string(place) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(config(&place.display().to_string(), error.to_string())),
            };
            let mut read = file::parse(&text, env);
            resolve_cafile(&mut read, place);
            pairs.extend(read);
        }
        pairs.extend(env.iter().filter_map(|(name, value)| Some((from_env(name)?, value.clone()))));
        Self::of(&pairs, env)
    }

    fn of(pairs: &BTreeMap<String, String>, env: &BTreeMap<String, String>) -> Result<Self, Error> {
        let get = |key: &str| pairs.get(key).map(String::as_str).filter(|value| !value.is_empty() && *value != "null");
        let registry = url("registry", get("registry").unwrap_or(DEFAULT_REGISTRY))?;
        let scoped =
            pairs.iter().filter_map(|(key, value)| Some((key.strip_suffix(":registry").filter(|key| key.starts_with('@'))?, value)));
        let scopes = scoped.map(|(scope, value)| Ok((scope.to_owned(), url(scope, value)?))).collect::<Result<_, Error>>()?;
        let authorities = match (get("ca"), get("cafile")) {
            (Some(ca), _) => Some(ca.to_owned()),
            (None, Some(path)) => Some(std::fs::read_to_string(path).map_err(|error| config("cafile", format!("{path}: {error}")))?),
            (None, None) => None,
        };
        Ok(Self {
            registry,
            scopes,
            credentials: Credentials::collect(pairs),
            authorities,
            strict_tls: get("strict-ssl") != Some("false"),
            proxies: Proxies::of(&get, env),
            rewrite: Rewrite::of(get("replace-registry-host").unwrap_or("npmjs")),
        })
    }

    /// The registry of a package: that of its scope, or the one for all.
    pub(crate) fn registry_of(&self, name: &PackageName) -> &Url {
        name.scope().and_then(|scope| self.scopes.get(scope)).unwrap_or(&self.registry)
    }
}

impl Rewrite {
    fn of(text: &str) -> Self {
        match text {
            "npmjs" => Self::Public,
            "always" => Self::All,
            "never" => Self::None,
            host => Self::Host(host.to_owned()),
        }
    }

    /// Whether a tarball on this host is fetched from the registry's host instead.
    pub(crate) fn replaces(&self, host: &str) -> bool {
        match self {
            Self::Public => host == PUBLIC_HOST,
            Self::All => true,
            Self::None => false,
            Self::Host(one) => host == one,
        }
    }
}

impl Proxies {
    fn of<'a>(get: &impl Fn(&str) -> Option<&'a str>, env: &'a BTreeMap<String, String>) -> Self {
        let var =
            |name: &str| env.get(name).or_else(|| env.get(&name.to_uppercase())).map(String::as_str).filter(|value| !value.is_empty());
        let one = |own: Option<&'a str>, vars: &[&str]| {
            own.or_else(|| vars.iter().find_map(|name| var(name))).filter(|value| *value != "false").map(Secret::new)
        };
        let none = get("noproxy").or_else(|| get("no-proxy")).or_else(|| var("no_proxy")).unwrap_or_default();
        Self {
            https: one(get("https-proxy").or_else(|| get("proxy")), &["https_proxy", "http_proxy", "proxy"]),
            http: one(get("proxy").or_else(|| get("http-proxy")), &["http_proxy", "proxy"]),
            none: none
                .split([',', ' ', '\n'])
                .map(|one| one.trim().trim_start_matches("*").to_owned())
                .filter(|one| !one.is_empty())
                .collect(),
        }
    }

    /// The proxy for a URL, if there is one and the host is not excepted.
    pub(crate) fn for_url(&self, url: &Url) -> Option<&Secret> {
        let host = url.host_str()?;
        let excepted = |one: &String| {
            let bare = one.trim_start_matches('.');
            bare == host || host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.'))
        };
        if self.none.iter().any(excepted) {
            return None;
        }
        if url.scheme() == "https" { self.https.as_ref() } else { self.http.as_ref() }
    }
}

/// The key that a variable such as `npm_config_strict_ssl` sets. Keys with a host in them are kept to the letter.
fn from_env(name: &str) -> Option<String> {
    let prefix = name.get(..11).filter(|prefix| prefix.eq_ignore_ascii_case("npm_config_"))?;
    let key = name.get(prefix.len()..)?;
    if key.starts_with("//") || key.starts_with('@') {
        return Some(key.to_owned());
    }
    let (first, rest) = key.split_at_checked(1)?;
    Some(format!("{first}{}", rest.replace('_', "-")).to_lowercase())
}

/// A relative path of certificates is meant from the file that names it.
fn resolve_cafile(pairs: &mut BTreeMap<String, String>, place: &Path) {
    if let Some(path) = pairs.get_mut("cafile").filter(|path| !path.is_empty()) {
        *path = place.parent().unwrap_or(Path::new("")).join(&path).to_string_lossy().into_owned();
    }
}

fn url(key: &str, text: &str) -> Result<Url, Error> {
    let mut url = Url::parse(text.trim()).map_err(|_| config(key, "it is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(config(key, "it is no URL of http or https"));
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

fn config(place: &str, reason: impl Into<String>) -> Error {
    Error::Config { place: place.to_owned(), reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: [&str; 3], env: &[(&str, &str)]) -> Result<NpmConfig, Error> {
        let folder = tempfile::tempdir().unwrap();
        let [project, user, global] = files;
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            Some(path)
        };
        let places = Places { project: write("project", project), user: write("user", user), global: write("global", global) };
        NpmConfig::load(&places, &env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn the_environment_wins_over_project_user_and_global_files() {
        let files = [
            "registry=https://project.example",
            "registry=https://user.example\nstrict-ssl=false",
            "@s:registry=https://scope.example/npm",
        ];
        let config = load(files, &[]).unwrap();
        assert_eq!((config.registry.as_str(), config.strict_tls), ("https://project.example/", false));
        let name = |text| PackageName::parse(text).unwrap();
        assert_eq!(config.registry_of(&name("@s/a")).as_str(), "https://scope.example/npm/");
        assert_eq!(config.registry_of(&name("@t/a")).as_str(), "https://project.example/");
        let config = load(files, &[("NPM_CONFIG_REGISTRY", "http://env.example/x/"), ("npm_config_strict_ssl", "true")]).unwrap();
        assert_eq!((config.registry.as_str(), config.strict_tls), ("http://env.example/x/", true));
    }

    #[test]
    fn without_any_file_it_is_the_public_registry() {
        let config = NpmConfig::load(&Places { user: Some("/does/not/exist".into()), ..Places::default() }, &BTreeMap::new()).unwrap();
        assert!(config.registry.as_str() == DEFAULT_REGISTRY && config.strict_tls && config.authorities.is_none());
        assert!(config.rewrite.replaces(PUBLIC_HOST) && !config.rewrite.replaces("other.example"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let text = "registry=https://me:pw1@r.example/\n//r.example/:_authToken=pw2\nhttps-proxy=http://me:pw3@p.example";
        let config = load([text, "", ""], &[]).unwrap();
        let printed = format!("{config:?} {:?} {:?}", config.credentials, config.proxies);
        assert!(!printed.contains("pw"), "{printed}");
        let error = load(["registry=ftp://me:pw@r.example", "", ""], &[]).unwrap_err().to_string();
        assert_eq!(error, "registry: it is no URL of http or https");
    }

    #[test]
    fn proxies_are_for_a_scheme_and_have_exceptions() {
        let config = load(["noproxy=internal.example, .corp", "", ""], &[("HTTPS_PROXY", "http://p.example:1")]).unwrap();
        let proxied = |url: &str| config.proxies.for_url(&Url::parse(url).unwrap()).is_some();
        assert!(proxied("https://r.example/") && !proxied("http://r.example/"));
        assert!(!proxied("https://internal.example/") && !proxied("https://a.internal.example/") && !proxied("https://x.corp/"));
        assert!(proxied("https://notinternal.example/"));
    }

    #[test]
    fn certificates_are_read_from_beside_the_file() {
        let error = load(["cafile=missing.pem", "", ""], &[]).unwrap_err().to_string();
        assert!(error.starts_with("cafile: /") && error.contains("missing.pem"), "{error}");
        assert_eq!(load(["ca=\"x\\ny\"", "", ""], &[]).unwrap().authorities.unwrap(), "x\ny");
    }
}
