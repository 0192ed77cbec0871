//! Downloads: an answer without a time limit on the whole, after at most one redirect.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, LOCATION};
use reqwest::{RequestBuilder, Response, Url};

use super::{ApiError, Broken, Call, Http, LinkFault, error_from, host};

impl Http {
    /// As [`Http::answer`], for a download: its answer has to begin within the limit, its end may take as long as it
    /// takes.
    pub(crate) async fn download(&self, call: Call, request: RequestBuilder) -> Result<Response, ApiError> {
        let response = self.send(call, request, self.answer).await?;
        if response.status().is_success() { Ok(response) } else { Err(error_from(call, response).await) }
    }

    /// As [`Http::download`], following one redirect, as to a file storage. The second request has no credentials. It
    /// goes only to https, or to the first host, so that nobody on the way can read or change the answer.
    pub(crate) async fn download_sent_on(&self, call: Call, request: RequestBuilder) -> Result<Response, ApiError> {
        let first = self.send(call, request, self.answer).await?;
        let response = match next(&first) {
            Some(next) => {
                let second = self.send(call, self.bulk.get(next), self.answer).await?;
                // A refusal there proves nothing about the token, which was not sent.
                if let code @ (401 | 403) = second.status().as_u16() {
                    return Err(call.error(Some(first.url()), Broken::SentOn { to: host(Some(second.url())), code }));
                }
                second
            }
            None => first,
        };
        if !response.status().is_success() {
            return Err(error_from(call, response).await);
        }
        // Compression was not requested, and compressed bytes would not be the file.
        if response.headers().get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
            let reason = "it is compressed, which was not asked for".to_owned();
            return Err(call.error(Some(response.url()), Broken::Unreadable(reason)));
        }
        Ok(response)
    }
}

/// The next piece of a download; `None` at its end.
///
/// # Errors
///
/// The connection breaks, or nothing comes for `stall`.
pub(crate) async fn next_piece(
    call: Call,
    response: &mut Response,
    stall: Duration,
) -> Result<Option<Bytes>, ApiError> {
    let broken = match tokio::time::timeout(stall, response.chunk()).await {
        Ok(Ok(piece)) => return Ok(piece),
        Ok(Err(error)) => Broken::Cut(LinkFault::read(&error)),
        Err(_) => Broken::Stalled(stall),
    };
    Err(call.error(Some(response.url()), broken))
}

/// The target of a redirect, if it is allowed.
fn next(response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())?;
    let from = response.url();
    let to = from.join(location.to_str().ok()?).ok()?;
    (to.scheme() == "https" || to.origin() == from.origin()).then_some(to)
}
