//! Finds the row of the route table that a request is for. It knows paths and methods, not what is behind them.

use std::collections::BTreeMap;

use http::Method;

use super::routes::RouteSpec;

/// A table that cannot be used; found when the server starts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TableError {
    /// Two rows match the same requests.
    #[error("two routes answer {method} {pattern}")]
    Duplicate {
        /// The method of both.
        method: String,
        /// The pattern of the second.
        pattern: &'static str,
    },
    /// A row with more parameters than a route takes.
    #[error("the route {0} has more than one parameter")]
    Parameters(&'static str),
}

/// What a path and a method lead to.
#[derive(Debug)]
pub(crate) enum Match<'t, 'p> {
    /// A row, and the text at the place of its parameter.
    Found(&'t RouteSpec, &'p str),
    /// Rows for the path, but for other methods.
    WrongMethod(Vec<&'t Method>),
    /// Nothing.
    Nothing,
}

/// The table as a tree of path segments.
#[derive(Debug)]
pub(crate) struct Router<'t>(Node<'t>);

#[derive(Debug, Default)]
struct Node<'t> {
    literals: BTreeMap<&'static str, Node<'t>>,
    parameter: Option<Box<Node<'t>>>,
    rows: Vec<&'t RouteSpec>,
}

impl<'t> Router<'t> {
    /// Arranges a table.
    pub(crate) fn new(table: &'t [RouteSpec]) -> Result<Self, TableError> {
        let mut root = Node::default();
        for spec in table {
            root.insert(spec)?;
        }
        Ok(Self(root))
    }

    /// Finds a row. A literal segment goes before a parameter, whatever follows; a parameter is never empty.
    pub(crate) fn find<'p>(&self, method: &Method, path: &'p str) -> Match<'_, 'p> {
        let Some(path) = path.strip_prefix('/') else { return Match::Nothing };
        let (mut node, mut parameter) = (&self.0, "");
        for segment in path.split('/') {
            if let Some(next) = node.literals.get(segment) {
                node = next;
            } else if let Some(next) = node.parameter.as_ref().filter(|_| !segment.is_empty()) {
                (node, parameter) = (next, segment);
            } else {
                return Match::Nothing;
            }
        }
        match node.rows.iter().find(|spec| spec.method == *method) {
            Some(spec) => Match::Found(spec, parameter),
            None if node.rows.is_empty() => Match::Nothing,
            None => Match::WrongMethod(node.rows.iter().map(|spec| &spec.method).collect()),
        }
    }
}

impl<'t> Node<'t> {
    fn insert(&mut self, spec: &'t RouteSpec) -> Result<(), TableError> {
        if spec.pattern.matches('{').count() > 1 {
            return Err(TableError::Parameters(spec.pattern));
        }
        let node = spec.pattern.trim_start_matches('/').split('/').fold(self, Node::child);
        if node.rows.iter().any(|row| row.method == spec.method) {
            return Err(TableError::Duplicate { method: spec.method.to_string(), pattern: spec.pattern });
        }
        node.rows.push(spec);
        Ok(())
    }

    fn child(&mut self, segment: &'static str) -> &mut Self {
        if segment.starts_with('{') {
            return self.parameter.get_or_insert_default();
        }
        self.literals.entry(segment).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::routes::{ROUTES, Route};
    use super::*;

    fn found(method: Method, path: &str) -> Option<String> {
        match Router::new(ROUTES).unwrap().find(&method, path) {
            Match::Found(spec, parameter) => Some(format!("{:?}", (spec.route)(parameter))),
            Match::WrongMethod(_) | Match::Nothing => None,
        }
    }

    #[test]
    fn every_row_is_found_by_its_own_pattern() {
        let router = Router::new(ROUTES).unwrap();
        for spec in ROUTES {
            let path = spec.pattern.replace("{id}", "x-1").replace("{type}", "x-1");
            match router.find(&spec.method, &path) {
                Match::Found(row, parameter) => {
                    assert_eq!(row.operation, spec.operation);
                    assert_eq!(parameter, if path == spec.pattern { "" } else { "x-1" });
                }
                other => panic!("{path}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_literal_goes_before_a_parameter() {
        assert_eq!(found(Method::GET, "/api/2/hooks/envs"), Some(format!("{:?}", Route::ListEnvs)));
        assert_eq!(found(Method::GET, "/api/2/hooks/envx"), Some(format!("{:?}", Route::GetHook("envx"))));
        assert_eq!(found(Method::GET, "/api/2/hooks/envs/logs"), Some(format!("{:?}", Route::GetEnv("logs"))));
    }

    #[test]
    fn paths_are_taken_as_they_are() {
        for path in
            ["", "/", "*", "healthz", "/healthz/", "//healthz", "/api/2/hooks/", "/api/2/hooks//logs", "/API/2/hooks", "/v1/hooks/a/b/c"]
        {
            assert_eq!(found(Method::GET, path), None, "{path}");
        }
    }

    #[test]
    fn another_method_is_told_which_there_are() {
        let router = Router::new(ROUTES).unwrap();
        match router.find(&Method::PATCH, "/api/2/hooks/x") {
            Match::WrongMethod(allowed) => assert_eq!(allowed, [Method::GET, Method::PUT, Method::DELETE]),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_table_with_two_answers_is_refused() {
        let row = |pattern| RouteSpec { pattern, method: ROUTES[0].method.clone(), ..copy(&ROUTES[0]) };
        assert!(Router::new(&[row("/a/{id}"), row("/a/{name}")]).is_err());
        assert!(Router::new(&[row("/a/b"), row("/a/b")]).is_err());
        assert!(Router::new(&[row("/a/{id}/b/{other}")]).is_err());
        assert!(Router::new(&[row("/a/{id}"), row("/a/b")]).is_ok());
    }

    fn copy(spec: &RouteSpec) -> RouteSpec {
        RouteSpec { method: spec.method.clone(), ..*spec }
    }
}
