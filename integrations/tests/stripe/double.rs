//! A double of Stripe's API: a small HTTP/1 server that records what it receives.

use integrations::provider::stripe::{StripeProvider, StripeSettings};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// The key of the shop.
pub const KEY: &str = "sk_test_hidden";

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Method and path.
    pub line: String,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// The headers, with names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The form in the body.
    pub form: BTreeMap<String, String>,
}

/// A response.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(&'static str, &'static str)>,
    body: String,
    pause: Duration,
}

impl Reply {
    pub fn ok(body: &Value) -> Self {
        Self { status: 200, headers: Vec::new(), body: body.to_string(), pause: Duration::ZERO }
    }

    /// An error as Stripe words it. Its message repeats an e-mail address.
    pub fn error(status: u16, kind: &str, code: Option<&str>) -> Self {
        let error = json!({ "error": {
            "type": kind, "code": code, "param": "customer_email", "message": "Invalid email address: ada@example.com",
            "doc_url": "https://stripe.com/docs/error-codes",
        } });
        Self { status, ..Self::ok(&error) }.with("Request-Id", "req_1")
    }

    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn body(self, body: &str) -> Self {
        Self { body: body.to_owned(), ..self }
    }

    pub fn after(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }
}

type Answer = dyn Fn(&Seen) -> Reply + Send + Sync;

/// The double.
pub struct Double {
    addr: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl Double {
    /// Starts a double that sends `replies`, in order.
    pub async fn of<const N: usize>(replies: [Reply; N]) -> Self {
        let replies = Mutex::new(VecDeque::from(replies));
        Self::answering(move |seen| {
            let next = replies.lock().unwrap().pop_front();
            next.unwrap_or_else(|| panic!("an unexpected request: {seen:?}"))
        })
        .await
    }

    /// Starts a double whose responses are those of `answer`.
    pub async fn answering(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (seen, connections) = (Arc::<Mutex<Vec<Seen>>>::default(), Arc::<AtomicUsize>::default());
        let (answer, log, count): (Arc<Answer>, _, _) = (Arc::new(answer), seen.clone(), connections.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, answer.clone(), log.clone()));
            }
        });
        Self { addr, seen, connections }
    }

    pub fn settings(&self) -> StripeSettings {
        let api = format!("http://{}", self.addr).parse().unwrap();
        StripeSettings { key: KEY.to_owned(), api: Some(api), account: None }
    }

    pub fn provider(&self) -> StripeProvider {
        StripeProvider::new(self.settings()).unwrap()
    }

    /// Returns the requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Returns the number of connections so far.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

async fn serve(stream: TcpStream, answer: Arc<Answer>, log: Arc<Mutex<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(seen) = receive(&mut stream).await {
        log.lock().unwrap().push(seen.clone());
        let Reply { status, headers, body, pause } = answer(&seen);
        tokio::time::sleep(pause).await;
        let mut head =
            format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        if stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn receive(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let mut words = lines[0].split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: BTreeMap<String, String> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut body = vec![0; headers.get("content-length").map_or(0, |length| length.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    let line = format!("{method} {path}");
    Some(Seen { line, query: pairs(query.as_bytes()), form: pairs(&body), headers })
}

fn pairs(encoded: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

/// Returns the parameters in Stripe's order.
pub fn parameters<const N: usize>(expected: [(&str, &str); N]) -> BTreeMap<String, String> {
    expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
