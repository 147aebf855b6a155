//! Requests over HTTP, to whom `allowed_hosts` of the hook names.
//!
//! ```
//! use hookbox_guest_sdk::http::{Error, Request};
//! use hookbox_guest_sdk::{env, log};
//!
//! #[derive(serde::Deserialize)]
//! struct Verdict {
//!     score: u32,
//! }
//!
//! fn score(ip: &str) -> Result<u32, Error> {
//!     let answer = Request::post("https://risk.example/v1/score")
//!         .bearer(&env::get("RISK_KEY").unwrap_or_default())
//!         .json(&serde_json::json!({ "ip": ip }))?
//!         .send()?
//!         .success()?;
//!     Ok(answer.json::<Verdict>()?.score)
//! }
//!
//! // A unit test sets the answers, and reads what was asked.
//! use hookbox_guest_sdk::http::Response;
//! use hookbox_guest_sdk::testing;
//!
//! testing::answer_http(Response::new(200).with_body(r#"{"score": 7}"#));
//! assert_eq!(score("192.0.2.1").unwrap(), 7);
//! assert_eq!(testing::take_requests()[0].body.as_deref(), Some(r#"{"ip":"192.0.2.1"}"#.as_bytes()));
//!
//! testing::answer_http(Response::new(503));
//! assert_eq!(score("192.0.2.1").unwrap_err().to_string(), "https://risk.example answered with status 503 (ERR_STATUS)");
//! ```
//!
//! A hook runs one thing after the other. Calls that do not need each other's answers are given together and overlap: [`send_all`].
//!
//! ```
//! use hookbox_guest_sdk::http::{Request, Response, send_all};
//! # use hookbox_guest_sdk::testing;
//! # testing::answer_http(Response::new(200));
//! # testing::answer_http(Response::new(404));
//!
//! let [known, banned] = send_all([
//!     Request::get("https://accounts.example/ada").header("accept", "application/json"),
//!     Request::get("https://bans.example/ada"),
//! ]);
//! assert_eq!((known?.status, banned?.status), (200, 404));
//! # Ok::<(), hookbox_guest_sdk::http::Error>(())
//! ```

mod error;
mod request;
mod response;
mod send;

pub use error::Error;
pub use request::{Redirect, Request};
pub use response::Response;
pub use send::{send_all, send_many};
