//! Reads a request's body: whole, no longer than the endpoint allows, no slower than the settings allow, and within the memory for bodies.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};

use super::budget::{Budget, Holder, Room, UNCOUNTED};
use crate::api::{ApiError, BodyKind, Reply, ReplyBody};
use crate::config::Config;

/// How much of a refused body is read and discarded, and for how long.
const LINGER_BYTES: u64 = 32 * 1024 * 1024;
const LINGER_TIME: Duration = Duration::from_secs(10);

/// What a request costs that waits for its body, beside its head and what came of the body.
const WAITING_BYTES: usize = 8 << 10;

/// How long bodies may be, how long they may take, and the memory for them.
#[derive(Clone, Debug)]
pub(super) struct Bodies {
    context: usize,
    function: usize,
    timeout: Duration,
    budget: Budget,
}

/// The head of the request that a body belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    /// In whose share the body is counted.
    pub(super) holder: Holder,
    pub(super) headers: &'a HeaderMap,
}

impl Bodies {
    /// A few fields: the longest is an env value of 5,000 characters, each of which may be written as two `\uXXXX`.
    const FIELDS_BYTES: usize = 64 * 1024;
    /// Bytes for what surrounds a function or a context in its object.
    const WRAPPER_BYTES: usize = 64 * 1024;

    /// The rules of the settings.
    pub(super) fn new(config: &Config) -> Self {
        let memory = usize::try_from(config.http.in_flight_mib).unwrap_or(usize::MAX).saturating_mul(1 << 20);
        // Base64 makes four bytes of three. Twice that is read, so that a function that is somewhat too large gets the error that names it.
        let encoded = config.limits.function_bytes.saturating_mul(4) / 3;
        // A body that one caller alone could never have the room for is too long, and not a matter of waiting.
        let most = memory / 4;
        Self {
            context: config.limits.context_bytes.min(most),
            function: encoded.saturating_mul(2).saturating_add(Self::WRAPPER_BYTES).min(most),
            timeout: config.http.body_timeout,
            budget: Budget::new(memory),
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
    pub(super) async fn read<B>(&self, kind: BodyKind, body: &mut B, sender: Sender<'_>) -> Result<Bytes, ApiError>
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
        // A context arrives with its head and in one piece: it is neither copied nor counted.
        let first = match arrived(body).await {
            Poll::Ready(None) => return Ok(Bytes::new()),
            Poll::Ready(Some(frame)) => data(frame)?,
            Poll::Pending => Bytes::new(),
        };
        if first.len() > limit {
            return Err(ApiError::BodyTooLong(limit));
        }
        if first.len() <= UNCOUNTED && body.is_end_stream() {
            return Ok(first);
        }
        let room = self.budget.take(sender.holder, WAITING_BYTES + size(sender.headers) + first.len()).ok_or(ApiError::NoRoom)?;
        tokio::time::timeout(self.timeout, collect(body, first, limit, room)).await.unwrap_or(Err(ApiError::BodyTooSlow))
    }

    /// The answer, which holds room if it is large. `NoRoom` if there is none.
    pub(super) fn hold(&self, reply: Reply, holder: Holder) -> Result<Reply, ApiError> {
        let (parts, body) = reply.into_parts();
        let body = match body {
            ReplyBody::Whole(Some(bytes)) if bytes.len() > UNCOUNTED => {
                let room = self.budget.take(holder, bytes.len()).ok_or(ApiError::NoRoom)?;
                ReplyBody::Whole(Some(room.hold(bytes)))
            }
            body => body,
        };
        Ok(Reply::from_parts(parts, body))
    }
}

/// What of a body is there already.
async fn arrived<B>(body: &mut B) -> Poll<Option<Result<Frame<Bytes>, B::Error>>>
where
    B: Body<Data = Bytes> + Unpin,
{
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *body).poll_frame(cx))).await
}

/// The bytes of a piece; none in trailers.
fn data<E>(frame: Result<Frame<Bytes>, E>) -> Result<Bytes, ApiError> {
    Ok(frame.map_err(|_| ApiError::BodyBroken)?.into_data().unwrap_or_default())
}

/// About the memory of a head.
fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 64).sum()
}

