use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;

use super::{DataWorld, call};
use crate::export::DatasetKey;
use crate::services::http::{Action, ApiError, Broken};

/// A download in progress. Dropping it closes the connection.
#[derive(Debug)]
pub struct Download {
    response: Response,
    stall: Duration,
}

impl DataWorld {
    /// Begins to download a file as it was uploaded (`GET /file_download/{owner}/{id}/{file}`). `stall` is the longest
    /// time without a byte.
    ///
    /// data.world may redirect to a file storage, which does not get the token. Not repeated here: see
    /// [`crate::transfer::download`].
    ///
    /// # Errors
    /// When the call fails, or a web page comes for a file that is none.
    pub async fn download(&self, key: &DatasetKey, file: &str, stall: Duration) -> Result<Download, ApiError> {
        let url = self.url(Action::Download, ["file_download", key.owner(), key.id(), file])?;
        let request = self.authorize(self.http.bulk().get(url));
        let response = self.http.download_sent_on(call(Action::Download), request).await;
        let response = response.map_err(|error| self.dated(error))?;
        let media_type = crate::services::http::media_type(&response);
        if media_type == "text/html" && !is_web_page(file) {
            return Err(self.error(Action::Download, Broken::NotTheService(media_type)));
        }
        Ok(Download { response, stall })
    }
}

impl Download {
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Returns the next piece; `None` at the end.
    ///
    /// # Errors
    /// When the connection breaks, or nothing comes for too long.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, ApiError> {
        crate::services::http::next_piece(call(Action::Download), &mut self.response, self.stall).await
    }
}

fn is_web_page(file: &str) -> bool {
    let name = file.to_ascii_lowercase();
    [".html", ".htm", ".xhtml"].iter().any(|extension| name.ends_with(extension))
}
