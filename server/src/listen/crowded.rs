//! What a client hears for whom there is no connection left: at once, and without a word read of what it has to say.

use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// All that is said. A problem's document would need its request.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/// Who does not listen for so long is not waited for.
const WITHIN: Duration = Duration::from_secs(1);

/// Says so, and hears the client out for a moment: to close on what it is still sending would take our words back.
pub(super) async fn turn_away(mut stream: TcpStream) {
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
