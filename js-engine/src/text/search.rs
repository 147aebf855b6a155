//! Finding bytes in bytes.

/// Where `needle` begins in `hay`: the first place from `from` on, or the last one up to it. With a step of 2 only even distances from the
/// start of `hay` count.
pub(super) fn find(hay: &[u8], needle: &[u8], from: usize, forward: bool, step: usize) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    let step = step.max(1);
    if !forward {
        let from = from.min(last);
        return (0..=from).rev().find(|at| at % step == 0 && is_at(hay, needle, *at));
    }
    let Some(first) = needle.first() else { return (from <= last).then_some(from) };
    let mut at = from;
    while at <= last {
        // The first byte is looked for on its own, because it is rarely there.
        at += hay.get(at..=last)?.iter().position(|byte| byte == first)?;
        if at % step == 0 && is_at(hay, needle, at) {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn is_at(hay: &[u8], needle: &[u8], at: usize) -> bool {
    hay.get(at..).is_some_and(|rest| rest.starts_with(needle))
}
