//! Connections below HTTP.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use writeback::testing::sandbox::Sandbox;

/// A connection of which the test says every byte.
pub(crate) struct Raw(TcpStream);

impl Raw {
    pub(crate) async fn connect(sandbox: &Sandbox) -> Raw {
        let address = sandbox.domo_url().replace("http://", "");
        Raw(TcpStream::connect(address).await.unwrap())
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Sends until the connection takes no more, and says why: an error, or no progress for a moment.
    pub(crate) async fn flood(&mut self) -> io::Result<()> {
        let zeros = [b'0'; 64 << 10];
        loop {
            match tokio::time::timeout(Duration::from_millis(300), self.0.write(&zeros)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => return Err(error),
                Err(_) => return Ok(()),
            }
        }
    }

    /// Reads to the end, or to the error.
    pub(crate) async fn read(&mut self) -> (String, io::Result<()>) {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            match self.0.read(&mut buffer).await {
                Ok(0) => return (text(&bytes), Ok(())),
                Ok(length) => bytes.extend_from_slice(&buffer[..length]),
                Err(error) => return (text(&bytes), Err(error)),
            }
        }
    }

    /// Reads what comes until nothing does for a moment.
    pub(crate) async fn read_what_comes(&mut self) -> String {
        let mut bytes = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(Ok(length @ 1..)) =
            tokio::time::timeout(Duration::from_millis(300), self.0.read(&mut buffer)).await
        {
            bytes.extend_from_slice(&buffer[..length]);
        }
        text(&bytes)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits until something is so, ten seconds at most.
pub(crate) async fn eventually(so: impl AsyncFn() -> bool) {
    for _ in 0..1_000 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never became so");
}
