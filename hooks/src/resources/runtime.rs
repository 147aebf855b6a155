//! The `runtime` of a hook: what its author declares the function's bytes to be. The body's reader checks the bytes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a function is run as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    /// WebAssembly, of either kind.
    Wasm,
    /// JavaScript, written for this version of Node.
    Node(NodeVersion),
}

/// A version of Node that functions are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeVersion {
    major: u8,
    name: &'static str,
}

impl NodeVersion {
    /// Every version, oldest first.
    const ALL: [Self; 7] = [
        Self { major: 12, name: "nodejs12.x" },
        Self { major: 14, name: "nodejs14.x" },
        Self { major: 16, name: "nodejs16.x" },
        Self { major: 18, name: "nodejs18.x" },
        Self { major: 20, name: "nodejs20.x" },
        Self { major: 22, name: "nodejs22.x" },
        Self { major: 24, name: "nodejs24.x" },
    ];

    /// The major version.
    pub(crate) fn major(self) -> u8 {
        self.major
    }
}

impl Runtime {
    /// Every runtime, in the order in which they are documented.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::Wasm).chain(NodeVersion::ALL.map(Self::Node))
    }

    /// The runtime of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::all().find(|one| one.as_str() == name)
    }

    /// The name as the API writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Wasm => "wasm",
            Self::Node(version) => version.name,
        }
    }
}

impl Serialize for Runtime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Runtime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom("not a runtime"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_from_a_record() {
        for runtime in Runtime::all() {
            let stored = serde_json::to_value(runtime).unwrap();
            assert_eq!(stored, runtime.as_str());
            assert_eq!(serde_json::from_value::<Runtime>(stored).unwrap(), runtime);
        }
        for name in ["nodejs", "nodejs24", "nodejs24.x ", "nodejs13.x", "Wasm"] {
            assert_eq!(Runtime::parse(name), None, "{name}");
        }
    }

    #[test]
    fn names_and_major_versions_agree() {
        for version in NodeVersion::ALL {
            assert_eq!(version.name, format!("nodejs{}.x", version.major()));
        }
    }
}
