//! A way to a server on which the test answers some requests itself.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Leads to a server until it is dropped.
pub(crate) struct Way {
    pub(crate) address: String,
    task: JoinHandle<()>,
}

impl Way {
    /// A way to the server at that address. Connections whose first request `is_ours`, by its head, are left to `answer`.
    pub(crate) async fn to<F: Future<Output = ()> + Send + 'static>(
        server: &str,
        is_ours: fn(&str) -> bool,
        answer: impl Fn(String, TcpStream) -> F + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (server, answer) = (server.trim_start_matches("http://").to_owned(), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (server, answer) = (server.clone(), Arc::clone(&answer));
                tokio::spawn(async move {
                    let head = head(&mut client).await?;
                    if is_ours(&head) {
                        answer(head, client).await;
                        return Some(());
                    }
                    let mut server = TcpStream::connect(server).await.ok()?;
                    server.write_all(head.as_bytes()).await.ok()?;
                    copy_bidirectional(&mut client, &mut server).await.ok().map(drop)
                });
            }
        });
        Self { address, task }
    }
}

impl Drop for Way {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads a request's head.
async fn head(client: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(client.read_u8().await.ok()?);
    }
    String::from_utf8(read).ok()
}
