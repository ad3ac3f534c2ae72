//! Buyers who get their receipts, and follow the links in them.

use crate::{BUYER, smtp::SmtpServer};
use reqwest::redirect::Policy;
use std::time::Duration;

/// Waits for the receipts of the buyer's orders, and opens the order of each with the link in it, and with a forged one. Returns
/// the signatures, and the cookies that the links set.
pub async fn read_and_follow(smtp: &SmtpServer, addr: &str, orders: &[String]) -> Vec<String> {
    let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let mut secrets = Vec::new();
    for order in orders {
        let link = link(smtp, order).await;
        let (rest, signature) = link.split_once("&signature=").unwrap();
        let forged: String = signature.chars().rev().collect();
        assert_eq!(signature.len(), 64, "{link}");
        for (signature, status) in [(signature, 303), (forged.as_str(), 403)] {
            let url = format!("http://{addr}{rest}&signature={signature}");
            let response = http.get(url).send().await.unwrap();
            assert_eq!(response.status(), status, "{rest}");
            let cookie = response.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
            let value = cookie.as_deref().and_then(|cookie| cookie.split(';').next()?.split_once('='));
            secrets.extend(value.map(|(_, value)| value.to_owned()));
            secrets.push(signature.to_owned());
        }
    }
    assert_eq!(secrets.len(), 3 * orders.len(), "each link that works sets a cookie");
    secrets
}

/// Waits for the receipt of an order. Returns the path and query of the link in it.
async fn link(smtp: &SmtpServer, order: &str) -> String {
    let start = format!("https://shop.example/orders/{order}/open?");
    for _ in 0..400 {
        for message in smtp.messages() {
            // Quoted-printable: long lines are folded, and `=` is escaped.
            let text = message.replace("=\r\n", "").replace("=3D", "=");
            if text.contains("Receipt") && text.contains(BUYER[0]) && text.contains(&start) {
                let from = &text[text.find(&start).unwrap() + "https://shop.example".len()..];
                return from.split_whitespace().next().unwrap().to_owned();
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no receipt of {order} among {:#?}", smtp.messages());
}
