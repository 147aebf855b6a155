//! Places in a tree of packages: `node_modules/a/node_modules/@scope/b`.

use crate::name::PackageName;

/// The names that a path is made of, or nothing if it is no such path.
pub(crate) fn names(path: &str) -> Option<Vec<&str>> {
    let mut rest = path;
    let mut names = Vec::new();
    loop {
        rest = rest.strip_prefix("node_modules/")?;
        let (name, after) = match rest.split_once("/node_modules/") {
            Some((name, after)) => (name, Some(rest.get(rest.len() - after.len() - "node_modules/".len()..)?)),
            None => (rest, None),
        };
        PackageName::parse(name).ok()?;
        names.push(name);
        match after {
            Some(after) => rest = after,
            None => return Some(names),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_row_of_names() {
        assert_eq!(names("node_modules/a").unwrap(), ["a"]);
        assert_eq!(names("node_modules/@s/a/node_modules/b/node_modules/@t/c").unwrap(), ["@s/a", "b", "@t/c"]);
        for path in [
            "",
            "a",
            "node_modules",
            "node_modules/",
            "/node_modules/a",
            "node_modules/a/",
            "node_modules/a/b",
            "node_modules/../a",
            "node_modules/a/node_modules/",
        ] {
            assert_eq!(names(path), None, "{path}");
        }
    }
}
