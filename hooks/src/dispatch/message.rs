//! The last thing that happens to a message before it leaves: secrets are hidden, and then it is cut.

use hookbox_host_api::log::Mask;

const CUT: &str = "…";

/// `message` with every secret hidden, in at most `limit` bytes.
pub(crate) fn masked(mask: &Mask, message: &str, limit: usize) -> String {
    let mut text = mask.apply(message);
    if text.len() > limit {
        let room = limit.saturating_sub(CUT.len());
        text.truncate((0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default());
        text.push_str(CUT);
    }
    text
}

#[cfg(test)]
mod tests {
    use hookbox_host_api::Secret;

    use super::*;

    #[test]
    fn a_secret_across_the_cut_is_hidden() {
        let mask = Mask::new(&[Secret::new("0123456789abcdef")]).unwrap();
        let text = masked(&mask, &format!("{}0123456789abcdef and more", "x".repeat(95)), 100);
        assert_eq!(text, format!("{}{CUT}", "x".repeat(95) + "**"));
        assert_eq!(masked(&mask, &"é".repeat(60), 100), format!("{}{CUT}", "é".repeat(48)));
        assert_eq!(masked(&mask, "short", 100), "short");
    }
}
