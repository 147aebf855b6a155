//! Merges the values of the settings: default < file < environment < flags. The table of settings checks the values.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use super::settings::{SETTINGS, Setting};
use super::tables::Config;

/// The file that is read if none is named and this one exists.
const DEFAULT_FILE: &str = "hookbox.toml";

/// Variables with the prefix of the settings that are not settings.
const OTHER_VARIABLES: [&str; 3] = ["HOOKBOX_CONFIG", "HOOKBOX_BOOTSTRAP_CLIENT_ID", "HOOKBOX_BOOTSTRAP_CLIENT_SECRET"];

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: the default holds.
    Default,
    /// In this file.
    File(PathBuf),
    /// In this environment variable.
    Environment(String),
    /// On the command line.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(variable) => write!(f, "{variable}"),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file is not TOML.
    #[error("the configuration file {} is not valid TOML: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The parser's message, with the place.
        message: String,
    },
    /// The setting does not exist.
    #[error("unknown setting `{key}` in {}{}", path.display(), suggestion.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// The key found.
        key: String,
        /// The nearest setting.
        suggestion: Option<String>,
    },
    /// The setting does not accept the value.
    #[error("`{key}` ({origin}): {rule}")]
    Value {
        /// The setting.
        key: &'static str,
        /// Where the value was given.
        origin: Origin,
        /// What is expected instead.
        rule: String,
    },
}

/// Where the values are read from.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The file that the caller names, which must exist; `None` is `hookbox.toml` in the working folder, if it exists.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// Settings given on the command line, by key.
    pub flags: Vec<(&'static str, String)>,
}

/// One setting as it is in effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The key, as in the file.
    pub key: &'static str,
    /// The value, as text.
    pub value: String,
    /// Where it was given.
    pub origin: Origin,
}

/// The configuration, and where its values come from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The validated values.
    pub config: Config,
    /// Every setting with its origin, in the order of the documentation.
    pub effective: Vec<Effective>,
    /// Findings that look wrong but do not prevent a start.
    pub warnings: Vec<String>,
}

type Layer = BTreeMap<&'static str, (String, Origin)>;

impl Config {
    /// Merges the sources and validates the result.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        let mut warnings = Vec::new();
        let mut values = file_layer(sources.file.as_deref())?;
        values.extend(environment_layer(&sources.environment, &mut warnings));
        values.extend(sources.flags.iter().map(|(key, text)| (*key, (text.clone(), Origin::Flag))));

        let mut config = Self::default();
        for setting in &SETTINGS {
            if let Some((text, origin)) = values.get(setting.key) {
                let wrong = |rule| ConfigError::Value { key: setting.key, origin: origin.clone(), rule };
                (setting.set)(&mut config, text).map_err(wrong)?;
            }
        }
        let effective = SETTINGS.iter().map(|setting| effective(setting, &config, &values)).collect();
        Ok(Loaded { config, effective, warnings })
    }
}

fn effective(setting: &Setting, config: &Config, values: &Layer) -> Effective {
    let origin = values.get(setting.key).map_or(Origin::Default, |(_, origin)| origin.clone());
    Effective { key: setting.key, value: (setting.show)(config), origin }
}

fn file_layer(named: Option<&Path>) -> Result<Layer, ConfigError> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE));
    match fs::read_to_string(path) {
        Ok(text) => parse_file(path, &text),
        Err(cause) if named.is_none() && cause.kind() == io::ErrorKind::NotFound => Ok(Layer::new()),
        Err(cause) => Err(ConfigError::Unreadable { path: path.to_owned(), cause }),
    }
}

fn parse_file(path: &Path, text: &str) -> Result<Layer, ConfigError> {
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| ConfigError::Syntax { path: path.to_owned(), message: error.to_string() })?;
    let mut found = Vec::new();
    flatten("", &table, &mut found);
    let mut layer = Layer::new();
    for (key, value) in found {
        let setting = SETTINGS.iter().find(|setting| setting.key == key);
        let unknown = || ConfigError::UnknownKey {
            path: path.to_owned(),
            suggestion: nearest(&key, SETTINGS.iter().map(|one| one.key.to_owned())),
            key: key.clone(),
        };
        layer.insert(setting.ok_or_else(unknown)?.key, (value, Origin::File(path.to_owned())));
    }
    Ok(layer)
}

/// Lists the values of a table under their full keys. An empty table sets nothing, so it is not an error.
fn flatten(prefix: &str, table: &toml::Table, found: &mut Vec<(String, String)>) {
    for (name, value) in table {
        let key = format!("{prefix}{name}");
        match value {
            toml::Value::Table(inner) => flatten(&format!("{key}."), inner, found),
            toml::Value::String(text) => found.push((key, text.clone())),
            toml::Value::Integer(_)
            | toml::Value::Float(_)
            | toml::Value::Boolean(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_) => {
                found.push((key, value.to_string()));
            }
        }
    }
}

/// An unknown variable is only a warning: container platforms inject variables of their own that begin with a service's name.
fn environment_layer(environment: &[(String, String)], warnings: &mut Vec<String>) -> Layer {
    let mut layer = Layer::new();
    for (variable, text) in environment.iter().filter(|(variable, _)| variable.starts_with("HOOKBOX_")) {
        if let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == *variable) {
            layer.insert(setting.key, (text.clone(), Origin::Environment(variable.clone())));
        } else if !OTHER_VARIABLES.contains(&variable.as_str()) {
            let hint = nearest(variable, SETTINGS.iter().map(Setting::variable)).map(|name| format!("; did you mean {name}?"));
            warnings.push(format!("the environment variable {variable} is no setting{}", hint.unwrap_or_default()));
        }
    }
    layer
}

/// The candidate most similar to `name`, if one is similar enough.
fn nearest(name: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    let scored = candidates.map(|candidate| (strsim::jaro_winkler(name, &candidate), candidate));
    scored.filter(|(score, _)| *score > 0.8).max_by(|(left, _), (right, _)| left.total_cmp(right)).map(|(_, candidate)| candidate)
}
