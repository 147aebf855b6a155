//! The little of DER that keys and signatures are written in.

/// A DER sequence of numbers that are not negative, each given by its bytes.
pub(super) fn der_sequence(numbers: &[&[u8]]) -> Vec<u8> {
    let content: Vec<u8> = numbers.iter().flat_map(|number| der_integer(number)).collect();
    der(0x30, &content)
}

fn der_integer(number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let significant = number.get(zeros..).unwrap_or_default();
    // A first bit that is set would mean a negative number.
    let sign: &[u8] = if significant.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
    der(0x02, &[sign, significant].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|byte| **byte == 0).count();
    let length = length.get(zeros..).unwrap_or_default();
    let head = match length {
        [] => vec![tag, 0],
        [short] if *short < 0x80 => vec![tag, *short],
        long => {
            let count = u8::try_from(long.len()).unwrap_or_default();
            [&[tag, 0x80 | count], long].concat()
        }
    };
    [&head, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_der() {
        assert_eq!(der_sequence(&[&[0, 0, 1], &[0x80]]), [0x30, 7, 2, 1, 1, 2, 2, 0, 0x80]);
        assert_eq!(der_sequence(&[&[0]]), [0x30, 3, 2, 1, 0]);
        let long = der_sequence(&[&[1; 256]]);
        assert_eq!(long[..8], [0x30, 0x82, 1, 4, 2, 0x82, 1, 0]);
    }
}
