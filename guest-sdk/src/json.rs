//! What is said of JSON that does not fit.

/// What serde says of a value, without the value: it may be a secret, and the message may be kept in the log.
pub(crate) fn without_value(error: &serde_json::Error) -> String {
    let message = error.to_string();
    if !error.is_data() || message.starts_with("missing field") || message.starts_with("duplicate field") {
        return message;
    }
    // serde writes `invalid type: <the value>, expected <what>`; only what follows the last comma is the type's own text.
    let place = format!("at line {} column {}", error.line(), error.column());
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if expected.ends_with(&place) => format!("expected {expected}"),
        _ => format!("an unexpected value {place}"),
    }
}
