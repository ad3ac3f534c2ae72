//! The text and the HTML of each mail, its receivers, and the mails that are not sent.

use crate::{
    post::{Post, contact, jobs, ordered, paid, settled, smtp},
    shop::{event, noon, owner},
    smtp::SmtpServer,
};
use checkout::{
    IssueRefund, Restock,
    model::{
        Actor, AuditEntry, AuditObject, Contact, EndpointId, Job, JobKind, JobSubject, NewJob, PaymentStatus,
        Reference, RefundStep, Topic,
    },
    store::{
        DisabledReason, Endpoint, EndpointChange, SigningSecret,
        operators::{Hidden, Operator, OperatorChange, OperatorId, Role},
    },
};
use integrations::mail::{Delivery, MAX_RECEIPTS, Resent, operator_mail, resend_receipt};
use std::time::Duration;
use uuid::Uuid;

/// A name that breaks HTML, if it can.
const HOSTILE: &str = "<img src=x onerror=alert(1)> \"Phone\" & 'Co'";

fn operator(n: u128, role: Role) -> Operator {
    Operator {
        id: OperatorId(Uuid::from_u128(n)),
        email: format!("operator{n}@shop.example").parse().unwrap(),
        name: String::new(),
        role,
        password_hash: Some(Hidden("hash".to_owned())),
        totp_secret: None,
        totp_last_step: None,
        created_at: noon(),
        disabled_at: None,
    }
}

/// An endpoint that is off and has failed for five days, with secrets in its address.
fn endpoint(n: u128, reason: DisabledReason) -> Endpoint {
    Endpoint {
        id: Uuid::from_u128(n).into(),
        url: "https://hooks.example:8443/in/hush-token?key=hush".to_owned(),
        events: [Topic::OrderPaid].into(),
        description: "hush".to_owned(),
        secret: SigningSecret::new("whsec_hush".to_owned()),
        previous: None,
        disabled: Some(reason),
        failing_since: Some(noon() - Duration::from_hours(5 * 24)),
        created_at: noon(),
        version: 1,
    }
}

