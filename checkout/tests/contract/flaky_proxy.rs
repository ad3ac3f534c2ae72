//! A proxy between the shop and PostgreSQL that breaks the writer's connection when a test says so.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Treatment of the writer's next packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Fault {
    None,
    /// The connection breaks, and the statement does not arrive.
    BeforeStatement,
    /// The statement arrives, and the connection breaks before its response.
    BeforeResponse,
    /// The statement arrives, and the connection breaks at once. The database does not notice.
    Abandoned,
    /// The statement does not arrive, and the connection stays open: the host behind it has vanished.
    Silent,
    /// A statement that contains [`MARK`] arrives. Then all connections break, and no new one gets through.
    Outage,
}

/// Bytes that only the statement of one batch contains: the fingerprint of its idempotency key.
pub const MARK: [u8; 32] = [0xA5; 32];

/// The writer's connection sends this name when it opens.
const WRITER: &[u8] = b"holdfast writer";

#[derive(Clone)]
pub struct Proxy {
    pub addr: SocketAddr,
    fault: Arc<AtomicU8>,
    /// Whether the proxy drops every connection.
    outage: Arc<AtomicBool>,
}

impl Proxy {
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let proxy = Self { addr, fault: Arc::new(AtomicU8::new(Fault::None as u8)), outage: Arc::default() };
        let ours = proxy.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let proxy = ours.clone();
                tokio::spawn(async move { proxy.carry(client, server).await });
            }
        });
        proxy
    }

    pub fn set(&self, fault: Fault) {
        self.fault.store(fault as u8, Ordering::SeqCst);
    }

    pub fn end_outage(&self) {
        self.outage.store(false, Ordering::SeqCst);
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault.load(Ordering::SeqCst) == fault as u8
    }

    /// Carries bytes both ways until either end closes, or a fault ends the connection.
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
                    if self.outage.load(Ordering::SeqCst) {
                        return;
                    }
                    if is_writer && self.is(Fault::BeforeStatement) {
                        return self.set(Fault::None);
                    }
                    if is_writer && self.is(Fault::Silent) {
                        self.set(Fault::None);
                        return std::future::pending().await;
                    }
                    if server.write_all(&up[..n]).await.is_err() {
                        return;
                    }
                    if is_writer && self.is(Fault::Abandoned) {
                        self.set(Fault::None);
                        drop(client);
                        return std::future::pending().await;
                    }
                    if is_writer && (self.is(Fault::BeforeResponse) || (self.is(Fault::Outage) && is_marked)) {
                        self.outage.store(self.is(Fault::Outage), Ordering::SeqCst);
                        self.set(Fault::None);
                        // The response tells that the database has executed the statement. The client never gets it.
                        let _ = server.read(&mut down).await;
                        return;
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
