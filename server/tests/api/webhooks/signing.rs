//! Signed requests of each scheme. They are sent by an HTTP client, or as raw bytes.

use crate::shop::{ApiResponse, Shop, read};
use reqwest::Method;
use server::{config::secret::Secret, webhooks::signature::Key};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The headers of the scheme, and the body.
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
    let secret = Secret::new(secret);
    let key = secret.standard_webhooks_key().unwrap();
    let signature = format!("v1,{}", STANDARD.encode(sign(&key, &[id, &at.to_string(), body])));
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

    /// Replaces the value of a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.iter_mut().find(|(n, _)| *n == name).unwrap().1 = value.into();
        self
    }

    /// Removes a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| *n != name);
        self
    }

    /// Repeats a header.
    pub fn twice(mut self, name: &str) -> Self {
        let header = self.headers.iter().find(|(n, _)| *n == name).unwrap().clone();
        self.headers.push(header);
        self
    }

    /// Sends the request by an HTTP client.
    pub async fn send(&self, shop: &Shop) -> ApiResponse {
        let request = shop.request(Method::POST, "/api/webhooks/payment").body(self.body.clone());
        let request = self.headers.iter().fold(request, |request, (name, value)| request.header(*name, &value[..]));
        read(request.send().await.unwrap()).await
    }

    /// Sends the request as raw bytes, since HTTP clients reject some of them, with a Content-Length of `length`. Returns the
    /// status; `None` if the server closes the connection without a response.
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
                // The body ends too early.
                stream.shutdown().await.ok()?;
            }
            let mut response = Vec::new();
            // The server may reset the connection after its response.
            let _ = stream.read_to_end(&mut response).await;
            Some(response)
        };
        let response =
            tokio::time::timeout(Duration::from_secs(20), exchange).await.expect("the server responds in time")?;
        let status = String::from_utf8_lossy(response.get(9..12)?).into_owned();
        Some(status.parse().unwrap())
    }
}
