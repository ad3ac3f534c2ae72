//! A wire between the shop and PostgreSQL that breaks when it is told to, in the middle of the writer's next commit.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// How the wire breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Break {
    Not,
    /// The statement never arrives.
    Before,
    /// The statement arrives, and its answer is lost.
    After,
    /// The statement never arrives, and the wire stays: the host beyond it has vanished.
    Silent,
    /// A statement with [`MARK`] in it arrives, and from then on nobody gets through.
    AfterMarkForGood,
}

/// What only the statement that writes a batch has in it: the fingerprint of its idempotency key.
pub const MARK: [u8; 32] = [0xA5; 32];

/// The writer's connection gives itself this name as it begins.
const WRITER: &[u8] = b"holdfast writer";

#[derive(Clone)]
pub struct Proxy {
    pub addr: SocketAddr,
    order: Arc<AtomicU8>,
    /// Nobody gets through.
    cut: Arc<AtomicBool>,
}

impl Proxy {
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let proxy = Self { addr, order: Arc::new(AtomicU8::new(Break::Not as u8)), cut: Arc::default() };
        let ours = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = ours.clone();
                tokio::spawn(async move { proxy.carry(client, server).await });
            }
        });
        proxy
    }

    pub fn set(&self, order: Break) {
        self.order.store(order as u8, Ordering::SeqCst);
    }

    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }

    fn is(&self, order: Break) -> bool {
        self.order.load(Ordering::SeqCst) == order as u8
    }

    /// Carries bytes both ways until either end, or the order of the day, ends it.
    async fn carry(&self, mut client: TcpStream, server: SocketAddr) {
        let Ok(mut server) = TcpStream::connect(server).await else { return };
        let mut is_writer = false;
        let (mut up, mut down) = (vec![0; 65_536], vec![0; 65_536]);
        loop {
            tokio::select! {
                read = client.read(&mut up) => {
                    let Ok(n @ 1..) = read else { return };
                    is_writer |= up[..n].windows(WRITER.len()).any(|name| name == WRITER);
                    let is_marked = up[..n].windows(MARK.len()).any(|bytes| bytes == MARK);
                    if self.cut.load(Ordering::SeqCst) {
                        return;
                    }
                    if is_writer && self.is(Break::Before) {
                        return self.set(Break::Not);
                    }
                    if is_writer && self.is(Break::Silent) {
                        self.set(Break::Not);
                        return std::future::pending().await;
                    }
                    if server.write_all(&up[..n]).await.is_err() {
                        return;
                    }
                    if is_writer && (self.is(Break::After) || (self.is(Break::AfterMarkForGood) && is_marked)) {
                        self.cut.store(self.is(Break::AfterMarkForGood), Ordering::SeqCst);
                        self.set(Break::Not);
                        // Long enough for the database to have done it.
                        return tokio::time::sleep(Duration::from_millis(300)).await;
                    }
                }
                read = server.read(&mut down) => {
                    let Ok(n @ 1..) = read else { return };
                    if client.write_all(&down[..n]).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