/// The rest of a body. Each piece finds room as it comes.
async fn collect<B>(body: &mut B, first: Bytes, limit: usize, mut room: Room) -> Result<Bytes, ApiError>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut whole = first;
    let mut parts = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let data = data(frame)?;
        if whole.len() + parts.len() + data.len() > limit {
            return Err(ApiError::BodyTooLong(limit));
        }
        if !room.grow(data.len()) {
            return Err(ApiError::NoRoom);
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
    Ok(room.hold(if parts.is_empty() { whole } else { parts.freeze() }))
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
    use std::task::Context;

    use http_body_util::Full;

    use super::*;
    use crate::ids::AccountId;

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

    fn rules() -> Bodies {
        let mut config = Config::default();
        config.limits.context_bytes = 8;
        Bodies::new(&config)
    }

    async fn take<B>(rules: &Bodies, kind: BodyKind, body: &mut B) -> Result<Bytes, ApiError>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let sender = Sender { holder: Holder::Account(AccountId::OPERATOR), headers: &HeaderMap::new() };
        rules.read(kind, body, sender).await
    }

    async fn read(left: &[&'static str], hangs: bool) -> Result<Bytes, ApiError> {
        take(&rules(), BodyKind::Context, &mut Pieces { left: left.to_vec(), hangs }).await
    }

    /// The least memory that can be set: 4 MiB, of which accounts have seven eighths and each body a quarter.
    fn tight() -> Bodies {
        let mut config = Config::default();
        config.http.in_flight_mib = 4;
        Bodies::new(&config)
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
        assert!(matches!(take(&rules(), BodyKind::Context, &mut body).await, Err(ApiError::BodyTooLong(8))));
    }

    #[tokio::test]
    async fn a_body_that_no_caller_could_have_room_for_is_too_long() {
        assert_eq!(tight().limit(BodyKind::Function), 1 << 20);
        assert_eq!(tight().limit(BodyKind::Context), 256 << 10);
    }

    #[tokio::test]
    async fn bodies_are_counted_as_they_come_and_for_as_long_as_they_are_used() {
        let (rules, mib) = (tight(), Bytes::from(vec![b' '; 1 << 20]));
        let mut read = Vec::new();
        let refused = loop {
            match take(&rules, BodyKind::Function, &mut Full::new(mib.clone())).await {
                Ok(body) => read.push(body),
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, ApiError::NoRoom));
        assert_eq!(read.len(), 1, "one account may hold half of three and a half");
        let part = read.pop().unwrap().slice(5..6);
        assert!(take(&rules, BodyKind::Function, &mut Full::new(mib.clone())).await.is_err());
        assert!(take(&rules, BodyKind::Context, &mut Full::new(mib.slice(..UNCOUNTED))).await.is_ok(), "a login goes on");
        drop(part);
        assert!(take(&rules, BodyKind::Function, &mut Full::new(mib)).await.is_ok());
    }

    #[tokio::test]
    async fn requests_that_wait_for_a_body_take_room_before_it_comes() {
        let rules = tight();
        let mut waiting = Vec::new();
        for _ in 0..1000 {
            let mut body = Pieces { left: vec![], hangs: true };
            let rules = rules.clone();
            let mut reading = Box::pin(async move { take(&rules, BodyKind::Fields, &mut body).await });
            match poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx))).await {
                Poll::Pending => waiting.push(reading),
                Poll::Ready(refused) => assert!(matches!(refused, Err(ApiError::NoRoom))),
            }
        }
        assert!((200..=230).contains(&waiting.len()), "{}", waiting.len());
    }

    #[tokio::test]
    async fn large_answers_hold_room_until_they_are_sent() {
        let (rules, holder) = (tight(), Holder::Account(AccountId::OPERATOR));
        let answer = |bytes: usize| rules.hold(Reply::new(Bytes::from(vec![b' '; bytes]).into()), holder);
        let held = answer(1 << 20).unwrap();
        assert!(matches!(answer(1 << 20), Err(ApiError::NoRoom)));
        assert!(answer(UNCOUNTED).is_ok());
        let sent = held.into_body().collect().await.unwrap().to_bytes();
        assert!(sent.len() == 1 << 20 && answer(1 << 20).is_err());
        drop(sent);
        assert!(answer(1 << 20).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_is_given_up() {
        assert!(matches!(read(&["ab"], true).await, Err(ApiError::BodyTooSlow)));
    }

    #[tokio::test]
    async fn a_body_that_nobody_wants_is_not_read() {
        let mut body = Pieces { left: vec!["x"], hangs: true };
        assert_eq!(take(&rules(), BodyKind::None, &mut body).await.unwrap(), "");
    }

    #[tokio::test]
    async fn the_largest_function_fits() {
        let config = Config::default();
        assert!(Bodies::new(&config).limit(BodyKind::Function) > config.limits.function_bytes.div_ceil(3) * 4 + 1000);
    }
}
