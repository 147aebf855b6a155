//! The environment variables of one hook: those that are linked to it, and no others.

use crate::Secret;

/// Names and values, sorted by name; shared by every execution of a hook version. Of those that are sealed there are names only: their values
/// stay with the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvVars {
    values: Vec<(String, Secret)>,
    sealed: Vec<String>,
}

impl EnvVars {
    /// The value of `name`, if such a variable is linked.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        let at = self.values.binary_search_by(|(have, _)| have.as_str().cmp(name)).ok()?;
        self.values.get(at).map(|(_, value)| value)
    }

    /// The variables that have a value here, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Secret)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The same with the names of variables that are sealed.
    pub fn with_sealed(self, names: impl IntoIterator<Item = String>) -> Self {
        let mut sealed: Vec<_> = names.into_iter().collect();
        sealed.sort();
        sealed.dedup();
        Self { sealed, ..self }
    }

    /// The names of the variables that are sealed, sorted.
    pub fn sealed(&self) -> &[String] {
        &self.sealed
    }

    /// Whether the variable is sealed.
    pub fn is_sealed(&self, name: &str) -> bool {
        self.sealed.binary_search_by(|sealed| sealed.as_str().cmp(name)).is_ok()
    }

    /// The same for one execution, with what `placeholder` gives in the place of each value that is sealed.
    pub fn with_placeholders(&self, mut placeholder: impl FnMut(&str) -> Secret) -> Self {
        let sealed = self.sealed.iter().map(|name| (name.clone(), placeholder(name)));
        let all: Self = self.values.iter().cloned().chain(sealed).collect();
        Self { sealed: self.sealed.clone(), ..all }
    }
}

impl FromIterator<(String, Secret)> for EnvVars {
    fn from_iter<I: IntoIterator<Item = (String, Secret)>>(vars: I) -> Self {
        let mut vars: Vec<_> = vars.into_iter().collect();
        vars.sort_by(|a, b| a.0.cmp(&b.0));
        vars.dedup_by(|a, b| a.0 == b.0);
        Self { values: vars, sealed: Vec::new() }
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
        let vars = vars.with_sealed(["AB".to_owned(), "AB".to_owned()]);
        assert_eq!((vars.sealed(), vars.get("AB").is_none()), (["AB".to_owned()].as_slice(), true));
        let vars = vars.with_placeholders(|name| Secret::new(format!("in place of {name}")));
        assert_eq!(vars.get("AB").map(Secret::expose), Some("in place of AB"));
        assert_eq!((vars.iter().len(), vars.sealed().len()), (3, 1));
    }
}
