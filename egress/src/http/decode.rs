//! Unpacks gzip, deflate and Brotli. What comes out is bounded while it comes out, so that a bomb ends at the limit.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use bytes::Bytes;
use flate2::write::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::change::Change;
use crate::error::Error;
use crate::limits::bytes_text;

/// Where unpacked bytes are put, up to a limit.
struct Sink {
    bytes: Vec<u8>,
    left: u64,
    crossed: bool,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            self.crossed = true;
            return Err(io::Error::other("the limit is crossed"));
        };
        self.left = left;
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

enum Kind {
    Gzip(MultiGzDecoder<Sink>),
    Zlib(ZlibDecoder<Sink>),
    Raw(DeflateDecoder<Sink>),
    Brotli(Box<DecompressorWriter<Sink>>),
    /// Deflate, with or without the header of zlib: the first byte tells.
    Unknown(Option<Sink>),
}

struct Decoder {
    kind: Kind,
    most: u64,
    begun: bool,
}

/// Encodings on top of each other that are unpacked.
const DEEP: usize = 4;
const WINDOW: usize = 16 << 10;

/// What unpacks a body with these headers to at most so many bytes; `None`: it is not packed, or in a way that is not known.
pub(crate) fn decoder(headers: &HeaderMap, most: u64) -> Option<Box<dyn Change>> {
    let texts: Option<Vec<&str>> = headers.get_all(CONTENT_ENCODING).iter().map(|value| value.to_str().ok()).collect();
    let texts = texts?.join(",").to_ascii_lowercase();
    let names: Vec<&str> = texts.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "identity")).collect();
    if names.is_empty() || names.len() > DEEP {
        return None;
    }
    // The one that was applied last is undone first.
    let decoders: Option<Vec<Decoder>> = names.iter().rev().map(|name| Decoder::named(name, most)).collect();
    Some(Box::new(Chain { decoders: decoders?, packed: 0, most }))
}

impl Decoder {
    fn named(name: &str, most: u64) -> Option<Self> {
        let sink = Sink { bytes: Vec::new(), left: most, crossed: false };
        let kind = match name {
            "gzip" | "x-gzip" => Kind::Gzip(MultiGzDecoder::new(sink)),
            "deflate" => Kind::Unknown(Some(sink)),
            "br" => Kind::Brotli(Box::new(DecompressorWriter::new(sink, WINDOW))),
            _ => return None,
        };
        Some(Self { kind, most, begun: false })
    }

    fn sink(&mut self) -> Option<&mut Sink> {
        match &mut self.kind {
            Kind::Gzip(decoder) => Some(decoder.get_mut()),
            Kind::Zlib(decoder) => Some(decoder.get_mut()),
            Kind::Raw(decoder) => Some(decoder.get_mut()),
            Kind::Brotli(decoder) => Some(decoder.get_mut()),
            Kind::Unknown(sink) => sink.as_mut(),
        }
    }

    fn finish(&mut self, result: io::Result<()>) -> Result<Bytes, Error> {
        let most = self.most;
        let sink = self.sink();
        if sink.as_ref().is_some_and(|sink| sink.crossed) {
            return Err(too_long(most));
        }
        result.map_err(|_| Error::new("Z_DATA_ERROR", "the answer's body cannot be unpacked"))?;
        Ok(sink.map(|sink| std::mem::take(&mut sink.bytes).into()).unwrap_or_default())
    }

    fn push(&mut self, chunk: &[u8]) -> Result<Bytes, Error> {
        let Some(first) = chunk.first() else { return Ok(Bytes::new()) };
        self.begun = true;
        if let Kind::Unknown(sink) = &mut self.kind
            && let Some(sink) = sink.take()
        {
            self.kind = if first & 0x0f == 8 { Kind::Zlib(ZlibDecoder::new(sink)) } else { Kind::Raw(DeflateDecoder::new(sink)) };
        }
        let result = match &mut self.kind {
            Kind::Gzip(decoder) => decoder.write_all(chunk).and_then(|()| decoder.flush()),
            Kind::Zlib(decoder) => decoder.write_all(chunk).and_then(|()| decoder.flush()),
            Kind::Raw(decoder) => decoder.write_all(chunk).and_then(|()| decoder.flush()),
            Kind::Brotli(decoder) => decoder.write_all(chunk).and_then(|()| decoder.flush()),
            Kind::Unknown(_) => Ok(()),
        };
        self.finish(result)
    }

    fn end(&mut self) -> Result<Bytes, Error> {
        if !self.begun {
            return Ok(Bytes::new());
        }
        let result = match &mut self.kind {
            Kind::Gzip(decoder) => decoder.try_finish(),
            Kind::Zlib(decoder) => decoder.try_finish(),
            Kind::Raw(decoder) => decoder.try_finish(),
            Kind::Brotli(decoder) => decoder.close(),
            Kind::Unknown(_) => Ok(()),
        };
        self.finish(result)
    }
}

/// Decoders, the first of which reads what comes from the network.
struct Chain {
    decoders: Vec<Decoder>,
    packed: u64,
    most: u64,
}

/// How many bytes more than the limit may come packed. What is packed is smaller, but for what is made to keep a decoder busy.
const OVERHEAD: u64 = 64 << 10;

