//! Native add-ons: how they are recognised, and what to take instead. They are machine code, and hooks run in a sandbox that has none.

use crate::manifest::Manifest;

/// Packages that compile, find or load native code for others.
const HELPERS: [&str; 7] = [
    "node-gyp-build",
    "node-gyp-build-optional-packages",
    "node-pre-gyp",
    "@mapbox/node-pre-gyp",
    "bindings",
    "node-addon-api",
    "prebuild-install",
];

/// Names with what to take instead; nothing if there is nothing.
const ALTERNATIVES: [(&str, Option<&str>); 24] = [
    ("bcrypt", Some("bcryptjs, which hooks have without installing it")),
    ("@node-rs/bcrypt", Some("bcrypt or bcryptjs, which hooks have without installing them")),
    ("argon2", Some("argon2 of a server that builds it in")),
    ("@node-rs/argon2", Some("argon2, if the server builds it in")),
    ("scrypt", Some("crypto.scrypt of Node.js")),
    ("pg-native", Some("pg, which needs no native part")),
    ("libpq", Some("pg")),
    ("hiredis", Some("redis or ioredis")),
    ("mysql-libmysqlclient", Some("mysql2")),
    ("mongodb-client-encryption", None),
    ("kerberos", None),
    ("sharp", None),
    ("canvas", None),
    ("sqlite3", None),
    ("better-sqlite3", None),
    ("oracledb", None),
    ("node-rdkafka", Some("kafkajs")),
    ("grpc", Some("an HTTP API of the service")),
    ("snappy", Some("snappyjs")),
    ("zstd-napi", None),
    ("libxmljs", Some("fast-xml-parser or xml2js")),
    ("libxmljs2", Some("fast-xml-parser or xml2js")),
    ("node-expat", Some("fast-xml-parser or xml2js")),
    ("re2", Some("regular expressions of the language; a hook's fuel bounds them")),
];

/// By what a package is recognised before it is fetched.
pub(crate) fn sign_of_manifest(manifest: &Manifest) -> Option<String> {
    if manifest.gyp {
        return Some("its package.json has gypfile".to_owned());
    }
    HELPERS.iter().find(|helper| manifest.dependencies.contains_key(**helper)).map(|helper| format!("it depends on {helper}"))
}

/// By what a package is recognised once its files are known.
pub(crate) fn sign_of_files<'f>(mut files: impl Iterator<Item = &'f str>) -> Option<String> {
    let sign = files.find(|path| *path == "binding.gyp" || path.ends_with(".node"))?;
    Some(format!("it has {sign}"))
}

/// The sentence that refuses a package which was asked for.
pub(crate) fn refusal(name: &str, sign: &str) -> String {
    let known = ALTERNATIVES.iter().find(|(known, _)| *known == name);
    let instead = match known {
        Some((_, Some(instead))) => format!("; instead, use {instead}"),
        Some((_, None)) => "; there is no way to do without: leave the work to a service that the hook calls".to_owned(),
        None => "; look for a package that is JavaScript alone".to_owned(),
    };
    format!("it is a native add-on ({sign}), and hooks run in a sandbox{instead}")
}

/// Whether a name alone says that it is native.
pub(crate) fn sign_of_name(name: &str) -> Option<String> {
    ALTERNATIVES.iter().any(|(known, _)| *known == name).then(|| "it is known as one".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_seen_in_manifests_and_files() {
        let depends = Manifest { dependencies: [("bindings".to_owned(), "1".to_owned())].into(), ..Manifest::default() };
        assert_eq!(sign_of_manifest(&depends).unwrap(), "it depends on bindings");
        assert!(sign_of_manifest(&Manifest { gyp: true, ..Manifest::default() }).is_some());
        assert_eq!(sign_of_manifest(&Manifest::default()), None);
        assert_eq!(sign_of_files(["index.js", "prebuilds/x.node"].into_iter()).unwrap(), "it has prebuilds/x.node");
        assert_eq!(sign_of_files(["index.js", "a.node.js", "x/binding.gyp"].into_iter()), None);
    }

    #[test]
    fn a_refusal_names_the_alternative() {
        let text = refusal("pg-native", "it depends on libpq");
        assert_eq!(
            text,
            "it is a native add-on (it depends on libpq), and hooks run in a sandbox; instead, use pg, which needs no native part"
        );
        assert!(refusal("sharp", "x").contains("no way to do without") && refusal("other", "x").contains("JavaScript alone"));
        assert!(sign_of_name("sharp").is_some() && sign_of_name("lodash").is_none());
    }
}
