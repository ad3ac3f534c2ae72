//! Rejects connections beyond the limit: a 503 at once, without reading a request.

use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

/// The whole response. A problem document would need the request.
const BUSY_RESPONSE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/// Time for the client to read the response.
const REJECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Maximum number of rejections at once. Each takes a reserved file descriptor; further connections are just closed.
const MAX_REJECTIONS: usize = 64;

/// Rejects connections, a few at a time.
#[derive(Clone)]
pub(super) struct LoadShed(Arc<Semaphore>);

impl Default for LoadShed {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_REJECTIONS)))
    }
}

impl LoadShed {
    /// Rejects a connection.
    pub(super) fn reject(&self, stream: TcpStream) {
        if let Ok(permit) = self.0.clone().try_acquire_owned() {
            tokio::spawn(async move {
                reject(stream).await;
                drop(permit);
            });
        }
    }
}

/// Writes the response, then reads what the client still sends: closing earlier would reset the connection and discard
/// the response.
async fn reject(mut stream: TcpStream) {
    let respond = async {
        stream.write_all(BUSY_RESPONSE).await?;
        stream.shutdown().await?;
        let mut discarded = [0; 512];
        while stream.read(&mut discarded).await? > 0 {}
        std::io::Result::Ok(())
    };
    let _ = timeout(REJECT_TIMEOUT, respond).await;
}