impl Change for Chain {
    fn push(&mut self, chunk: Bytes) -> Result<Bytes, Error> {
        self.packed = self.packed.saturating_add(chunk.len() as u64);
        if self.packed > self.most.saturating_add(OVERHEAD) {
            return Err(too_long(self.most));
        }
        self.decoders.iter_mut().try_fold(chunk, |chunk, decoder| decoder.push(&chunk))
    }

    fn end(&mut self) -> Result<Bytes, Error> {
        self.decoders.iter_mut().try_fold(Bytes::new(), |before, decoder| {
            let pushed = decoder.push(&before)?;
            let ended = decoder.end()?;
            Ok(if ended.is_empty() { pushed } else { [pushed, ended].concat().into() })
        })
    }
}

/// The limit that an answer's body crosses.
pub(crate) fn too_long(most: u64) -> Error {
    Error::limit("the answer's body is too long", bytes_text(most), "egress.response_bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    fn packed(encoding: &str, text: &[u8]) -> Vec<u8> {
        let level = Compression::best();
        match encoding {
            "gzip" => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            "zlib" => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            _ => {
                let mut encoder = DeflateEncoder::new(Vec::new(), level);
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
        }
    }

    fn unpack(encoding: &str, bytes: &[u8], most: u64, step: usize) -> Result<Vec<u8>, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, encoding.parse().unwrap());
        let mut decoder = decoder(&headers, most).unwrap();
        let mut out = Vec::new();
        for chunk in bytes.chunks(step) {
            out.extend(decoder.push(Bytes::copy_from_slice(chunk))?);
        }
        out.extend(decoder.end()?);
        Ok(out)
    }

    /// "hello" five times with spaces between, and 10 MiB of zeros, in Brotli.
    const HELLO: [u8; 20] =
        [0x1b, 0x1c, 0x00, 0xf8, 0x8d, 0x94, 0x6e, 0xde, 0x44, 0x55, 0x86, 0x96, 0x6c, 0x20, 0x6f, 0x41, 0x4f, 0x1c, 0x20, 0x71];
    const ZEROS: [u8; 27] = [
        0xcb, 0xff, 0xff, 0x3f, 0xf8, 0x27, 0x00, 0xe2, 0xb1, 0x40, 0x20, 0xf7, 0xfe, 0x2f, 0xff, 0xff, 0x3f, 0xf0, 0x4f, 0x00, 0xc4, 0x61,
        0x11, 0x80, 0xee, 0xfd, 0x07,
    ];

    #[test]
    fn what_was_packed_comes_out_in_any_chunks() {
        let text = "a text that repeats, a text that repeats".repeat(100).into_bytes();
        for step in [1, 7, 100_000] {
            assert_eq!(unpack("gzip", &packed("gzip", &text), 1 << 20, step).unwrap(), text);
            assert_eq!(unpack("deflate", &packed("zlib", &text), 1 << 20, step).unwrap(), text);
            assert_eq!(unpack("deflate", &packed("raw", &text), 1 << 20, step).unwrap(), text);
            assert_eq!(unpack("gzip, deflate", &packed("zlib", &packed("gzip", &text)), 1 << 20, step).unwrap(), text);
        }
        assert_eq!(unpack("br", &HELLO, 1 << 20, 3).unwrap(), b"hello hello hello hello hello");
        assert_eq!(unpack("gzip", &[], 10, 1).unwrap(), b"");
    }

    #[test]
    fn a_bomb_ends_at_the_limit() {
        let zeros = vec![0; 10 << 20];
        let twice = packed("gzip", &packed("gzip", &zeros));
        for (encoding, bomb) in
            [("gzip", packed("gzip", &zeros)), ("deflate", packed("zlib", &zeros)), ("gzip, gzip", twice), ("br", ZEROS.to_vec())]
        {
            assert!(bomb.len() < 100_000);
            let error = unpack(encoding, &bomb, 1 << 20, 16 << 10).unwrap_err();
            assert!(error.is_limit() && error.message.contains("egress.response_bytes"), "{error}");
        }
    }

    #[test]
    fn packed_bytes_that_come_to_nothing_are_bounded_too() {
        let empty = packed("gzip", b"").repeat(10_000);
        let error = unpack("gzip", &empty, 1000, 1000).unwrap_err();
        assert!(error.is_limit(), "{error}");
    }

    #[test]
    fn a_body_that_is_cut_or_damaged_is_an_error() {
        let whole = packed("gzip", b"a text that is cut");
        assert_eq!(unpack("gzip", &whole[..whole.len() - 9], 100, 100).unwrap_err().code, "Z_DATA_ERROR");
        assert_eq!(unpack("gzip", b"no gzip at all", 100, 100).unwrap_err().code, "Z_DATA_ERROR");
        assert_eq!(unpack("br", b"\xff\xff\xff\xff no brotli", 100, 100).unwrap_err().code, "Z_DATA_ERROR");
    }

    #[test]
    fn an_encoding_that_is_not_known_is_left_alone() {
        for text in ["", "identity", "zstd", "gzip, zstd", "gzip, gzip, gzip, gzip, gzip"] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_ENCODING, text.parse().unwrap());
            assert!(decoder(&headers, 10).is_none(), "{text}");
        }
    }
}
