//! Converts settings between text and values. The table of settings gives each setting its type and bounds.

use std::fmt::{Debug, Display};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use hookbox_egress::{Policy, PolicyError, Proxy};

use super::tables::{ForwardedHeader, LogFormat, PagemapScan};
use crate::networks::Networks;
use crate::store::Engine;

/// A setting's value as text, both ways. The error says what is expected.
pub(super) trait Value: Sized {
    fn read(text: &str) -> Result<Self, String>;
    fn show(&self) -> String;
}

/// A number between two bounds, both included.
pub(super) fn number<T: FromStr + PartialOrd + Display + Copy>(text: &str, least: T, most: T) -> Result<T, String> {
    let expected = || format!("expected a whole number from {least} to {most}");
    let digits: String = text.trim().chars().filter(|one| *one != '_').collect();
    digits.parse().ok().filter(|value| (least..=most).contains(value)).ok_or_else(expected)
}

/// A span of time between two bounds, both included, such as `30s` or `7d`.
pub(super) fn span(text: &str, least: Duration, most: Duration) -> Result<Duration, String> {
    let show = humantime::format_duration;
    let expected = || format!("expected a time such as \"30s\" or \"7d\", from {} to {}", show(least), show(most));
    humantime::parse_duration(text.trim()).ok().filter(|value| (least..=most).contains(value)).ok_or_else(expected)
}

macro_rules! plain_numbers {
    ($($number:ty),*) => {$(
        impl Value for $number {
            fn read(text: &str) -> Result<Self, String> {
                number(text, Self::MIN, Self::MAX)
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}
plain_numbers!(u32, u64, usize);

impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        text.trim().parse().map_err(|_| "expected true or false".to_owned())
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Duration {
    fn read(text: &str) -> Result<Self, String> {
        span(text, Duration::ZERO, Duration::MAX)
    }
    fn show(&self) -> String {
        humantime::format_duration(*self).to_string()
    }
}

impl Value for SocketAddr {
    fn read(text: &str) -> Result<Self, String> {
        text.trim().parse().map_err(|_| "expected an IP address and a port, such as 127.0.0.1:8080".to_owned())
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for PathBuf {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("expected a path".to_owned()) } else { Ok(Self::from(text)) }
    }
    fn show(&self) -> String {
        self.display().to_string()
    }
}

/// An empty text stands for `None`.
impl<T: Value> Value for Option<T> {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::read(text).map(Some) }
    }
    fn show(&self) -> String {
        self.as_ref().map(T::show).unwrap_or_default()
    }
}

impl Value for String {
    fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Err("expected a text".to_owned()) } else { Ok(text.trim().to_owned()) }
    }
    fn show(&self) -> String {
        self.clone()
    }
}

/// Finds the value that has this name.
fn choice<T: Copy + Debug>(text: &str, choices: &[(&str, T)]) -> Result<T, String> {
    let names = || choices.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(" or ");
    let found = choices.iter().find(|(name, _)| *name == text.trim());
    found.map(|(_, value)| *value).ok_or_else(|| format!("expected {}", names()))
}

/// A list as TOML writes it, or with commas between. An empty text is an empty list.
impl Value for Networks {
    fn read(text: &str) -> Result<Self, String> {
        let expected = || "expected a list of networks such as [\"192.0.2.0/24\", \"::1\"]".to_owned();
        if !text.trim_start().starts_with('[') {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            return Self::parse(parts).map_err(|error| error.to_string());
        }
        let table: toml::Table = format!("list = {text}").parse().map_err(|_| expected())?;
        let items = table.get("list").and_then(toml::Value::as_array).ok_or_else(expected)?;
        let texts: Vec<&str> = items.iter().map(|item| item.as_str().ok_or_else(expected)).collect::<Result<_, _>>()?;
        Self::parse(texts).map_err(|error| error.to_string())
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Policy {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = |error: PolicyError| error.to_string();
        if !text.trim_start().starts_with('[') {
            return text.parse().map_err(wrong);
        }
        let expected = || "expected a list of hosts such as [\"*.example.com\", \"10.0.0.0/8\"]".to_owned();
        let table: toml::Table = format!("list = {text}").parse().map_err(|_| expected())?;
        let items = table.get("list").and_then(toml::Value::as_array).ok_or_else(expected)?;
        let items = items.iter().map(|item| item.as_str().ok_or_else(expected)).collect::<Result<Vec<_>, _>>()?;
        Self::parse(&items).map_err(wrong)
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for Proxy {
    fn read(text: &str) -> Result<Self, String> {
        Self::parse(text.trim()).map_err(|error| error.to_string())
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for ForwardedHeader {
    fn read(text: &str) -> Result<Self, String> {
        choice(text, &[("x-forwarded-for", Self::XForwardedFor), ("forwarded", Self::Forwarded)])
    }
    fn show(&self) -> String {
        match self {
            Self::XForwardedFor => "x-forwarded-for".to_owned(),
            Self::Forwarded => "forwarded".to_owned(),
        }
    }
}

impl Value for LogFormat {
    fn read(text: &str) -> Result<Self, String> {
        choice(text, &[("text", Self::Text), ("json", Self::Json)])
    }
    fn show(&self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Json => "json".to_owned(),
        }
    }
}

impl Value for PagemapScan {
    fn read(text: &str) -> Result<Self, String> {
        choice(text, &[("auto", Self::Auto), ("read", Self::Read), ("off", Self::Off)])
    }
    fn show(&self) -> String {
        match self {
            Self::Auto => "auto".to_owned(),
            Self::Read => "read".to_owned(),
            Self::Off => "off".to_owned(),
        }
    }
}

impl Value for Engine {
    fn read(text: &str) -> Result<Self, String> {
        choice(text, &[("redb", Self::Redb), ("sled", Self::Sled)])
    }
    fn show(&self) -> String {
        match self {
            Self::Redb => "redb".to_owned(),
            Self::Sled => "sled".to_owned(),
        }
    }
}
