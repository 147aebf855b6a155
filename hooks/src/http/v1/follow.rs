//! `GET /v1/hooks/{id}/executions/stream`: executions as JSON, one a line, as they end. The service selects them; this module sends them as
//! long as the reader stays and may read.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc::{self, Sender};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::api::{Answered, Call, Core, respond};
use crate::auth::Authenticator;
use crate::error::ServiceError;
use crate::resources::{ExecutionView, Scope};
use crate::service::{ExecutionFilter, Follow, Service};

/// The interval of empty lines, which show the reader and proxies that the server is alive.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How long a reader may take to accept a chunk before it is dropped.
const SEND_TIMEOUT: Duration = Duration::from_secs(60);
/// Chunks that wait for the reader.
const CHUNKS_AHEAD: usize = 16;

pub(super) async fn follow(core: &Core, filter: ExecutionFilter, call: &Call<'_>) -> Answered {
    let since = call.query.number("since")?.map(Duration::from_secs);
    let limit = call.query.page()?.limit();
    let follow = core.service.follow(call.account()?, call.id(), filter, since, limit).await?;
    let (lines, chunks) = mpsc::channel(CHUNKS_AHEAD);
    let reader = Reader {
        service: Arc::clone(&core.service),
        auth: Arc::clone(&core.auth),
        authorization: call.head.authorization().unwrap_or_default().to_owned(),
        client: call.head.client,
        lines,
    };
    tokio::spawn(reader.feed(follow));
    Ok(respond::lines(chunks))
}

/// The reader of a stream.
struct Reader {
    service: Arc<Service>,
    auth: Arc<Authenticator>,
    authorization: String,
    client: IpAddr,
    lines: Sender<Bytes>,
}

impl Reader {
    /// Sends until the reader disconnects, the token ends or the server stops.
    async fn feed(self, mut follow: Follow) {
        let mut heartbeats = interval(HEARTBEAT_INTERVAL);
        heartbeats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ending = self.service.ending();
        tokio::pin!(ending);
        loop {
            let chunk = tokio::select! {
                biased;
                () = &mut ending => return,
                () = self.lines.closed() => return,
                next = follow.next() => match next.map(|found| found.map(|views| lines(&views))) {
                    Ok(Some(Ok(chunk))) => chunk,
                    Ok(None) => return,
                    Ok(Some(Err(error))) => return tracing::error!(error = %error, "an execution cannot be written"),
                    Err(error) => return tracing::warn!(error = %error, "a log can no longer be followed"),
                },
                _ = heartbeats.tick() => Bytes::from_static(b"\n"),
            };
            // The token may expire or be revoked during the stream.
            if !self.may_read() || !matches!(timeout(SEND_TIMEOUT, self.lines.send(chunk)).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    fn may_read(&self) -> bool {
        let caller = self.auth.caller(&*self.service, Some(&self.authorization), self.client, self.service.now());
        caller.is_ok_and(|caller| caller.may(Scope::Read))
    }
}

fn lines(views: &[ExecutionView]) -> Result<Bytes, ServiceError> {
    let mut text = Vec::new();
    for view in views {
        serde_json::to_writer(&mut text, view).map_err(|error| ServiceError::Internal(error.to_string()))?;
        text.push(b'\n');
    }
    Ok(text.into())
}
