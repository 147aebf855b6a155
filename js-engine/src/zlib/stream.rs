//! One stream of zlib's, and the formats as Node tells them apart.

use std::ffi::CStr;
use std::mem::size_of;
use std::ptr;

use libz_rs_sys as z;

/// Node's modes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Deflate,
    Inflate,
    Gzip,
    Gunzip,
    DeflateRaw,
    InflateRaw,
    /// Gunzip or inflate, whichever the first bytes say.
    Unzip,
}

impl From<u8> for Kind {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Deflate,
            3 => Self::Gzip,
            4 => Self::Gunzip,
            5 => Self::DeflateRaw,
            6 => Self::InflateRaw,
            7 => Self::Unzip,
            _ => Self::Inflate,
        }
    }
}

impl Kind {
    fn compresses(self) -> bool {
        matches!(self, Self::Deflate | Self::Gzip | Self::DeflateRaw)
    }

    /// zlib takes the format from the number of bits.
    fn bits(self, bits: i32) -> i32 {
        match self {
            Self::Deflate | Self::Inflate => bits,
            Self::Gzip | Self::Gunzip => bits + 16,
            Self::DeflateRaw | Self::InflateRaw => -bits,
            Self::Unzip => bits + 32,
        }
    }
}

/// What a step did: zlib's code, and how many bytes it took and gave.
pub(super) struct Done {
    pub(super) code: i32,
    pub(super) read: usize,
    pub(super) written: usize,
}

/// A step of a stream that is closed.
pub(super) const CLOSED: Done = Done { code: z::Z_STREAM_ERROR, read: 0, written: 0 };

const MAGIC: [u8; 2] = [0x1f, 0x8b];

pub(super) struct Stream {
    kind: Kind,
    /// How many bytes of gzip's mark were seen, while it is not known whether it is one.
    marked: usize,
    dictionary: Vec<u8>,
    raw: Box<z::z_stream>,
}

impl Stream {
    pub(super) fn new(kind: Kind, level: i32, bits: i32, memory: i32, strategy: i32, dictionary: Vec<u8>) -> Result<Self, i32> {
        let mut raw = Box::<z::z_stream>::default();
        let (version, size) = (z::zlibVersion(), size_of::<z::z_stream>() as i32);
        // SAFETY: the stream is new, its address stays, and version and size are this library's own.
        let code = unsafe {
            if kind.compresses() {
                z::deflateInit2_(&mut *raw, level, z::Z_DEFLATED, kind.bits(bits), memory, strategy, version, size)
            } else {
                z::inflateInit2_(&mut *raw, kind.bits(bits), version, size)
            }
        };
        if code != z::Z_OK {
            return Err(code);
        }
        let mut stream = Self { kind, marked: 0, dictionary, raw };
        match stream.use_dictionary() {
            z::Z_OK => Ok(stream),
            code => Err(code),
        }
    }

    /// Those that decompress with a header say when they want it.
    fn use_dictionary(&mut self) -> i32 {
        if self.dictionary.is_empty() {
            return z::Z_OK;
        }
        match self.kind {
            Kind::Deflate | Kind::DeflateRaw => {
                // SAFETY: the stream is open, and the bytes outlive the call.
                unsafe { z::deflateSetDictionary(&mut *self.raw, self.dictionary.as_ptr(), self.dictionary.len() as u32) }
            }
            Kind::InflateRaw => self.inflate_dictionary(),
            Kind::Inflate | Kind::Gzip | Kind::Gunzip | Kind::Unzip => z::Z_OK,
        }
    }

    fn inflate_dictionary(&mut self) -> i32 {
        // SAFETY: the stream is open, and the bytes outlive the call.
        unsafe { z::inflateSetDictionary(&mut *self.raw, self.dictionary.as_ptr(), self.dictionary.len() as u32) }
    }

