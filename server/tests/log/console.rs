//! An administrator who finds a contact on the console, exports it and erases it.

use checkout::{Clock as _, SystemClock};
use reqwest::{Method, RequestBuilder, redirect::Policy};
use server::operators::totp::{Key, step_at};

const PASSWORD: &str = "four unrelated words";

/// A browser with the console's cookie.
struct Browser {
    addr: String,
    http: reqwest::Client,
    cookie: String,
}

/// Signs in with a one-time link, reads the contact of an order on each screen that has it, and erases it.
pub async fn read_and_erase(addr: &str, link: &str, order: &str) {
    let [email, name, street] = crate::BUYER;
    let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let mut browser = Browser { addr: addr.to_owned(), http, cookie: String::new() };
    let setup = format!("/admin/setup/{}", link.rsplit('/').next().unwrap());
    let page = browser.get(&setup).await;
    let secret = page.split_once("name=\"secret\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let code = Key::from_base32(&secret).unwrap().code(step_at(SystemClock.now())).unwrap();
    browser.post(&setup, &[("new_password", PASSWORD), ("secret", &secret), ("code", &code)], 200).await;

    let search = email.replace('@', "%40");
    assert!(browser.get(&format!("/admin/orders?q={search}")).await.contains("data-row-link"));
    let exported = browser.get(&format!("/admin/orders.csv?q={search}")).await;
    let path = format!("/admin/orders/{order}");
    let shown = browser.get(&path).await;
    for part in [email, name, street] {
        assert!(shown.contains(part) && exported.contains(part), "{shown} {exported}");
    }
    browser.post(&format!("{path}/erase-contact"), &[("reason", "asked by telephone")], 303).await;
    assert!(!browser.get(&path).await.contains(email));
}

impl Browser {
    /// Returns a page.
    async fn get(&self, path: &str) -> String {
        let response = self.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.unwrap()
    }

    /// Sends a form, which is answered with this status.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)], status: u16) {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        if let Some(cookie) = response.headers().get("set-cookie") {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.addr)).header("cookie", &self.cookie)
    }
}
