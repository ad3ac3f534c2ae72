//! The console: signing in, sessions, roles, screens, and the protection of its pages.

mod access;
mod audit_log;
mod clients;
mod exports;
mod health;
mod hidden_characters;
mod live;
mod operators;
mod order_refunds;
mod orders;
mod outbox;
mod payloads;
mod payments;
mod pictures;
mod products;
mod receipts;
mod refunds;
mod sessions;
mod sign_in;
mod webhooks;

use crate::shop::Shop;
use app::admin::layout::Screen;
use checkout::{
    model::Actor,
    store::{
        AuditFilter,
        operators::{EmailAddress, Role},
    },
};
use reqwest::{Method, Response, header, redirect};
use server::{
    config::{Environment, RateLimit},
    console::{Access, all_routes},
    operators::totp::{Key, step_at},
};
use std::{collections::HashSet, time::Duration};

const PASSWORD: &str = "four unrelated words";
const FORM: &str = "application/x-www-form-urlencoded";

/// A browser with the console's cookie.
struct Browser<'a> {
    shop: &'a Shop,
    http: reqwest::Client,
    cookie: String,
    /// The key in the operator's authenticator app.
    key: Option<Key>,
}

/// A response and its whole text.
struct Shown {
    status: u16,
    headers: header::HeaderMap,
    text: String,
}

impl Shown {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Asserts that the response leads to this path.
    #[track_caller]
    fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.header("location")), (303, path), "{}", self.text);
    }

    /// Asserts that the response is a page with this text.
    #[track_caller]
    fn shows(&self, status: u16, text: &str) {
        assert!(self.status == status && self.text.contains(text), "{} {text}: {}", self.status, self.text);
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        self.text.split_once(&start).unwrap().1.split('"').next().unwrap().to_owned()
    }
}

impl<'a> Browser<'a> {
    fn new(shop: &'a Shop) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { shop, http, cookie: String::new(), key: None }
    }

    async fn get(&mut self, path: &str) -> Shown {
        let request = self.http.get(format!("http://{}{path}", self.shop.addr)).header("cookie", &self.cookie);
        self.read(request.send().await.unwrap()).await
    }

    async fn send(&mut self, method: &Method, path: &str, fields: &[(&str, &str)]) -> Shown {
        if *method == Method::GET { self.get(path).await } else { self.post(path, fields).await }
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.post_with(path, fields, &[]).await
    }

    async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Shown {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = self.http.post(format!("http://{}{path}", self.shop.addr)).header("content-type", FORM);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.header("cookie", &self.cookie).body(form).send().await.unwrap();
        self.read(response).await
    }

    /// Sends a form with files: their names and contents.
    async fn upload(&mut self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Shown {
        let (boundary, mut body) = ("----a-boundary-of-a-test", Vec::new());
        for (name, value) in fields {
            let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (name, content) in files {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                 Content-Type: image/png\r\n\r\n"
            );
            body.extend_from_slice(&[head.as_bytes(), content, b"\r\n"].concat());
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let request = self.http.post(format!("http://{}{path}", self.shop.addr)).header("cookie", &self.cookie);
        let request = request.header("content-type", format!("multipart/form-data; boundary={boundary}"));
        let response = request.body(body).send().await.unwrap();
        self.read(response).await
    }

    async fn read(&mut self, response: Response) -> Shown {
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        assert_ne!(status, 500, "no request causes a 500");
        // A stream of events does not end.
        let is_stream = headers.get(header::CONTENT_TYPE).is_some_and(|value| value == "text/event-stream");
        let text = if is_stream { String::new() } else { response.text().await.unwrap() };
        Shown { status, headers, text }
    }

    /// Opens a one-time link, and sets password and second factor. Returns the recovery codes.
    async fn set_up(&mut self, link: &str) -> Vec<String> {
        let page = self.get(link).await;
        page.shows(200, "New password");
        let secret = page.field("secret");
        self.key = Key::from_base32(&secret);
        let code = self.code(0);
        let done = self.post(link, &[("new_password", PASSWORD), ("secret", &secret), ("code", &code)]).await;
        done.shows(200, "Your recovery codes");
        done.text.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    }

    /// Opens a one-time link, and sets a password only.
    async fn set_up_password(&mut self, link: &str) {
        self.post(link, &[("new_password", PASSWORD)]).await.leads_to("/admin");
    }

    /// Returns the code that the app shows, or shows some steps later.
    fn code(&self, later: i64) -> String {
        self.key.as_ref().unwrap().code(step_at(self.shop.checkout.now()) + later).unwrap()
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Shown {
        self.post("/admin/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Whether the session opens a page.
    async fn is_in(&mut self) -> bool {
        self.get("/admin/account").await.status == 200
    }
}

impl Shop {
    /// Adds an operator. Returns the path of their one-time link.
    async fn invite(&self, email: &str, role: Role) -> String {
        let actor = Actor::command_line("a test");
        self.operators.invite(&actor, email.parse().unwrap(), "", role).await.unwrap().path()
    }

    /// Adds an operator who is signed in by password alone.
    async fn signed_in(&self, email: &str, role: Role) -> Browser<'_> {
        let mut browser = Browser::new(self);
        browser.set_up_password(&self.invite(email, role).await).await;
        browser
    }

    /// Returns the number of this operator's denied requests in the audit log.
    async fn denials(&self, actor: &str) -> usize {
        let filter = AuditFilter { action: Some("access.denied".to_owned()), ..AuditFilter::default() };
        let denied = self.store().audit_log().list(&filter, None, 1000).await.unwrap();
        denied.iter().filter(|entry| entry.actor.name == actor).count()
    }

    /// Returns the actions in the audit log, oldest first.
    async fn actions(&self) -> Vec<String> {
        let entries = self.store().audit_log().list(&AuditFilter::default(), None, 1000).await.unwrap();
        entries.iter().rev().map(|entry| entry.action.to_string()).collect()
    }
}