    pub(super) fn step(&mut self, flush: i32, input: &[u8], output: &mut [u8]) -> Done {
        if self.kind == Kind::Unzip {
            self.tell_apart(input);
        }
        self.raw.next_in = input.as_ptr();
        self.raw.avail_in = u32::try_from(input.len()).unwrap_or(u32::MAX);
        self.raw.next_out = output.as_mut_ptr();
        self.raw.avail_out = u32::try_from(output.len()).unwrap_or(u32::MAX);
        let code = self.turn(flush);
        let read = input.len() - self.raw.avail_in as usize;
        let written = output.len() - self.raw.avail_out as usize;
        // Nothing keeps a pointer into arrays that JavaScript may free.
        self.raw.next_in = ptr::null();
        self.raw.avail_in = 0;
        self.raw.next_out = ptr::null_mut();
        self.raw.avail_out = 0;
        Done { code, read, written }
    }

    /// The mark may come in two pieces.
    fn tell_apart(&mut self, input: &[u8]) {
        for byte in input {
            if MAGIC.get(self.marked) != Some(byte) {
                self.kind = Kind::Inflate;
                return;
            }
            self.marked += 1;
            if self.marked == MAGIC.len() {
                self.kind = Kind::Gunzip;
                return;
            }
        }
    }

    fn turn(&mut self, flush: i32) -> i32 {
        if self.kind.compresses() {
            // SAFETY: the stream is open, and its pointers are those of living arrays.
            return unsafe { z::deflate(&mut *self.raw, flush) };
        }
        let mut code = self.inflate(flush);
        if code == z::Z_NEED_DICT && self.kind != Kind::InflateRaw && !self.dictionary.is_empty() {
            code = match self.inflate_dictionary() {
                z::Z_OK => self.inflate(flush),
                // It is not the one that was asked for.
                z::Z_DATA_ERROR => z::Z_NEED_DICT,
                code => code,
            };
        }
        // Files of gzip may follow one another; zeros behind them are padding.
        while code == z::Z_STREAM_END && self.kind == Kind::Gunzip && self.next_byte().is_some_and(|byte| byte != 0) {
            code = match self.reset() {
                z::Z_OK => self.inflate(flush),
                code => code,
            };
        }
        code
    }

    fn inflate(&mut self, flush: i32) -> i32 {
        // SAFETY: the stream is open, and its pointers are those of living arrays.
        unsafe { z::inflate(&mut *self.raw, flush) }
    }

    fn next_byte(&self) -> Option<u8> {
        // SAFETY: that many bytes of a living array follow.
        (self.raw.avail_in > 0).then(|| unsafe { *self.raw.next_in })
    }

    /// What is wrong, in zlib's words, if it has any.
    pub(super) fn message(&self) -> Option<String> {
        // SAFETY: a message is one of the library's constants.
        (!self.raw.msg.is_null()).then(|| unsafe { CStr::from_ptr(self.raw.msg) }.to_string_lossy().into_owned())
    }

    /// Only for what compresses, and once all that it was given is written out.
    pub(super) fn params(&mut self, level: i32, strategy: i32) -> i32 {
        if !self.kind.compresses() {
            return z::Z_OK;
        }
        // SAFETY: the stream is open.
        unsafe { z::deflateParams(&mut *self.raw, level, strategy) }
    }

    /// Begins anew, with the same options.
    pub(super) fn reset(&mut self) -> i32 {
        // SAFETY: the stream is open.
        let code = unsafe { if self.kind.compresses() { z::deflateReset(&mut *self.raw) } else { z::inflateReset(&mut *self.raw) } };
        if code == z::Z_OK { self.use_dictionary() } else { code }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream is open, and not used again.
        unsafe {
            if self.kind.compresses() {
                z::deflateEnd(&mut *self.raw)
            } else {
                z::inflateEnd(&mut *self.raw)
            };
        }
    }
}

pub(super) fn crc32(seed: u32, bytes: &[u8]) -> u32 {
    // SAFETY: the bytes outlive the call.
    let sum = unsafe { z::crc32_z(seed.into(), bytes.as_ptr(), bytes.len()) };
    u32::try_from(sum).unwrap_or_default()
}
