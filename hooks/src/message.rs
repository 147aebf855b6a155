//! The last step for a message before it leaves the server: secrets are hidden, and then it is cut.

use hookbox_host_api::Failure;
use hookbox_host_api::log::Mask;

const CUT: &str = "…";
/// A text that is longer may have been cut already: the JavaScript engine keeps 16 KiB of an error's.
const WHOLE: usize = 15 << 10;

/// `message` with every secret hidden, in at most `limit` bytes.
pub(crate) fn masked(mask: &Mask, message: &str, limit: usize) -> String {
    let mut text = if message.len() > WHOLE { mask.apply_to_beginning(message) } else { mask.apply(message) };
    if text.len() > limit {
        let room = limit.saturating_sub(CUT.len());
        text.truncate((0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default());
        text.push_str(CUT);
    }
    text
}

/// `failure` with every secret hidden, each text of it in at most `limit` bytes.
pub(crate) fn masked_failure(mask: &Mask, failure: Failure, limit: usize) -> Failure {
    let text = |text: &str| masked(mask, text, limit);
    Failure {
        kind: failure.kind,
        message: text(&failure.message),
        stack: failure.stack.as_deref().map(text),
        place: failure.place.as_deref().map(text),
    }
}

#[cfg(test)]
mod tests {
    use hookbox_host_api::{FailureKind, Secret};

    use super::*;

    #[test]
    fn a_secret_across_the_cut_is_hidden() {
        let mask = Mask::new(&[Secret::new("0123456789abcdef")]).unwrap();
        let text = masked(&mask, &format!("{}0123456789abcdef and more", "x".repeat(95)), 100);
        assert_eq!(text, format!("{}{CUT}", "x".repeat(95) + "**"));
        assert_eq!(masked(&mask, &"é".repeat(60), 100), format!("{}{CUT}", "é".repeat(48)));
        assert_eq!(masked(&mask, "short", 100), "short");
        for cut in 1..16 {
            let engines = format!("{}{}", "0123456789abcdef, ".repeat(910), &"0123456789abcdef"[..cut]);
            assert!(!masked(&mask, &engines, 1 << 20).contains("012"), "{cut}");
        }
    }

    #[test]
    fn every_text_of_a_failure_is_hidden_and_cut() {
        let mask = Mask::new(&[Secret::new("0123456789abcdef")]).unwrap();
        let failure = Failure {
            stack: Some(format!("at 0123456789abcdef (hook.js:1:1)\n{}", "x".repeat(100))),
            place: Some("0123456789abcdef.js:1:1".to_owned()),
            ..Failure::new(FailureKind::Exception, "no 0123456789abcdef")
        };
        let masked = masked_failure(&mask, failure, 40);
        assert_eq!((masked.message.as_str(), masked.place.as_deref()), ("no ***", Some("***.js:1:1")));
        let stack = masked.stack.unwrap();
        assert!(stack.starts_with("at *** (hook.js:1:1)\nxx") && stack.ends_with(CUT) && stack.len() <= 40, "{stack}");
    }
}
