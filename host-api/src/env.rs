//! The environment variables of one hook: those that are linked to it, and no others.

use crate::Secret;

/// Names and values, sorted by name; shared by every execution of a hook version.
#[derive(Clone, Debug, Default)]
pub struct EnvVars(Vec<(String, Secret)>);

impl EnvVars {
    /// The value of `name`, if such a variable is linked.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        let at = self.0.binary_search_by(|(have, _)| have.as_str().cmp(name)).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// All variables, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Secret)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl FromIterator<(String, Secret)> for EnvVars {
    fn from_iter<I: IntoIterator<Item = (String, Secret)>>(vars: I) -> Self {
        let mut vars: Vec<_> = vars.into_iter().collect();
        vars.sort_by(|a, b| a.0.cmp(&b.0));
        vars.dedup_by(|a, b| a.0 == b.0);
        Self(vars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_name_whatever_the_order() {
        let vars: EnvVars = [("B", "2"), ("A", "1")].map(|(n, v)| (n.to_owned(), Secret::new(v))).into_iter().collect();
        assert_eq!(vars.get("A").map(Secret::expose), Some("1"));
        assert_eq!(vars.get("C").map(Secret::expose), None);
        assert_eq!(vars.iter().map(|(n, _)| n).collect::<Vec<_>>(), ["A", "B"]);
    }
}
