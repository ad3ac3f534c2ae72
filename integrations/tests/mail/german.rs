//! Mails to shoppers who read German.

use crate::{
    post::{Post, contact, ordered, paid, settled},
    shop::owner,
};
use checkout::{
    IssueRefund, Restock,
    model::{Actor, Contact, Language, RefundStep},
};
use integrations::mail::{CapturedMail, Delivery};
use std::time::Duration;

fn german() -> Contact {
    Contact { language: Some("de-DE".parse().unwrap()), ..contact() }
}

/// Asserts that a mail is in German, and that its text has these parts.
#[track_caller]
fn assert_german(mail: &CapturedMail, subject: &str, parts: &[&str]) {
    assert_eq!(mail.subject, subject);
    assert!(mail.html.contains("<html lang=\"de\">"), "{}", mail.html);
    assert!(mail.message.contains("Content-Language: de\r\n"), "{}", mail.message);
    for part in parts.iter().chain(&["-- \nFast & Fair\nFragen? help@shop.example", "Gib ihn nicht weiter."]) {
        assert!(mail.text.contains(part), "{part}: {}", mail.text);
    }
    assert!(mail.html.contains("Fragen? <a"), "{}", mail.html);
    for english in ["order", "Order", "Paid", "Questions", "refund"] {
        let text = mail.text.replace("https://shop.example/orders/", "");
        assert!(!text.contains(english), "{english}: {text}");
    }
}

crate::scenarios! {
    async fn a_german_order_gets_german_mails(shop: Shop) {
        let post = Post::start(&shop, &Delivery::Memory);
        let product = shop.phone(9).await.id;
        let order = ordered(&shop, product, german()).await;
        settled(&shop).await;
        paid(&shop, order.id).await;
        settled(&shop).await;
        let refund = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount: Some(500), restock: Restock::None };
        let refund = shop.checkout.issue_refund(refund, Actor::system()).await.unwrap().value;
        for step in [
            RefundStep::Send,
            RefundStep::Accept { provider_reference: "re_1".to_owned().try_into().unwrap() },
            RefundStep::Succeed { provider_reference: None },
        ] {
            shop.checkout.advance_refund(refund.id, 1, step, Actor::system()).await.unwrap();
            settled(&shop).await;
        }
        let mails = post.kept();
        let [received, receipt, accepted, done] = &mails[..] else { panic!("{:?}", post.subjects()) };
        assert_german(received, "Bestellung eingegangen: Phone", &[
            "Deine Bestellung ist da",
            "Sie liegt bis zum 27. November 2026, 12:10 UTC für dich bereit.",
            "Produkt: 1 × Phone\nGesamtbetrag: 19,99\u{a0}US$\nBezahlen bis: 27. November 2026, 12:10 UTC",
        ]);
        assert_german(receipt, "Beleg: Phone", &[
            "Danke für deine Bestellung",
            "Bezahlt: 19,99\u{a0}US$\nBezahlt am: 27. November 2026, 12:00 UTC\nTransaktion: tx-",
            "Bestellung ansehen:\nhttps://shop.example/",
        ]);
        assert_german(accepted, "Deine Rückerstattung ist unterwegs: Phone", &["Rückerstattung: 5,00\u{a0}US$"]);
        assert_german(done, "Rückerstattung erledigt: Phone", &["Dein Geld wurde zurückgezahlt."]);
    }

    async fn a_german_order_that_ends_says_why_in_german(shop: Shop) {
        let post = Post::start(&shop, &Delivery::Memory);
        let product = shop.phone(9).await.id;
        let [by_shopper, by_operator, expired] =
            [ordered(&shop, product, german()).await, ordered(&shop, product, german()).await, ordered(&shop, product, german()).await];
        settled(&shop).await;
        shop.checkout.cancel_order(by_shopper.id, owner(), None).await.unwrap();
        settled(&shop).await;
        shop.checkout.cancel_order_by_operator(by_operator.id, Actor::system()).await.unwrap();
        settled(&shop).await;
        shop.clock.advance(Duration::from_mins(11));
        shop.checkout.start_maintenance(checkout::Limits::default());
        crate::post::until("the order expires", async || {
            let order = shop.checkout.order_of_any_owner(expired.id).await.unwrap();
            (order.status() == checkout::model::OrderStatus::Cancelled).then_some(())
        })
        .await;
        settled(&shop).await;
        let mails = post.kept();
        let [shopper, operator, expiry] = &mails[3..] else { panic!("{:?}", post.subjects()) };
        let late = "Kommt noch eine Zahlung an";
        assert_german(shopper, "Bestellung storniert: Phone", &["wie du es wolltest", "Beendet am: 27. November 2026", late]);
        assert_german(operator, "Bestellung storniert: Phone", &["Der Shop musste deine Bestellung stornieren.", late]);
        assert_german(expiry, "Bestellung abgelaufen: Phone", &["Bis zum 27. November 2026, 12:10 UTC ist keine Zahlung", late]);
    }

    async fn a_shopper_without_a_language_reads_that_of_the_shop(shop: Shop) {
        let post = Post::of_language(&shop, "de".parse::<Language>().unwrap());
        let product = shop.phone(9).await.id;
        ordered(&shop, product, contact()).await;
        settled(&shop).await;
        assert_german(&post.kept()[0], "Bestellung eingegangen: Phone", &[]);
        ordered(&shop, product, Contact { language: Some("fr".parse().unwrap()), ..contact() }).await;
        settled(&shop).await;
        assert_eq!(post.kept()[1].subject, "Order received: Phone");
    }
}
