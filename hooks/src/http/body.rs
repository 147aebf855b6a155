//! Reads a request's body: whole, no longer than the endpoint allows, no slower than the settings allow.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::Body;

use crate::api::{ApiError, BodyKind};
use crate::config::Config;

/// How much of a refused body is read and discarded, and for how long.
const LINGER_BYTES: u64 = 32 * 1024 * 1024;
const LINGER_TIME: Duration = Duration::from_secs(10);

/// How long bodies may be, and how long they may take.
#[derive(Clone, Debug)]
pub(crate) struct BodyRules {
    context: usize,
    function: usize,
    timeout: Duration,
}

impl BodyRules {
    /// A few fields: the longest is an env value of 5,000 characters, each of which may be written as two `\uXXXX`.
    const FIELDS_BYTES: usize = 64 * 1024;
    /// Bytes for what surrounds a function or a context in its object.
    const WRAPPER_BYTES: usize = 64 * 1024;

    /// The rules of the settings.
    pub(crate) fn new(config: &Config) -> Self {
        // Base64 makes four bytes of three. Twice that is read, so that a function that is somewhat too large gets the error that names it.
        let encoded = config.limits.function_bytes.saturating_mul(4) / 3;
        Self {
            context: config.limits.context_bytes,
            function: encoded.saturating_mul(2).saturating_add(Self::WRAPPER_BYTES),
            timeout: config.http.body_timeout,
        }
    }

    fn limit(&self, kind: BodyKind) -> usize {
        match kind {
            BodyKind::None => 0,
            BodyKind::Fields => Self::FIELDS_BYTES,
            BodyKind::Function => self.function,
            BodyKind::Context => self.context,
            BodyKind::WrappedContext => self.context.saturating_add(Self::WRAPPER_BYTES),
        }
    }

    /// Reads a body of this kind. The body of an endpoint that takes none is left unread.
    pub(crate) async fn read<B>(&self, kind: BodyKind, body: &mut B) -> Result<Bytes, ApiError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        if kind == BodyKind::None {
            return Ok(Bytes::new());
        }
        let limit = self.limit(kind);
        if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
            return Err(ApiError::BodyTooLong(limit));
        }
        tokio::time::timeout(self.timeout, collect(body, limit)).await.unwrap_or(Err(ApiError::BodyTooSlow))
    }
}

/// Returns a body that arrives in one piece, as a context does, without a copy.
async fn collect<B>(body: &mut B, limit: usize) -> Result<Bytes, ApiError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut whole = Bytes::new();
    let mut parts = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ApiError::BodyBroken)?.into_data() else { continue };
        if whole.len() + parts.len() + data.len() > limit {
            return Err(ApiError::BodyTooLong(limit));
        }
        if whole.is_empty() && parts.is_empty() {
            whole = data;
            continue;
        }
        if parts.is_empty() {
            parts.extend_from_slice(&std::mem::take(&mut whole));
        }
        parts.extend_from_slice(&data);
    }
    Ok(if parts.is_empty() { whole } else { parts.freeze() })
}

/// Reads and discards a refused body. Many clients read no answer before they have sent everything. If the connection were closed on them,
/// they would see it break instead of the error.
pub(crate) fn linger<B>(mut body: B)
where
    B: Body<Data = Bytes> + Unpin + Send + 'static,
{
    let small = body.size_hint().lower() <= LINGER_BYTES;
    if !body.is_end_stream() && small {
        tokio::spawn(async move { tokio::time::timeout(LINGER_TIME, discard(&mut body)).await });
    }
}

async fn discard<B: Body<Data = Bytes> + Unpin>(body: &mut B) {
    let mut taken = 0_u64;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        taken = taken.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if taken > LINGER_BYTES {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body_util::Full;
    use hyper::body::Frame;

    use super::*;

    /// Sends these pieces, then ends, or hangs.
    struct Pieces {
        left: Vec<&'static str>,
        hangs: bool,
    }

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            match (self.left.is_empty(), self.hangs) {
                (false, _) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(self.left.remove(0).as_bytes()))))),
                (true, true) => Poll::Pending,
                (true, false) => Poll::Ready(None),
            }
        }
    }

    fn rules() -> BodyRules {
        let mut config = Config::default();
        config.limits.context_bytes = 8;
        BodyRules::new(&config)
    }

    async fn read(left: &[&'static str], hangs: bool) -> Result<Bytes, ApiError> {
        rules().read(BodyKind::Context, &mut Pieces { left: left.to_vec(), hangs }).await
    }

    #[tokio::test]
    async fn pieces_are_joined_up_to_the_limit() {
        assert_eq!(read(&[], false).await.unwrap(), "");
        assert_eq!(read(&["abcd", "", "ef", "gh"], false).await.unwrap(), "abcdefgh");
        assert!(matches!(read(&["abcd", "efgh", "i"], true).await, Err(ApiError::BodyTooLong(8))));
    }

    #[tokio::test]
    async fn a_length_that_is_announced_is_refused_unread() {
        let mut body = Full::new(Bytes::from_static(b"123456789"));
        assert!(matches!(rules().read(BodyKind::Context, &mut body).await, Err(ApiError::BodyTooLong(8))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_given_up() {
        assert!(matches!(read(&["ab"], true).await, Err(ApiError::BodyTooSlow)));
    }

    #[tokio::test]
    async fn a_body_that_nobody_wants_is_not_read() {
        let mut body = Pieces { left: vec!["x"], hangs: true };
        assert_eq!(rules().read(BodyKind::None, &mut body).await.unwrap(), "");
    }

    #[tokio::test]
    async fn the_largest_function_fits() {
        let config = Config::default();
        assert!(BodyRules::new(&config).limit(BodyKind::Function) > config.limits.function_bytes.div_ceil(3) * 4 + 1000);
    }
}
