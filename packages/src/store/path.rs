//! Paths in tarballs, which strangers write.

use std::str;

/// Longer paths than this are nobody's honest files.
const LONGEST: usize = 1024;

/// The path of a file within its package: without the first folder, which is `package` in most tarballs and is left out by npm whatever it is.
/// Nothing if it is that folder itself.
///
/// # Errors
/// It leads, or might lead somebody, out of the package.
pub(super) fn within(bytes: &[u8]) -> Result<Option<String>, String> {
    let shown = || String::from_utf8_lossy(bytes.get(..bytes.len().min(80)).unwrap_or_default()).escape_debug().to_string();
    let refuse = |why: &str| Err(format!("its tarball has the path \"{}\", which {why}", shown()));
    let Ok(text) = str::from_utf8(bytes) else { return refuse("is not UTF-8") };
    if text.len() > LONGEST {
        return refuse("is too long");
    }
    if text.starts_with('/') {
        return refuse("is absolute");
    }
    if text.chars().any(|c| c == '\\' || c.is_control()) {
        return refuse("has characters that no file has");
    }
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.contains(&"..") {
        return refuse("leads out of the package");
    }
    let inner = parts.get(1..).unwrap_or_default().join("/");
    Ok((!inner.is_empty()).then_some(inner))
}

/// Whether no program reads a file: descriptions of types, and maps from compiled sources to their originals.
pub(super) fn is_for_people(path: &str) -> bool {
    const ENDINGS: [&str; 9] = [".d.ts", ".d.mts", ".d.cts", ".js.map", ".mjs.map", ".cjs.map", ".ts.map", ".mts.map", ".cts.map"];
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_folder_is_left_out() {
        let inner = |text: &str| within(text.as_bytes()).unwrap();
        assert_eq!(inner("package/lib/a.js").unwrap(), "lib/a.js");
        assert_eq!(inner("./package//lib/./a.js").unwrap(), "lib/a.js");
        assert_eq!(inner("node-1.0/a..js").unwrap(), "a..js");
        assert_eq!((inner("package/"), inner("file")), (None, None));
    }

    #[test]
    fn what_leads_out_is_refused() {
        let long = format!("package/{}", "x".repeat(LONGEST));
        let paths =
            ["/etc/passwd", "../x", "package/../../x", "package/..", "package\\..\\x", "package/a\0b", "package/a\nb", long.as_str()];
        for path in paths {
            assert!(within(path.as_bytes()).is_err(), "{path}");
        }
        assert!(within(b"package/\xff").is_err());
    }

    proptest! {
        #[test]
        fn no_path_leads_out(bytes in proptest::collection::vec(prop_oneof![Just(b'/'), Just(b'.'), Just(b'\\'), any::<u8>()], 0..24)) {
            if let Ok(Some(path)) = within(&bytes) {
                prop_assert!(!path.starts_with('/') && path.split('/').all(|part| !matches!(part, "" | "." | "..")));
            }
        }
    }
}
