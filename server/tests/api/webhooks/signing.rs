//! Requests as providers sign them, and two ways of sending them: as a client would, and byte by byte.

use crate::shop::{Answer, Shop, read};
use reqwest::Method;
use server::webhooks::{signature::Key, standard as scheme};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The headers that matter, and the body.
#[derive(Debug, Clone)]
pub struct Signed {
    pub headers: Vec<(&'static str, Vec<u8>)>,
    pub body: Vec<u8>,
}

pub fn plain(secret: &str, at: i64, key: &str, body: &str) -> Signed {
    let signature = hex::encode(sign(secret.as_bytes(), &[&at.to_string(), body]));
    Signed::new(
        [("idempotency-key", key), ("x-webhook-timestamp", &at.to_string()), ("x-webhook-signature", &signature)],
        body,
    )
}

pub fn standard(secret: &str, at: i64, id: &str, body: &str) -> Signed {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let secret = scheme::secret(secret.as_bytes()).unwrap();
    let signature = format!("v1,{}", STANDARD.encode(sign(&secret, &[id, &at.to_string(), body])));
    Signed::new([("webhook-id", id), ("webhook-timestamp", &at.to_string()), ("webhook-signature", &signature)], body)
}

pub fn stripe(secret: &str, at: i64, body: &str) -> Signed {
    let signature = hex::encode(sign(secret.as_bytes(), &[&at.to_string(), body]));
    Signed::new([("stripe-signature", format!("t={at},v1={signature}").as_str())], body)
}

fn sign(secret: &[u8], parts: &[&str]) -> [u8; 32] {
    let parts: Vec<_> = parts.iter().map(|part| part.as_bytes()).collect();
    Key::new(secret).unwrap().sign(&parts)
}

impl Signed {
    fn new<const N: usize>(headers: [(&'static str, &str); N], body: &str) -> Self {
        Self { headers: headers.map(|(name, value)| (name, value.into())).into(), body: body.into() }
    }

    /// The same with another value of a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.iter_mut().find(|(n, _)| *n == name).unwrap().1 = value.into();
        self
    }

    /// The same without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self
    }

    /// The same with a header once more.
    pub fn twice(mut self, name: &str) -> Self {
        let header = self.headers.iter().find(|(n, _)| *n == name).unwrap().clone();
        self.headers.push(header);
        self
    }

    /// Sends it as a client does.
    pub async fn send(&self, shop: &Shop) -> Answer {
        let request = shop.request(Method::POST, "/api/webhooks/payment").body(self.body.clone());
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(*name, &value[..]));
        read(request.send().await.unwrap()).await
    }

    /// Sends it byte by byte, which no client would let pass everywhere, with the body's length said to be `length`.
    /// Answers the status; none where the server hangs up.
    pub async fn send_raw(&self, addr: SocketAddr, length: usize) -> Option<u16> {
        let mut request =
            format!("POST /api/webhooks/payment HTTP/1.1\r\nhost: {addr}\r\nconnection: close\r\n").into_bytes();
        for (name, value) in &self.headers {
            request.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        request.extend_from_slice(format!("content-length: {length}\r\n\r\n").as_bytes());
        request.extend_from_slice(&self.body);
        let exchange = async {
            let mut stream = TcpStream::connect(addr).await.unwrap();
            stream.write_all(&request).await.ok()?;
            if length > self.body.len() {
                // No more will come: the connection breaks off.
                stream.shutdown().await.ok()?;
            }
            let mut answer = Vec::new();
            // A reset after the answer is as good as an end.
            let _ = stream.read_to_end(&mut answer).await;
            Some(answer)
        };
        let answer = tokio::time::timeout(Duration::from_secs(20), exchange).await.expect("an answer in time")?;
        let status = String::from_utf8_lossy(answer.get(9..12)?).into_owned();
        Some(status.parse().unwrap())
    }
}
