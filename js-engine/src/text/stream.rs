//! `TextDecoder`: any encoding of the web, in one piece or in several. The tables are encoding_rs's.

use std::cell::RefCell;

use encoding_rs::{CoderResult, Decoder, DecoderResult};
use rquickjs::function::Opt;
use rquickjs::{Array, Ctx, Result, TypedArray, Value};

use super::reading::reading;
use super::units;

thread_local! {
    /// Decoders in the middle of a text. Who begins a text and never ends it keeps one for as long as the execution lasts.
    static UNDER_WAY: RefCell<Vec<Option<Decoder>>> = const { RefCell::new(Vec::new()) };
}

/// The name of the encoding that a label stands for, in the lower case that JavaScript has it in.
pub(super) fn name(label: String) -> Option<String> {
    encoding_rs::Encoding::for_label_no_replacement(label.as_bytes()).map(|encoding| encoding.name().to_ascii_lowercase())
}

/// How bytes are to be taken.
struct Options {
    fatal: bool,
    keeps_mark: bool,
    /// More bytes of the text follow.
    more: bool,
}

/// `[text, decoder]`, where the decoder is a number of 0 or more if the text is not over and -1 if it is. The text is undefined where the
/// bytes are wrong and this is fatal; it is over then.
///
/// The flags are: 1 fatal, 2 a byte order mark is kept, 4 more follows.
pub(super) fn decode<'js>(ctx: Ctx<'js>, label: String, decoder: i32, bytes: TypedArray<'js, u8>, flags: Opt<u8>) -> Result<Array<'js>> {
    let flags = flags.0.unwrap_or(0);
    let options = Options { fatal: flags & 1 != 0, keeps_mark: flags & 2 != 0, more: flags & 4 != 0 };
    let mut state = taken(decoder).unwrap_or_else(|| begun(&label, &options));
    let text = reading(&ctx, &bytes, |bytes| decoded(&mut state, bytes, &options))?;
    let pair = Array::new(ctx.clone())?;
    let decoder = if options.more && text.is_some() { kept(state) } else { -1 };
    let text = text.map_or_else(|| Ok(Value::new_undefined(ctx.clone())), |text| units::from_utf16(&ctx, &text))?;
    pair.set(0, text)?;
    pair.set(1, decoder)?;
    Ok(pair)
}

fn begun(label: &str, options: &Options) -> Decoder {
    let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    if options.keeps_mark { encoding.new_decoder_without_bom_handling() } else { encoding.new_decoder_with_bom_removal() }
}

fn decoded(decoder: &mut Decoder, bytes: &[u8], options: &Options) -> Option<Vec<u16>> {
    let mut text = vec![0; decoder.max_utf16_buffer_length(bytes.len())?];
    let written = if options.fatal {
        let (result, _, written) = decoder.decode_to_utf16_without_replacement(bytes, &mut text, !options.more);
        (result == DecoderResult::InputEmpty).then_some(written)?
    } else {
        let (result, _, written, _) = decoder.decode_to_utf16(bytes, &mut text, !options.more);
        (result == CoderResult::InputEmpty).then_some(written)?
    };
    text.truncate(written);
    Some(text)
}

fn taken(decoder: i32) -> Option<Decoder> {
    let at = usize::try_from(decoder).ok()?;
    UNDER_WAY.with_borrow_mut(|decoders| decoders.get_mut(at)?.take())
}

fn kept(decoder: Decoder) -> i32 {
    UNDER_WAY.with_borrow_mut(|decoders| {
        let at = decoders.iter().position(Option::is_none).unwrap_or(decoders.len());
        if at == decoders.len() {
            decoders.push(None);
        }
        if let Some(place) = decoders.get_mut(at) {
            *place = Some(decoder);
        }
        at as i32
    })
}
