//! What a client hears for whom there is no connection left: at once, and without a word read of what it has to say.

use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

/// All that is said. A problem's document would need its request.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/// Who does not listen for so long is not waited for.
const WITHIN: Duration = Duration::from_secs(1);

/// So many are told at once. Each takes a file of those that are kept for other things; the others find the door shut.
const AT_ONCE: usize = 64;

/// Those who are being told.
#[derive(Clone)]
pub(super) struct Told(Arc<Semaphore>);

impl Default for Told {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Told {
    /// Turns somebody away.
    pub(super) fn turn_away(&self, stream: TcpStream) {
        if let Ok(turn) = self.0.clone().try_acquire_owned() {
            tokio::spawn(async move {
                turn_away(stream).await;
                drop(turn);
            });
        }
    }
}

/// Says so, and hears the client out for a moment: to close on what it is still sending would take our words back.
async fn turn_away(mut stream: TcpStream) {
    let say = async {
        stream.write_all(BUSY).await?;
        stream.shutdown().await?;
        let mut unheard = [0; 512];
        while stream.read(&mut unheard).await? > 0 {}
        std::io::Result::Ok(())
    };
    // It was told, or it is gone.
    let _ = timeout(WITHIN, say).await;
}
