//! A call that a function made outside, as a terminal shows it.

use hookbox_hooks::Call;

use crate::style::visible;

/// The call on one line: whom, how it ended, how much and how long.
pub(crate) fn line(call: &Call) -> String {
    let Call { method, origin, status, error, sent, received, cached, duration_us } = call;
    let cached = if *cached { " out of the cache" } else { "" };
    let end = status.map(|status| status.to_string()).into_iter().chain(error.as_deref().map(str::to_owned)).collect::<Vec<_>>().join(" ");
    visible(&format!("{method} {origin}: {end}, {sent} bytes out, {received} in{cached}, {:.1} ms", *duration_us as f64 / 1000.0))
}
