//! Where the document and the tarball of a package are.

use url::Url;

use crate::error::Error;
use crate::lock::Entry;
use crate::name::PackageName;
use crate::npmrc::NpmConfig;

/// The document of a package. The slash of a scoped name is part of its name, not of the path.
pub(super) fn document(config: &NpmConfig, name: &PackageName) -> Result<Url, Error> {
    join(config.registry_of(name), &name.as_str().replace('/', "%2f"), name.as_str())
}

/// The tarball of an entry, on the host where the configuration wants it.
pub(super) fn tarball(config: &NpmConfig, entry: &Entry) -> Result<Url, Error> {
    match &entry.tarball {
        Some(place) => said(config, entry, place),
        None => conventional(config, entry),
    }
}

/// Where registries have a tarball unless they say otherwise.
pub(super) fn conventional(config: &NpmConfig, entry: &Entry) -> Result<Url, Error> {
    let path = format!("{}/-/{}-{}.tgz", entry.name, entry.name.bare(), entry.version);
    join(config.registry_of(&entry.name), &path, &entry.title())
}

/// Where somebody says that a tarball is.
pub(super) fn said(config: &NpmConfig, entry: &Entry, place: &str) -> Result<Url, Error> {
    let registry = config.registry_of(&entry.name);
    let mut url = join(registry, place, &entry.title())?;
    let replaced = url.host_str().is_some_and(|host| config.rewrite.replaces(host));
    // Old documents have addresses without TLS on the same host.
    let upgraded = registry.scheme() == "https" && url.scheme() == "http" && url.host_str() == registry.host_str();
    if (replaced && url.host_str() != registry.host_str()) || upgraded {
        url = moved(registry, &url);
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Error::package(entry.title(), format!("its tarball is at {:?}, which is no address of a registry", url.scheme())));
    }
    Ok(url)
}

/// How the lock says where a tarball is: from the registry on if it lies there, and not at all where everybody would look.
pub(super) fn locked(config: &NpmConfig, name: &PackageName, tarball: &str) -> Option<String> {
    let registry = config.registry_of(name).as_str();
    let relative = tarball.strip_prefix(registry).filter(|rest| !rest.contains("..") && !rest.contains("//"));
    Some(relative.unwrap_or(tarball).to_owned())
}

/// The same path on another host, below the folder that the registry has there.
fn moved(registry: &Url, url: &Url) -> Url {
    let mut moved = registry.clone();
    let below = url.path().strip_prefix(registry.path()).unwrap_or_else(|| url.path().trim_start_matches('/'));
    moved.set_path(&format!("{}{below}", registry.path()));
    moved.set_query(url.query());
    moved
}

fn join(registry: &Url, path: &str, package: &str) -> Result<Url, Error> {
    registry.join(path).map_err(|_| Error::package(package, "its address at the registry is no URL"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::npmrc::Places;

    fn config(registry: &str, rewrite: &str) -> NpmConfig {
        let env = [("npm_config_registry", registry), ("npm_config_replace_registry_host", rewrite)];
        let env: BTreeMap<String, String> = env.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        NpmConfig::load(&Places::default(), &env).unwrap()
    }

    fn at(registry: &str, rewrite: &str, name: &str, place: Option<&str>) -> Result<String, String> {
        let json = serde_json::json!({"name": name, "version": "1.2.3", "tarball": place});
        let entry: Entry = serde_json::from_value(json).unwrap();
        tarball(&config(registry, rewrite), &entry).map(|url| url.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_tarball_is_where_registries_have_it_unless_it_says_otherwise() {
        let registry = "https://r.example/npm";
        assert_eq!(at(registry, "", "a", None).unwrap(), "https://r.example/npm/a/-/a-1.2.3.tgz");
        assert_eq!(at(registry, "", "@s/a", None).unwrap(), "https://r.example/npm/@s/a/-/a-1.2.3.tgz");
        assert_eq!(at(registry, "", "a", Some("x/y.tgz")).unwrap(), "https://r.example/npm/x/y.tgz");
        assert_eq!(at(registry, "", "a", Some("https://cdn.example/y.tgz")).unwrap(), "https://cdn.example/y.tgz");
        assert_eq!(at(registry, "", "a", Some("http://r.example/npm/y.tgz")).unwrap(), "https://r.example/npm/y.tgz");
        assert_eq!(
            at(registry, "", "a", Some("file:///etc/passwd")).unwrap_err(),
            "a@1.2.3: its tarball is at \"file\", which is no address of a registry"
        );
    }

    #[test]
    fn the_public_registrys_host_becomes_the_configured_one() {
        let public = "https://registry.npmjs.org/a/-/a-1.2.3.tgz";
        assert_eq!(at("https://r.example/npm/", "", "a", Some(public)).unwrap(), "https://r.example/npm/a/-/a-1.2.3.tgz");
        assert_eq!(at("https://r.example/npm/", "never", "a", Some(public)).unwrap(), public);
        assert_eq!(at("http://r.example:81", "always", "a", Some("https://cdn.example/y.tgz")).unwrap(), "http://r.example:81/y.tgz");
    }

    #[test]
    fn a_lock_does_not_name_the_registry() {
        let config = config("https://r.example/npm/", "");
        let name = PackageName::parse("a").unwrap();
        let said = |place: &str| locked(&config, &name, place).unwrap();
        assert_eq!(said("https://r.example/npm/a/-/a-1.tgz"), "a/-/a-1.tgz");
        assert_eq!(said("https://cdn.example/a-1.tgz"), "https://cdn.example/a-1.tgz");
        assert_eq!(document(&config, &PackageName::parse("@s/a").unwrap()).unwrap().as_str(), "https://r.example/npm/@s%2fa");
    }
}
