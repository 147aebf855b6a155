//! Latin-1, the form in which QuickJS keeps most texts.

/// Appends Latin-1 as UTF-8.
pub(crate) fn push_latin1(out: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        if *byte < 0x80 {
            out.push(*byte);
        } else {
            out.extend_from_slice(&[0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)]);
        }
    }
}
