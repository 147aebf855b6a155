//! `GET /v1/hooks/{id}/executions/stream`: executions as JSON, one a line, as they end. The service selects them; this module sends them as
//! long as the reader stays, takes them and may read.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::api::{Answered, Call, Core, LineSender, lines, respond};
use crate::auth::Authenticator;
use crate::resources::Scope;
use crate::service::{ExecutionFilter, Follow, Service};

/// The interval of empty lines, which show the reader and proxies that the server is alive.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);

pub(super) async fn follow(core: &Core, filter: ExecutionFilter, call: &Call<'_>) -> Answered {
    let since = call.query.number("since")?.map(Duration::from_secs);
    let limit = call.query.page()?.limit();
    let follow = core.service.follow(call.account()?, call.id(), filter, since, limit).await?;
    let limits = core.service.read_limits();
    let (sender, chunks) = lines(limits.stream_bytes);
    let reader = Reader {
        service: Arc::clone(&core.service),
        auth: Arc::clone(&core.auth),
        authorization: call.head.authorization().unwrap_or_default().to_owned(),
        client: call.head.client,
        limit: limits.stream_timeout,
    };
    tokio::spawn(reader.feed(follow, sender));
    Ok(respond::lines(chunks))
}

/// The reader of a stream.
struct Reader {
    service: Arc<Service>,
    auth: Arc<Authenticator>,
    authorization: String,
    client: IpAddr,
    /// How long it may take nothing.
    limit: Duration,
}

impl Reader {
    /// Sends until the reader disconnects or takes nothing, the token ends or the server stops.
    async fn feed(self, mut follow: Follow, sender: LineSender) {
        let mut heartbeats = interval(HEARTBEAT_INTERVAL.min(self.limit));
        heartbeats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ending = self.service.ending();
        tokio::pin!(ending);
        loop {
            let chunk = tokio::select! {
                biased;
                () = &mut ending => return,
                () = sender.gone() => return,
                next = follow.next() => match next {
                    Ok(Some(chunk)) => chunk,
                    Ok(None) => return,
                    Err(error) => return tracing::warn!(error = %error, "a log can no longer be followed"),
                },
                _ = heartbeats.tick() => Bytes::from_static(b"\n"),
            };
            // The token may expire or be revoked during the stream.
            if !self.may_read() {
                return;
            }
            let sending = async { sender.send(follow.counted(chunk).await).await };
            let sent = tokio::select! {
                biased;
                () = &mut ending => return,
                () = sender.gone() => return,
                sent = timeout(self.limit, sending) => sent,
            };
            match sent {
                Ok(Ok(())) if !sender.is_stalled(self.limit) => {}
                Ok(Err(_)) => return,
                Ok(Ok(())) | Err(_) => {
                    tracing::info!("a reader of a stream took nothing and was cut off");
                    return sender.cut();
                }
            }
        }
    }

    fn may_read(&self) -> bool {
        let caller = self.auth.caller(&*self.service, Some(&self.authorization), self.client, self.service.now());
        caller.is_ok_and(|caller| caller.may(Scope::Read))
    }
}
