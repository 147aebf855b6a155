//! Sending: one request, or several side by side.

use super::{Error, Request, Response};
use crate::host;

/// Makes requests side by side, and waits for all of the answers, which come in the order of the requests.
pub fn send_all<const N: usize>(requests: [Request; N]) -> [Result<Response, Error>; N] {
    let mut answers = host::http_send(requests.into()).into_iter();
    std::array::from_fn(|_| answers.next().unwrap_or_else(|| Err(Error::new("EIO", "the host did not answer"))))
}

/// Like [`send_all`], for a number of requests that is not known beforehand.
pub fn send_many(requests: impl IntoIterator<Item = Request>) -> Vec<Result<Response, Error>> {
    host::http_send(requests.into_iter().collect())
}

impl Request {
    /// Makes the request, and waits for the whole answer.
    ///
    /// # Errors
    /// What went wrong before there was one: the hook may not call that host, it is not there, it takes too long, a limit is crossed.
    pub fn send(self) -> Result<Response, Error> {
        let [answer] = send_all([self]);
        answer
    }
}
