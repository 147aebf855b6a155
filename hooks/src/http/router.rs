//! Finds the endpoint of a request. It knows paths and methods, not what handlers do.

use std::collections::BTreeMap;

use http::Method;

use crate::api::{Endpoint, ErrorStyle, Params};

/// Why a table of endpoints cannot be used; found when the server starts.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TableError {
    /// Two endpoints answer the same requests.
    #[error("two endpoints answer {method} {path}")]
    Duplicate {
        /// The method of both.
        method: String,
        /// The path of the second.
        path: &'static str,
    },
    /// Two endpoints have the same name.
    #[error("two endpoints have the name {0}")]
    Id(&'static str),
    /// An endpoint has more parameters than a path may have.
    #[error("the path {0} has more than {most} parameters", most = Params::MOST)]
    Parameters(&'static str),
}

/// An endpoint and its form of errors.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) endpoint: &'static Endpoint,
    /// The form of its errors.
    pub(crate) style: &'static ErrorStyle,
    names: Vec<&'static str>,
    /// Its place among all endpoints, from 0.
    pub(crate) place: usize,
}

/// What a path and a method lead to.
#[derive(Debug)]
pub(crate) enum Match<'t, 'p> {
    /// An endpoint, and the parameters of its path.
    Found(&'t Row, Params<'p>),
    /// The path has endpoints, but only for these methods.
    WrongMethod(Vec<&'t Method>),
    /// No endpoint has the path.
    Nothing,
}

/// The endpoints as a tree of path segments.
#[derive(Debug)]
pub(crate) struct Router {
    root: Node,
    styles: Vec<&'static ErrorStyle>,
    ids: Vec<&'static str>,
}

#[derive(Debug, Default)]
struct Node {
    literals: BTreeMap<&'static str, Node>,
    parameter: Option<Box<Node>>,
    /// Where all further segments are one parameter.
    rest: Vec<Row>,
    rows: Vec<Row>,
}

impl Router {
    /// Arranges endpoints. The first style that covers a path is the form of its errors; the last style covers all paths.
    pub(crate) fn new(
        endpoints: impl IntoIterator<Item = &'static Endpoint>,
        styles: Vec<&'static ErrorStyle>,
        otherwise: &'static ErrorStyle,
    ) -> Result<Self, TableError> {
        let mut router = Self { root: Node::default(), styles: [styles, vec![otherwise]].concat(), ids: Vec::new() };
        let mut ids = Vec::new();
        for endpoint in endpoints {
            if ids.contains(&endpoint.id) {
                return Err(TableError::Id(endpoint.id));
            }
            ids.push(endpoint.id);
            let style = router.style(endpoint.path).unwrap_or(otherwise);
            router.root.insert(endpoint, style, ids.len() - 1)?;
        }
        router.ids = ids;
        Ok(router)
    }

    /// The names of all endpoints, in the order of their places.
    pub(crate) fn ids(&self) -> &[&'static str] {
        &self.ids
    }

    /// The form of errors at a path.
    pub(crate) fn style(&self, path: &str) -> Option<&'static ErrorStyle> {
        self.styles.iter().find(|style| style.holds(path)).copied()
    }

    /// Finds an endpoint. A literal segment takes precedence over a parameter, whatever follows; a parameter is never empty.
    pub(crate) fn find<'p>(&self, method: &Method, path: &'p str) -> Match<'_, 'p> {
        let Some(path) = path.strip_prefix('/') else { return Match::Nothing };
        let (mut node, mut params, mut rest) = (&self.root, Params::default(), Some(path));
        while let Some(path) = rest {
            let (segment, behind) = path.split_once('/').map_or((path, None), |(segment, behind)| (segment, Some(behind)));
            if let Some(next) = node.literals.get(segment) {
                node = next;
            } else if let Some(next) = node.parameter.as_ref().filter(|_| !segment.is_empty()) {
                node = next;
                params.push(segment);
            } else {
                params.push(path);
                return choose(&node.rest, method, params);
            }
            rest = behind;
        }
        choose(&node.rows, method, params)
    }
}

/// The endpoint of a method among those of a path.
fn choose<'t, 'p>(rows: &'t [Row], method: &Method, mut params: Params<'p>) -> Match<'t, 'p> {
    match rows.iter().find(|row| row.endpoint.method == *method) {
        Some(row) => {
            params.name(&row.names);
            Match::Found(row, params)
        }
        None if rows.is_empty() => Match::Nothing,
        None => Match::WrongMethod(rows.iter().map(|row| &row.endpoint.method).collect()),
    }
}

/// What begins the name of a parameter that is the rest of a path.
const REST: char = '*';

/// The names of a path's parameters, in their order.
pub(super) fn parameters(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|segment| Some(segment.strip_prefix('{')?.strip_suffix('}')?.trim_start_matches(REST)))
}

/// A path as the OpenAPI file has it, which knows no rest.
pub(super) fn template(path: &'static str) -> String {
    path.replace("{*", "{")
}

