//! Whole bodies, for answerers that look at them or keep them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::http::{Body, Hop, ReplyBody, Upload, answer_too_long};
use crate::scene::Scene;

/// Bytes in JSON: `{"text": "..."}` where they are one, else `{"base64": "..."}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// Text in UTF-8.
    Text(String),
    /// Other bytes.
    Base64(String),
}

impl Content {
    pub(super) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(STANDARD.encode(bytes)),
        }
    }

    /// `None`: it is no base64.
    pub(super) fn bytes(&self) -> Option<Bytes> {
        match self {
            Self::Text(text) => Some(text.clone().into()),
            Self::Base64(text) => STANDARD.decode(text).ok().map(Bytes::from),
        }
    }
}

/// Takes the body of a request, and leaves a body of the same bytes.
pub(super) async fn request(hop: &mut Hop, scene: &Scene) -> Result<Bytes, Error> {
    let body = std::mem::take(&mut hop.body);
    if matches!(body, Body::None) {
        return Ok(Bytes::new());
    }
    let upload = Upload::new(body, scene.limits.request_bytes, hop.manner.length, Arc::clone(&hop.sent));
    let bytes = upload.collect().await?.to_bytes();
    hop.body = Body::Bytes(bytes.clone());
    Ok(bytes)
}

/// Reads the body of an answer, within the limit.
pub(super) async fn answer(body: &mut ReplyBody, scene: &Scene) -> Result<Bytes, Error> {
    let most = scene.limits.response_bytes;
    let mut all = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame?.into_data() {
            all.extend_from_slice(&data);
        }
        if all.len() as u64 > most {
            return Err(answer_too_long(most));
        }
    }
    Ok(all.into())
}