/// The event of an endpoint that was switched off.
fn switched_off(n: u128, endpoint: EndpointId) -> NewJob {
    NewJob {
        id: Uuid::from_u128(1000 + n).into(),
        kind: JobKind::Event,
        topic: Topic::EndpointDisabled,
        subject: JobSubject { version: 1, ..JobSubject::default() },
        endpoint: None,
        unique_key: None,
        body: Some(format!(r#"{{"endpoint":"{endpoint}"}}"#)),
        due_at: noon(),
        created_at: noon(),
    }
}

fn entry(n: u128) -> AuditEntry {
    AuditEntry {
        id: Uuid::from_u128(n).into(),
        at: noon(),
        actor: Actor::command_line("ada"),
        action: "order.resend_receipt".into(),
        object: AuditObject::new("order", "1"),
        before: None,
        after: None,
        reason: None,
    }
}

/// Adds the mail of an invitation and that of a reset, each twice, and waits for them.
async fn add_operator_mails(shop: &crate::shop::Shop) {
    for (n, topic) in [(1, Topic::OperatorInvited), (2, Topic::OperatorReset)] {
        let job = operator_mail(Uuid::from_u128(n).into(), topic, OperatorId(Uuid::from_u128(7)), noon());
        assert_eq!(job.body, None);
        shop.store.outbox().add(&[job.clone(), job]).await.unwrap();
        settled(shop).await;
    }
}

crate::scenarios! {
    async fn an_order_gets_its_mails_in_text_and_html(shop: Shop) {
        let post = Post::start(&shop, &Delivery::Memory);
        let product = shop.product("phone", 5, |draft| HOSTILE.clone_into(&mut draft.name)).await.id;
        let french = Contact { language: Some("fr-FR".parse().unwrap()), ..contact() };
        let order = ordered(&shop, product, french).await;
        settled(&shop).await;
        paid(&shop, order.id).await;
        settled(&shop).await;
        let refund = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount: Some(500), restock: Restock::None };
        let refund = shop.checkout.issue_refund(refund, Actor::system()).await.unwrap().value;
        let step = async |step| shop.checkout.advance_refund(refund.id, 1, step, Actor::system()).await.unwrap();
        step(RefundStep::Send).await;
        settled(&shop).await;
        step(RefundStep::Accept { provider_reference: "re_1".to_owned().try_into().unwrap() }).await;
        settled(&shop).await;
        step(RefundStep::Succeed { provider_reference: None }).await;
        settled(&shop).await;
        assert_eq!(post.subjects(), [
            format!("Order received: {HOSTILE}"),
            format!("Receipt: {HOSTILE}"),
            format!("Your refund is on its way: {HOSTILE}"),
            format!("Refund done: {HOSTILE}"),
        ]);
        let number = order.number.unwrap().to_string();
        let expected = [
            ("We’ve got your order", "Pay by: 27 November 2026, 12:10 UTC", "19,99\u{a0}US$"),
            ("Thank you for your order", "Transaction: tx-", "19,99\u{a0}US$"),
            ("Your refund is on its way", "accepted your refund", "5,00\u{a0}US$"),
            ("Your refund is done", "Your money was returned", "5,00\u{a0}US$"),
        ];
        for (mail, (heading, sentence, amount)) in post.kept().iter().zip(expected) {
            assert_eq!(mail.to, crate::post::BUYER);
            for part in [heading, amount, &number, "https://shop.example/orders/"] {
                assert!(mail.text.contains(part) && mail.html.contains(part), "{part}: {}", mail.text);
            }
            assert!(mail.text.contains(sentence) && mail.text.contains(HOSTILE), "{}", mail.text);
            assert!(mail.text.contains("-- \nFast & Fair\nQuestions? help@shop.example"), "{}", mail.text);
            assert!(!mail.html.contains("<img") && mail.html.contains("&#60;img src=x"), "{}", mail.html);
            assert!(mail.html.contains("prefers-color-scheme: dark") && mail.html.contains("mailto:help@shop.example"));
            assert!(!mail.html.contains("src=\"") && !mail.html.contains("url("), "nothing is loaded");
            assert!(mail.message.contains("Auto-Submitted: auto-generated"), "{}", mail.message);
            assert!(mail.message.contains("Content-Language: en\r\n") && mail.html.contains("<html lang=\"en\">"));
            assert!(mail.message.contains("Reply-To: help@shop.example"), "{}", mail.message);
            assert!(mail.message.contains(&format!("Message-ID: <{}@shop.example>", mail.id)), "{}", mail.message);
            assert!(mail.message.contains("Date: Fri, 27 Nov 2026 12:00:00"), "{}", mail.message);
        }
        assert!(!post.kept()[0].text.contains("Ada"), "what was typed before the payment is not repeated");
    }

    async fn an_order_that_ends_says_why(shop: Shop) {
        let post = Post::start(&shop, &Delivery::Memory);
        let product = shop.phone(9).await.id;
        let [by_shopper, by_operator, declined, expired] = [
            ordered(&shop, product, contact()).await,
            ordered(&shop, product, contact()).await,
            ordered(&shop, product, contact()).await,
            ordered(&shop, product, contact()).await,
        ];
        settled(&shop).await;
        shop.checkout.cancel_order(by_shopper.id, owner(), None).await.unwrap();
        settled(&shop).await;
        shop.checkout.cancel_order_by_operator(by_operator.id, Actor::system()).await.unwrap();
        settled(&shop).await;
        let failure = event("declined", Reference::Order(declined.id), "tx", PaymentStatus::Failure);
        shop.deliver(failure).await.unwrap();
        settled(&shop).await;
        shop.clock.advance(Duration::from_mins(11));
        shop.checkout.start_maintenance(checkout::Limits::default());
        crate::post::until("the order expires", async || {
            let order = shop.checkout.order_of_any_owner(expired.id).await.unwrap();
            (order.status() == checkout::model::OrderStatus::Cancelled).then_some(())
        })
        .await;
        settled(&shop).await;
        let texts: Vec<_> = post.kept().iter().skip(4).map(|mail| mail.text.clone()).collect();
        for (text, reason) in texts.iter().zip(["as you asked", "The shop cancelled", "declined", "No payment arrived by"]) {
            assert!(text.contains(reason), "{reason}: {text}");
        }
        assert_eq!(texts.len(), 4);
    }

    async fn a_mail_that_is_not_true_any_more_is_dropped(shop: Shop) {
        let product = shop.phone(9).await.id;
        // Nobody sends mails while the first order is placed and paid, and the second ends.
        let first = ordered(&shop, product, contact()).await;
        paid(&shop, first.id).await;
        let second = ordered(&shop, product, contact()).await;
        let silent = Post::start(&shop, &Delivery::Nowhere);
        let waiting = crate::post::until("the events are jobs", async || {
            let jobs = crate::post::jobs(&shop).await;
            (jobs.len() == 2).then_some(jobs)
        });
        let topics: Vec<_> = waiting.await.iter().map(|job| job.topic).collect();
        assert_eq!(topics, [Topic::OrderPaid, Topic::OrderCreated], "an order that was paid meanwhile was not just received");
        shop.checkout.cancel_order(second.id, owner(), None).await.unwrap();
        crate::post::until("the cancellation is a job", async || {
            (crate::post::jobs(&shop).await.len() == 3).then_some(())
        })
        .await;
        // The late payment buys the second order after all.
        paid(&shop, second.id).await;
        crate::post::until("the payment is a job", async || (crate::post::jobs(&shop).await.len() == 4).then_some(())).await;
        silent.tasks.stop(Duration::from_secs(5)).await;
        let post = Post::start(&shop, &Delivery::Memory);
        assert!(settled(&shop).await.iter().all(|(_, state)| *state == "done"));
        assert_eq!(post.subjects(), ["Receipt: Phone", "Receipt: Phone"]);
        let jobs = crate::post::jobs(&shop).await;
        let told: Vec<_> = jobs.iter().map(|job| (job.topic, job.is_skipped(), job.last_error.as_deref())).collect();
        let untrue = Some("no longer true");
        assert_eq!(told, [
            (Topic::OrderPaid, false, None),
            (Topic::OrderCreated, true, untrue),
            (Topic::OrderCancelled, true, untrue),
            (Topic::OrderPaid, false, None),
        ]);
    }

    async fn nothing_is_sent_without_a_contact(shop: Shop) {
        let post = Post::start(&shop, &Delivery::Memory);
        let product = shop.phone(9).await.id;
        let without = shop.ordered(product, 1).await;
        paid(&shop, without.id).await;
        let order = ordered(&shop, product, contact()).await;
        settled(&shop).await;
        shop.store.contacts().erase(&crate::post::BUYER.parse().unwrap(), entry(9), None).await.unwrap();
        paid(&shop, order.id).await;
        let done = settled(&shop).await;
        assert_eq!(done, [(Topic::OrderCreated, "done")]);
        assert_eq!(post.subjects(), ["Order received: Phone"]);
        assert_eq!(shop.database.count("SELECT count(*) FROM outbox WHERE body IS NOT NULL").await, 0);
    }

    async fn a_mail_whose_receiver_was_erased_is_not_sent(shop: Shop) {
        let silent = Post::start(&shop, &Delivery::Nowhere);
        let product = shop.phone(9).await.id;
        ordered(&shop, product, contact()).await;
        crate::post::until("the event is a job", async || (crate::post::jobs(&shop).await.len() == 1).then_some(())).await;
        silent.tasks.stop(Duration::from_secs(5)).await;
        shop.store.contacts().erase(&crate::post::BUYER.parse().unwrap(), entry(9), None).await.unwrap();
        let post = Post::start(&shop, &Delivery::Memory);
        settled(&shop).await;
        let job = crate::post::jobs(&shop).await.remove(0);
        assert!(job.is_skipped() && job.last_error.as_deref() == Some("nobody to send it to"), "{job:?}");
        assert!(post.kept().is_empty());
    }

    async fn an_endpoint_that_was_switched_off_is_told_to_administrators(shop: Shop) {
        for (n, role) in [(1, Role::Viewer), (2, Role::Seller), (3, Role::Money), (4, Role::Admin), (5, Role::Admin)] {
            shop.store.operators().change(vec![OperatorChange::Add(operator(n, role))], None).await.unwrap();
        }
        let disabled = Operator { disabled_at: Some(noon()), ..operator(6, Role::Admin) };
        shop.store.operators().change(vec![OperatorChange::Add(disabled)], None).await.unwrap();
        let post = Post::start(&shop, &Delivery::Memory);
        let endpoints = [
            endpoint(1, DisabledReason::Failing),
            endpoint(2, DisabledReason::Gone),
            endpoint(3, DisabledReason::Operator),
        ];
        for (n, endpoint) in (1..).zip(&endpoints) {
            shop.store.endpoints().change(&EndpointChange::Add(endpoint.clone()), &entry(n), None).await.unwrap();
            shop.store.outbox().add(&[switched_off(n, endpoint.id)]).await.unwrap();
            settled(&shop).await;
        }
        let mails = post.kept();
        let mut receivers: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
        receivers.sort_unstable();
        let [one, two] = ["operator4@shop.example", "operator5@shop.example"];
        assert_eq!(receivers, [one, one, two, two], "nobody is told what an operator did");
        for (mail, reason) in mails.iter().zip(["has failed for days", "has failed for days", "is gone (410)"]) {
            assert_eq!(mail.subject, "A webhook endpoint was switched off: hooks.example");
            for part in [reason, "hooks.example", "November 22, 2026, 12:00 PM UTC"] {
                assert!(mail.text.contains(part) && mail.html.contains(part), "{part}: {}", mail.text);
            }
            assert!(!format!("{} {} {}", mail.text, mail.html, mail.message).contains("hush"), "{}", mail.message);
        }
        assert!(mails[0].text.contains(&format!("https://shop.example/admin/webhooks/{}", endpoints[0].id)));
        let skipped = crate::post::jobs(&shop).await.into_iter().filter(Job::is_skipped).count();
        assert_eq!(skipped, 2);

        // It is on again by the time at which the mail is sent. Switched off once more, it is told once more.
        shop.store.endpoints().change(&EndpointChange::Enable(endpoints[0].id), &entry(11), None).await.unwrap();
        shop.store.outbox().add(&[switched_off(11, endpoints[0].id)]).await.unwrap();
        settled(&shop).await;
        assert_eq!(post.kept().len(), 4);
        shop.store.outbox().add(&[switched_off(12, endpoints[1].id)]).await.unwrap();
        settled(&shop).await;
        assert_eq!(post.kept().len(), 6);
    }

    async fn a_failed_refund_is_told_to_those_who_answer_for_money(shop: Shop) {
        for (n, role) in [(1, Role::Viewer), (2, Role::Seller), (3, Role::Money), (4, Role::Admin)] {
            shop.store.operators().change(vec![OperatorChange::Add(operator(n, role))], None).await.unwrap();
        }
        let invited = Operator { password_hash: None, ..operator(5, Role::Money) };
        shop.store.operators().change(vec![OperatorChange::Add(invited)], None).await.unwrap();
        let post = Post::start(&shop, &Delivery::Memory);
        let product = shop.phone(9).await.id;
        let order = ordered(&shop, product, contact()).await;
        paid(&shop, order.id).await;
        settled(&shop).await;
        let before = post.kept().len();
        let refund = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount: None, restock: Restock::None };
        let refund = shop.checkout.issue_refund(refund, Actor::system()).await.unwrap().value;
        for step in [RefundStep::Send, RefundStep::Fail { failure: "the account is closed".to_owned() }] {
            shop.checkout.advance_refund(refund.id, 1, step, Actor::system()).await.unwrap();
        }
        settled(&shop).await;
        let mails: Vec<_> = post.kept().into_iter().skip(before).collect();
        let mut receivers: Vec<_> = mails.iter().map(|mail| mail.to.clone()).collect();
        receivers.sort();
        assert_eq!(receivers, ["operator3@shop.example", "operator4@shop.example"]);
        assert!(mails[0].text.contains(&format!("https://shop.example/admin/refunds/{}", refund.id)));
        assert!(mails[0].text.contains("$19.99"), "{}", mails[0].text);
    }

    async fn an_operators_link_is_made_when_the_mail_is_sent(shop: Shop) {
        let server = SmtpServer::start().await;
        let _post = Post::start(&shop, &smtp(&server.url()));
        add_operator_mails(&shop).await;
        let messages = server.messages();
        assert_eq!(messages.len(), 2);
        for (n, message) in messages.iter().enumerate() {
            let text = message.replace("=\r\n", "").replace("=\n", "");
            assert!(text.contains(&format!("https://shop.example/admin/setup/token-{n}")), "{text}");
            assert!(text.contains("To: root@shop.example") && text.contains("48 hours"), "{text}");
        }
    }

    async fn an_operators_link_is_not_kept_where_everybody_reads_it(shop: Shop) {
        let post = Post::start(&shop, &Delivery::Memory);
        add_operator_mails(&shop).await;
        assert_eq!(post.subjects(), Vec::<String>::new());
        let jobs = jobs(&shop).await;
        assert!(jobs.len() == 2 && jobs.iter().all(Job::is_skipped), "{jobs:?}");
    }

    async fn a_receipt_is_sent_again_once_for_each_request(shop: Shop) {
        let post = Post::start(&shop, &Delivery::Memory);
        let product = shop.phone(9).await.id;
        let order = ordered(&shop, product, contact()).await;
        let ids = checkout::IdGenerator::new(shop.clock.clone());
        let mut entries = 100;
        let mut resend = async |request: &str| {
            entries += 1;
            let order = shop.checkout.order_of_any_owner(order.id).await.unwrap();
            resend_receipt(&*shop.store, &ids, &order, request, entry(entries)).await.unwrap()
        };
        assert_eq!(resend("a").await, Resent::NotPaid);
        settled(&shop).await;
        paid(&shop, order.id).await;
        settled(&shop).await;
        assert_eq!(resend("a").await, Resent::Queued);
        assert_eq!(resend("a").await, Resent::Replayed);
        settled(&shop).await;
        assert_eq!(post.subjects(), ["Order received: Phone", "Receipt: Phone", "Receipt: Phone"]);
        assert_eq!(shop.database.count("SELECT count(*) FROM audit_log WHERE action = 'order.resend_receipt'").await, 1);
        for n in 4..=MAX_RECEIPTS {
            assert_eq!(resend(&n.to_string()).await, Resent::Queued);
        }
        assert_eq!(resend("z").await, Resent::TooMany);
    }
}
