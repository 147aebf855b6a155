//! What HTTP fails with, in Node's words.

use std::error::Error as _;

use super::headers;
use crate::error::Error;
use crate::limits::Limits;

/// The error of a connection or a message.
pub(super) fn error_of(error: &hyper::Error, limits: &Limits) -> Error {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(own) = inner.downcast_ref::<Error>() {
            return own.clone();
        }
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return of_io(io);
        }
        cause = inner.source();
    }
    if error.is_parse_too_large() {
        return headers::too_long("answer", limits);
    }
    if error.is_parse() || error.is_parse_status() {
        return of_parse(error);
    }
    if error.is_timeout() {
        return Error::new("ETIMEDOUT", "the connection answers nothing any more");
    }
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() || error.is_body_write_aborted() {
        return Error::hung_up();
    }
    Error::new("ERR_HTTP2_STREAM_ERROR", "the server ended the stream")
}

fn of_io(error: &std::io::Error) -> Error {
    match error.kind() {
        // hyper's word for chunks that are none.
        std::io::ErrorKind::InvalidInput => Error::new("HPE_INVALID_CHUNK_SIZE", "Parse Error: Invalid character in chunk size"),
        std::io::ErrorKind::UnexpectedEof => Error::hung_up(),
        _ => Error::io(error, "read"),
    }
}

/// hyper tells the parts of a head apart in its text only.
fn of_parse(error: &hyper::Error) -> Error {
    let text = error.to_string();
    let of = |code: &'static str, what: &str| Error::new(code, format!("Parse Error: {what}"));
    if error.is_parse_status() {
        of("HPE_INVALID_STATUS", "Invalid status code")
    } else if text.contains("content-length") {
        of("HPE_INVALID_CONTENT_LENGTH", "Invalid character in Content-Length")
    } else if text.contains("transfer-encoding") {
        of("HPE_INVALID_TRANSFER_ENCODING", "Transfer-Encoding can't be present here")
    } else if text.contains("header") {
        of("HPE_INVALID_HEADER_TOKEN", "Invalid header token")
    } else {
        of("HPE_INVALID_CONSTANT", "Expected HTTP/")
    }
}
