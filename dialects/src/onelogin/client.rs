//! OneLogin's clients read some answers in ways that exclude each other. This table lists what each client receives; everything else is the
//! same for all. (For [`Client::Python`], the answer to a revocation repeats its status outside the envelope.)
//!
//! | client | known by | `env_vars` of a hook | `value` of an env var |
//! | --- | --- | --- | --- |
//! | [`Client::Documented`] | none of the marks below | names | absent |
//! | [`Client::Python`] | a `User-Agent` of `OpenAPI-Generator/…/python` | names; it reads nothing else | `""`; it needs a text |
//! | [`Client::Go`] | a `User-Agent` of `Go-http-client/…` | objects, without which it panics | absent, or Terraform stores it |
//! | [`Client::Dotnet`] | an account's setting | objects with a `value`; it needs both keys | absent |
//!
//! An account's setting `client` takes precedence over the `User-Agent`.

use serde::{Deserialize, Serialize};

/// A kind of client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Client {
    /// A client that follows the documentation.
    #[default]
    Documented,
    /// The Python SDK.
    Python,
    /// The Go SDK and what is built on it: the command line tool, Terraform, Pulumi.
    Go,
    /// The .NET SDK.
    Dotnet,
}

/// How a hook's response shows the env vars that are linked to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EnvShape {
    Names,
    Objects { with_value: bool },
}

impl Client {
    /// Every kind, in the table's order.
    pub(super) const ALL: [Self; 4] = [Self::Documented, Self::Python, Self::Go, Self::Dotnet];

    /// The names of all kinds, in the same order.
    pub(super) const NAMES: [&str; 4] = [Self::Documented.as_str(), Self::Python.as_str(), Self::Go.as_str(), Self::Dotnet.as_str()];

    /// The name as the API writes it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Python => "python",
            Self::Go => "go",
            Self::Dotnet => "dotnet",
        }
    }

    /// The kind of client that sends this `User-Agent`.
    pub(super) fn of_user_agent(text: &str) -> Self {
        match text {
            _ if text.starts_with("Go-http-client/") => Self::Go,
            _ if text.starts_with("OpenAPI-Generator/") && text.ends_with("/python") => Self::Python,
            _ => Self::Documented,
        }
    }

    /// The form in which the client reads a hook's env vars.
    pub(super) fn env_shape(self) -> EnvShape {
        match self {
            Self::Documented | Self::Python => EnvShape::Names,
            Self::Go => EnvShape::Objects { with_value: false },
            Self::Dotnet => EnvShape::Objects { with_value: true },
        }
    }

    /// What the client receives as the value of an env var; never the value itself.
    pub(super) fn env_value(self) -> Option<&'static str> {
        (self == Self::Python).then_some("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_known_by_what_they_send() {
        for (text, client) in [
            ("OpenAPI-Generator/3.1.5/python", Client::Python),
            ("Go-http-client/1.1", Client::Go),
            ("Go-http-client/2.0", Client::Go),
            ("onelogin-python-sdk 2.0.4", Client::Documented),
            ("axios/0.21.4", Client::Documented),
            ("OpenAPI-Generator/1.0/ruby", Client::Documented),
            ("", Client::Documented),
        ] {
            assert_eq!(Client::of_user_agent(text), client, "{text}");
        }
        for client in Client::ALL {
            assert_eq!(serde_json::to_value(client).unwrap(), client.as_str());
        }
    }
}
