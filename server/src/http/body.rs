//! Buffers request bodies before a request counts as in progress, so that slow clients hold no place that others need.

use super::limits::PendingBodies;
use crate::problem::{Kind, Problem};
use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use std::{mem, net::IpAddr, pin::pin, task::Poll, time::Duration};

/// Largest request body, in bytes.
pub const MAX_BODY_SIZE: usize = 64 * 1024;
/// Bytes of an oversized body that are read and discarded, so that its sender reads the response instead of a reset.
const DRAIN_LIMIT: usize = 1024 * 1024;
/// Time for a client to send its body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads the whole body of a request into memory. Handlers then find a body of at most [`MAX_BODY_SIZE`].
pub async fn buffer(pending: &PendingBodies, peer: IpAddr, request: &mut Request) -> Result<(), Problem> {
    if request.body().is_end_stream() {
        return Ok(());
    }
    let mut reading = pin!(read(mem::take(request.body_mut())));
    let mut read = futures::poll!(reading.as_mut());
    if read.is_pending() {
        // The body may have arrived already; its connection gets one turn to hand it over.
        tokio::task::yield_now().await;
        read = futures::poll!(reading.as_mut());
    }
    let body = if let Poll::Ready(body) = read {
        body?
    } else {
        let _permit = pending.acquire(peer, request.headers()).ok_or_else(Problem::overloaded)?;
        reading.await?
    };
    *request.body_mut() = body.into();
    Ok(())
}

async fn read(body: Body) -> Result<Bytes, Problem> {
    tokio::time::timeout(BODY_TIMEOUT, collect(body)).await.map_err(|_| {
        let detail = format!("The body did not arrive within {} seconds; send it again.", BODY_TIMEOUT.as_secs());
        Problem::new(Kind::Timeout, detail)
    })?
}

async fn collect(mut body: Body) -> Result<Bytes, Problem> {
    let mut kept = BytesMut::new();
    let mut size = 0;
    while let Some(frame) = body.frame().await {
        let broken = |_| Problem::new(Kind::BrokenBody, "Send the request again.");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        size += data.len();
        // Most bodies arrive in one frame, which needs no copy.
        if size == data.len() && size <= MAX_BODY_SIZE && body.is_end_stream() {
            return Ok(data);
        }
        if size <= MAX_BODY_SIZE {
            kept.extend_from_slice(&data);
        } else if size > DRAIN_LIMIT {
            break;
        }
    }
    if size > MAX_BODY_SIZE {
        return Err(Problem::new(Kind::TooLarge, format!("A body is at most {MAX_BODY_SIZE} bytes.")));
    }
    Ok(kept.freeze())
}
