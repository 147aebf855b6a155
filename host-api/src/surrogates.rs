//! Lone halves of surrogate pairs in JSON. JavaScript's strings may contain them, and JSON can escape them; Rust's strings cannot contain
//! them. The host checks a copy with other characters in their places; functions get the original.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// The length of `\ud800`.
const ESCAPE: usize = 6;

/// Reads a JSON text, in which a half stands for a replacement character, as it does wherever text leaves a function.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match replaced(text) {
        Some(text) => serde_json::from_str(&text),
        None => Err(error),
    })
}

/// The text with a replacement character in place of each half; `None` where there are none.
pub fn replaced(text: &str) -> Option<String> {
    without_halves(text, |_| 0xfffd)
}

/// A JSON value as it leaves the host, with a replacement character for each half: some readers refuse the escape of one.
pub fn readable(value: Box<RawValue>) -> Box<RawValue> {
    match replaced(value.get()).map(RawValue::from_string) {
        Some(Ok(replaced)) => replaced,
        _ => value,
    }
}

/// The text with a private-use character in place of each half, so that different keys stay different; `None` where there are none.
/// Everything else is where it was.
pub(crate) fn distinct(text: &str) -> Option<String> {
    without_halves(text, |half| half - 0xd800 + 0xe000)
}

fn without_halves(text: &str, instead: impl Fn(u16) -> u16) -> Option<String> {
    let mut out = String::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = text.get(at..)?.find('\\') {
        at += found;
        match unit(text, at) {
            Some(0xd800..0xdc00) if matches!(unit(text, at + ESCAPE), Some(0xdc00..0xe000)) => at += 2 * ESCAPE,
            Some(half @ 0xd800..0xe000) => {
                out.push_str(text.get(copied..at)?);
                out.push_str(&format!("\\u{:04x}", instead(half)));
                at += ESCAPE;
                copied = at;
            }
            _ => at += 2,
        }
    }
    if copied == 0 {
        return None;
    }
    out.push_str(text.get(copied..)?);
    Some(out)
}

/// The UTF-16 unit of the escape at this place.
fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + ESCAPE)?.strip_prefix("\\u")?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_halves_alone_and_nothing_else() {
        assert_eq!(distinct(r#"["\ud800","\udfff"]"#).as_deref(), Some(r#"["\ue000","\ue7ff"]"#));
        assert_eq!(distinct(r#""\uD83D\uDE00 \\ud800 \"""#), None);
        assert_eq!(distinct(r#""\ud800\ud83d\ude00\ud800x""#).as_deref(), Some(r#""\ue000\ud83d\ude00\ue000x""#));
        assert_eq!(distinct("\"é\\ud800"), Some("\"é\\ue000".to_owned()));
        assert_eq!(distinct("\\"), None);
        assert_eq!(read::<String>(r#""a\udc00\ud83d\ude00""#).unwrap(), "a\u{fffd}\u{1f600}");
        assert!(read::<String>(r#""\ud800"#).is_err());
    }
}
