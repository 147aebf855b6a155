//! Tokens and wrong secrets on a server whose clock is set wrong, and then right.

use std::time::Duration;

use super::{DIALECTS, deploy};
use crate::clock::Clock as _;
use crate::testing::TestServer;

#[tokio::test]
async fn callers_get_a_token_that_is_good_whatever_the_clock_says() {
    let server = TestServer::start(&DIALECTS).await;
    let (start, hours) = (server.world.clock.now(), |hours: u64| Duration::from_secs(3600 * hours));
    let before = server.admin().await;
    deploy(&server, &before, r#"return {"no_change":1}"#, "open sesame").await;
    let status = async |token: &str| server.call(token, "GET /v1/hooks", None).await.status.as_u16();
    assert_eq!(status(&before).await, 200);
    // Ahead by more than a token's time: it has ended, and its owner gets another.
    server.world.clock.set(start + hours(24));
    assert_eq!(status(&before).await, 401);
    let ahead = server.admin().await;
    assert_eq!(status(&ahead).await, 200);
    // Right again: what was made in the future is refused, and its owner gets another instead of the same again.
    server.world.clock.set(start + hours(1) / 2);
    assert_eq!((status(&ahead).await, status(&before).await), (401, 200));
    let after = server.admin().await;
    assert_eq!(status(&after).await, 200);
    // Behind by minutes nobody notices; behind by hours who is known asks for another.
    server.world.clock.set(start + hours(1) / 2 - Duration::from_secs(300));
    assert_eq!(status(&after).await, 200);
    server.world.clock.set(start - hours(5));
    assert_eq!(status(&after).await, 401);
    assert_eq!(status(&server.admin().await).await, 200);
    server.stop().await;
}

#[tokio::test]
async fn no_clock_shortens_the_wait_of_who_guesses() {
    let server = TestServer::start(&DIALECTS).await;
    let start = server.world.clock.now();
    for _ in 0..10 {
        server.token_of("admin", "wrong").await.expect(401);
    }
    for at in [start, start + Duration::from_secs(86_400), start - Duration::from_secs(86_400)] {
        server.world.clock.set(at);
        server.token_of("admin", "wrong").await.expect(429);
        server.admin().await;
    }
    server.stop().await;
}
