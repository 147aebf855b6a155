//! Load: as many requests as connections can carry, or requests at a fixed rate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::task::JoinSet;

use crate::connection::Connection;

/// Connections that all send the same request.
pub(crate) struct Load {
    connections: Vec<Connection>,
    request: Arc<[u8]>,
}

impl Load {
    pub(crate) async fn new(address: SocketAddr, connections: usize, request: Vec<u8>) -> Result<Self> {
        let mut load = Self { connections: Vec::with_capacity(connections), request: request.into() };
        for _ in 0..connections {
            load.connections.push(Connection::open(address).await?);
        }
        Ok(load)
    }

    /// Sends one request after the other on every connection; requests per second.
    pub(crate) async fn saturate(&mut self, time: Duration) -> Result<f64> {
        let started = Instant::now();
        let mut senders = JoinSet::new();
        for mut connection in self.connections.drain(..) {
            let request = self.request.clone();
            senders.spawn(async move {
                let mut answers = 0_u32;
                while started.elapsed() < time {
                    send(&mut connection, &request).await?;
                    answers += 1;
                }
                anyhow::Ok((connection, answers))
            });
        }
        let mut total = 0;
        while let Some(sender) = senders.join_next().await {
            let (connection, answers) = sender??;
            self.connections.push(connection);
            total += answers;
        }
        Ok(f64::from(total) / started.elapsed().as_secs_f64())
    }

    /// Sends `rate` requests a second; the milliseconds that each took, counted from when it was due, so that a server which is late
    /// with one answer is not excused for the next.
    pub(crate) async fn pace(&mut self, rate: u32, time: Duration) -> Result<Vec<f64>> {
        let started = tokio::time::Instant::now();
        let step = Duration::from_secs(1) / rate;
        let stride = step * u32::try_from(self.connections.len())?;
        let mut senders = JoinSet::new();
        for (mut connection, first) in self.connections.drain(..).zip(0..) {
            let request = self.request.clone();
            senders.spawn(async move {
                let mut took = Vec::new();
                let mut due = started + step * first;
                while due < started + time {
                    tokio::time::sleep_until(due).await;
                    send(&mut connection, &request).await?;
                    took.push(due.elapsed().as_secs_f64() * 1e3);
                    due += stride;
                }
                anyhow::Ok((connection, took))
            });
        }
        let mut all = Vec::new();
        while let Some(sender) = senders.join_next().await {
            let (connection, took) = sender??;
            self.connections.push(connection);
            all.extend(took);
        }
        Ok(all)
    }
}

async fn send(connection: &mut Connection, request: &[u8]) -> Result<()> {
    let answer = connection.exchange(request).await?;
    ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
    Ok(())
}
