//! A tiny SMTP server, which answers each receiver as the test says.

use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

#[derive(Default)]
struct Shared {
    messages: Vec<String>,
    /// The answer to `RCPT`, if it is no success.
    refusal: Option<&'static str>,
}

/// The server. It stops when it is dropped.
pub struct SmtpServer {
    pub port: u16,
    shared: Arc<Mutex<Shared>>,
    task: JoinHandle<()>,
}

impl SmtpServer {
    pub async fn start() -> Self {
        Self::on(0).await
    }

    /// Listens on this port, or on a free one for 0.
    pub async fn on(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let (port, shared) = (listener.local_addr().unwrap().port(), Arc::<Mutex<Shared>>::default());
        let all = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, all.clone()));
            }
        });
        Self { port, shared, task }
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The response to every receiver; `None` accepts them.
    pub fn refuse(&self, line: Option<&'static str>) {
        self.shared.lock().unwrap().refusal = line;
    }

    /// The messages that were accepted.
    pub fn messages(&self) -> Vec<String> {
        self.shared.lock().unwrap().messages.clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, shared: Arc<Mutex<Shared>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let verb = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n".to_owned(),
            "RCPT" => {
                let refusal = shared.lock().unwrap().refusal;
                // A server repeats the address, which no log and no row may do.
                refusal.map_or_else(|| "250 ok\r\n".to_owned(), |code| format!("{code} <{}>\r\n", line.trim()))
            }
            "DATA" => {
                stream.write_all(b"354 go\r\n").await.ok()?;
                let mut message = Vec::new();
                while !message.ends_with(b"\r\n.\r\n") {
                    message.push(stream.read_u8().await.ok()?);
                }
                shared.lock().unwrap().messages.push(String::from_utf8(message).unwrap());
                "250 queued\r\n".to_owned()
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 ok\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}