impl Node {
    fn insert(&mut self, endpoint: &'static Endpoint, style: &'static ErrorStyle, place: usize) -> Result<(), TableError> {
        let names: Vec<_> = parameters(endpoint.path).collect();
        if names.len() > Params::MOST {
            return Err(TableError::Parameters(endpoint.path));
        }
        let path = endpoint.path.trim_start_matches('/');
        let (above, rest) =
            path.rsplit_once('/').filter(|(_, last)| last.starts_with("{*")).map_or((path, false), |(above, _)| (above, true));
        let node = above.split('/').fold(self, Self::child);
        let rows = if rest { &mut node.rest } else { &mut node.rows };
        if rows.iter().any(|row| row.endpoint.method == endpoint.method) {
            return Err(TableError::Duplicate { method: endpoint.method.to_string(), path: endpoint.path });
        }
        rows.push(Row { endpoint, style, names, place });
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
    use super::super::v1;
    use super::*;
    use crate::api::{Access, BodyKind, Doc};

    fn all() -> Vec<&'static Endpoint> {
        v1::endpoints().collect()
    }

    fn router(endpoints: Vec<&'static Endpoint>) -> Result<Router, TableError> {
        Router::new(endpoints, Vec::new(), &crate::api::PLAIN)
    }

    fn found(method: Method, path: &str) -> Option<(&'static str, String)> {
        match router(all()).unwrap().find(&method, path) {
            Match::Found(row, params) => Some((row.endpoint.id, params.get("id").to_owned())),
            Match::WrongMethod(_) | Match::Nothing => None,
        }
    }

    fn endpoint(path: &'static str) -> &'static Endpoint {
        Box::leak(Box::new(Endpoint {
            method: Method::GET,
            path,
            id: path,
            access: Access::Open,
            body: BodyKind::None,
            handler: |_, _| Box::pin(async { Ok(crate::api::respond::ok("")) }),
            doc: Doc::NONE,
        }))
    }

    #[test]
    fn every_endpoint_is_found_by_its_own_path() {
        let router = router(all()).unwrap();
        for endpoint in all() {
            let path = endpoint.path.replace('{', "x-").replace('}', "");
            match router.find(&endpoint.method, &path) {
                Match::Found(row, params) => {
                    assert_eq!(row.endpoint.id, endpoint.id);
                    parameters(endpoint.path).for_each(|name| assert_eq!(params.get(name), format!("x-{name}")));
                }
                other => panic!("{path}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_literal_goes_before_a_parameter() {
        let router = router(vec![endpoint("/a/{id}"), endpoint("/a/b"), endpoint("/a/b/{id}"), endpoint("/a/{id}/c/{other}")]).unwrap();
        for (path, wanted, id, other) in [
            ("/a/b", "/a/b", "", ""),
            ("/a/x", "/a/{id}", "x", ""),
            ("/a/b/c", "/a/b/{id}", "c", ""),
            ("/a/x/c/y", "/a/{id}/c/{other}", "x", "y"),
        ] {
            match router.find(&Method::GET, path) {
                Match::Found(row, params) => {
                    assert_eq!(row.endpoint.id, wanted);
                    assert_eq!(params.get("id"), id);
                    assert_eq!(params.get("other"), other);
                    assert_eq!(params.get("absent"), "");
                }
                other => panic!("{path}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_rest_is_all_that_follows() {
        let router = router(vec![endpoint("/a/{id}"), endpoint("/a/{id}/{*rest}"), endpoint("/b/{*rest}")]).unwrap();
        for (path, wanted, rest) in [
            ("/a/x", "/a/{id}", ""),
            ("/a/x/", "/a/{id}/{*rest}", ""),
            ("/a/x/b//c/", "/a/{id}/{*rest}", "b//c/"),
            ("/b/c", "/b/{*rest}", "c"),
        ] {
            match router.find(&Method::GET, path) {
                Match::Found(row, params) => assert_eq!((row.endpoint.id, params.get("rest")), (wanted, rest), "{path}"),
                other => panic!("{path}: {other:?}"),
            }
        }
        assert!(matches!(router.find(&Method::GET, "/a//b"), Match::Nothing));
        assert!(matches!(router.find(&Method::PUT, "/a/x/b"), Match::WrongMethod(_)));
        assert_eq!(template("/a/{id}/{*rest}"), "/a/{id}/{rest}");
    }

    #[test]
    fn paths_are_taken_as_they_are() {
        for path in ["", "/", "*", "healthz", "/healthz/", "//healthz", "/v1/hooks/", "/v1/hooks//fire", "/V1/hooks", "/v1/hooks/a/b/c"] {
            assert_eq!(found(Method::GET, path), None, "{path}");
        }
    }

    #[test]
    fn another_method_is_told_which_there_are() {
        let router = router(all()).unwrap();
        match router.find(&Method::PATCH, "/v1/hooks/x") {
            Match::WrongMethod(allowed) => assert_eq!(allowed, [Method::GET, Method::PUT, Method::DELETE]),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_table_with_two_answers_is_refused() {
        assert!(router(vec![endpoint("/a/{id}"), endpoint("/a/{name}")]).is_err());
        assert!(router(vec![endpoint("/a/b"), endpoint("/a/b")]).is_err());
        assert!(router(vec![endpoint("/{a}/{b}/{c}/{d}/{e}")]).is_err());
        assert!(router(vec![endpoint("/a/{id}"), endpoint("/a/b"), endpoint("/a/{id}/b/{other}")]).is_ok());
    }

    #[test]
    fn only_health_and_tokens_are_without_a_scope() {
        let open: Vec<_> = all().into_iter().filter(|one| !matches!(one.access, Access::Scope(_))).map(|one| one.path).collect();
        assert_eq!(open, ["/healthz", "/readyz", "/v1/tokens"]);
    }
}
