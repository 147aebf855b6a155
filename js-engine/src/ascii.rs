//! Finds the first character in a text that needs special treatment, eight characters at a time.

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// How many bytes at the start are printable ASCII and neither a backslash nor this quote.
pub(crate) fn simple_len(text: &[u8], quote: u8) -> usize {
    let mut len = 0;
    let mut chunks = text.chunks_exact(8);
    for chunk in &mut chunks {
        let found = special_bytes(chunk.try_into().map_or(0, u64::from_le_bytes), quote);
        if found != 0 {
            return len + found.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + chunks.remainder().iter().take_while(|byte| is_simple(**byte, quote)).count()
}

fn is_simple(byte: u8, quote: u8) -> bool {
    (b' '..0x7f).contains(&byte) && byte != quote && byte != b'\\'
}

/// The high bit of each byte that is not simple; above the first, bytes may be taken for special that are not.
fn special_bytes(word: u64, quote: u8) -> u64 {
    let is_zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let below_space = word.wrapping_sub(ONES * 0x20);
    // A byte above 0x7e has its high bit set already, or gets it by adding one.
    let above_tilde = word | word.wrapping_add(ONES);
    (below_space | above_tilde | is_zero(word ^ (ONES * u64::from(quote))) | is_zero(word ^ (ONES * u64::from(b'\\')))) & HIGHS
}
