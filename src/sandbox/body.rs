//! Slows and cuts bodies.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::server::Wire;

/// The end of a cut body.
#[derive(Debug, Clone)]
pub(crate) enum Then {
    Stall,
    Reset(Wire),
    /// Closes the connection in the midst of the body.
    Cut(Wire),
    /// Ends the body, as if it were complete.
    End,
    /// Reads the rest, discards it, and ends the body.
    Drain,
}

/// Lets `bytes` of a body pass, then does `then`. A shorter body passes whole before that.
pub(crate) fn cut(body: Body, bytes: u64, then: Then) -> Body {
    let state = (body.into_data_stream(), bytes, then);
    Body::from_stream(stream::try_unfold(state, |(mut data, left, then)| async move {
        let next = if left > 0 { data.next().await.transpose()? } else { None };
        if let Some(mut chunk) = next {
            chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            let left = left - chunk.len() as u64;
            return Ok(Some((chunk, (data, left, then))));
        }
        match then {
            Then::Stall => std::future::pending().await,
            Then::Reset(wire) => wire.reset().await,
            Then::Cut(wire) => wire.cut().await,
            Then::End => Ok::<_, axum::Error>(None),
            Then::Drain => {
                drain(data).await?;
                Ok(None)
            }
        }
    }))
}

pub(crate) fn endlessly(content: Bytes) -> Body {
    Body::from_stream(stream::repeat_with(move || Ok::<_, axum::Error>(content.clone())))
}

pub(crate) async fn drain(mut data: BodyDataStream) -> Result<(), axum::Error> {
    while data.next().await.transpose()?.is_some() {}
    Ok(())
}

/// Limits a body to `rate` bytes a second, in small steps so that progress looks even.
pub(crate) fn paced(body: Body, rate: u64) -> Body {
    let rate = rate.max(1);
    let step = usize::try_from(rate / 20).unwrap_or(usize::MAX).clamp(1, 64 << 10);
    let state = (body.into_data_stream(), Bytes::new(), Instant::now(), 0_u64);
    Body::from_stream(stream::try_unfold(state, move |(mut data, mut rest, start, sent)| async move {
        if rest.is_empty() {
            match data.next().await.transpose()? {
                Some(chunk) => rest = chunk,
                None => return Ok::<_, axum::Error>(None),
            }
        }
        let chunk = rest.split_to(step.min(rest.len()));
        tokio::time::sleep_until(start + Duration::from_secs_f64(sent as f64 / rate as f64)).await;
        let sent = sent + chunk.len() as u64;
        Ok(Some((chunk, (data, rest, start, sent))))
    }))
}
