//! The order in which packages are placed. Where two cannot both be at the top it decides which one is, so it is npm's: by depth, and names
//! as people sort them.

use std::cmp::Ordering;

/// Compares names or paths: punctuation before digits before letters, whose case counts last.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let key = |text: &str| text.chars().map(weight).collect::<Vec<_>>();
    key(one).cmp(&key(other)).then_with(|| other.cmp(one))
}

fn weight(c: char) -> (u8, u32) {
    const PUNCTUATION: &str = "_-.'()@*/~";
    match PUNCTUATION.find(c) {
        Some(at) => (0, u32::try_from(at).unwrap_or_default()),
        None => (1, u32::from(c.to_ascii_lowercase())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_sort_them() {
        let mut names = ["b", "B", "a10", "a1", "@s/a", "a-b", "ab", "a_b", "a.b", "a"];
        names.sort_by(|one, other| compare(one, other));
        assert_eq!(names, ["@s/a", "a", "a_b", "a-b", "a.b", "a1", "a10", "ab", "b", "B"]);
    }
}
