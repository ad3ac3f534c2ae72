//! Payment pages and refunds at the provider, for API clients and for shoppers. The sandbox is the provider.

use crate::{
    checkout_form::{EMAIL, Shopper, UNKNOWN_ID, html, id},
    shop::{ApiResponse, Shop},
    webhooks::{signing, stripe_events},
};
use checkout::{
    IssueRefund, Restock,
    model::{Actor, OrderId, RefundId, RefundState, ScopeSet},
};
use integrations::mail::OrderLinks;
use reqwest::Method;
use serde_json::{Value, json};
use server::config::{PaymentConfig, PaymentProvider, StripeConfig, secret::Secret};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

async fn without_provider() -> Shop {
    Shop::open_with(|settings| settings.payments = PaymentConfig::of(PaymentProvider::None)).await
}

fn path(order: &Value) -> String {
    format!("/api/orders/{}", order["order_id"].as_str().unwrap())
}

async fn open(shop: &Shop, token: &str, order: &Value) -> ApiResponse {
    let request = shop.request(Method::POST, &format!("{}/payment", path(order))).bearer_auth(token);
    crate::shop::read(request.send().await.unwrap()).await
}

/// Pays an order as the sandbox does, so that refunds have the fate that the transaction's prefix names.
async fn pay(shop: &Shop, order: &Value, transaction: &str) {
    let event = json!({ "order_id": order["order_id"], "transaction_id": transaction, "status": "success", "amount": order["amount"], "currency": "USD" });
    assert_eq!(shop.pay(transaction, &event).await.body["status"], "processed");
}

async fn refund(shop: &Shop, order: &Value) -> RefundId {
    let (id, order) = (shop.checkout.new_refund_id(), order["order_id"].as_str().unwrap().parse().unwrap());
    let refund = IssueRefund { id, order, amount: None, restock: Restock::None };
    shop.checkout.issue_refund(refund, Actor::system()).await.unwrap();
    id
}

/// Waits until a refund has this state and, if it is being sent, the provider's reference.
async fn wait_for(shop: &Shop, id: RefundId, state: RefundState) {
    for _ in 0..400 {
        let refund = shop.checkout.refund(id).await.unwrap();
        if refund.state == state && (state != RefundState::Sending || refund.provider_reference.is_some()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{:?} is not {state:?}", shop.checkout.refund(id).await.unwrap());
}

#[tokio::test]
async fn an_order_comes_with_its_payment_page_which_is_always_the_same() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 1).await;
    let url = format!("http://{}/sandbox/pay/{}", shop.addr, order["order_id"].as_str().unwrap());
    let page = json!({ "url": url, "expires_at": order["pay_by"] });
    assert_eq!(order["payment"], page);
    assert_eq!(shop.get(&path(&order), &token).await.body["payment"], page);
    for _ in 0..2 {
        let opened = open(&shop, &token, &order).await;
        assert_eq!((opened.status, &opened.body), (200, &page));
    }
    open(&shop, &shop.token().await, &order).await.assert_problem(404, "unknown-order");
    open(&shop, &token, &json!({ "order_id": UNKNOWN_ID })).await.assert_problem(404, "unknown-order");

    pay(&shop, &order, "test-one").await;
    let ended = open(&shop, &token, &order).await;
    ended.assert_problem(409, "order-not-payable");
    assert_eq!(ended.body["order_status"], "paid");
    let paid = shop.get(&path(&order), &token).await.body;
    assert_eq!((&paid["status"], &paid["payment"]), (&json!("paid"), &Value::Null));
    assert!(paid.as_object().unwrap().contains_key("payment"));
    let listed = shop.get("/api/orders", &token).await.body;
    assert!(!listed[0].as_object().unwrap().contains_key("payment"), "a list does not read the pages");
}

#[tokio::test]
async fn an_order_whose_time_to_pay_is_over_has_no_page() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 1).await;
    shop.clock.advance(Duration::from_mins(11));
    let late = open(&shop, &token, &order).await;
    late.assert_problem(409, "order-not-payable");
    assert_eq!(late.body["order_status"], "cancelled");
}

#[tokio::test]
async fn without_a_provider_there_are_no_pages_and_no_reconciliation() {
    let shop = without_provider().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 1).await;
    assert!(order["payment"].is_null() && order.as_object().unwrap().contains_key("payment"), "{order}");
    open(&shop, &token, &order).await.assert_problem(409, "no-payment-provider");
    let admin = shop.token_with("payments:write".parse::<ScopeSet>().unwrap()).await;
    let run = shop.request(Method::POST, "/api/admin/reconcile").bearer_auth(&admin).send().await.unwrap();
    crate::shop::read(run).await.assert_problem(409, "no-payment-provider");

    let shopper = Shopper::reserve(&shop, &product).await;
    let placed = shopper.order(&EMAIL).await;
    let page = shopper.page(placed.header("location")).await;
    assert!(!html(&page).contains("Pay now"), "{page:?}");
    let pressed = shopper.submit("/actions/pay", &[("order", &id(&placed))]).await;
    let explained = format!("/orders/{}?no=no-provider", id(&placed));
    assert_eq!((pressed.status, pressed.header("location")), (303, &*explained));
    assert!(html(&shopper.page(&explained).await).contains("You can’t pay on this page"));
}

#[tokio::test]
async fn pay_now_leads_to_the_same_page_however_often_it_is_pressed() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let shopper = Shopper::reserve(&shop, &product).await;
    let placed = shopper.order(&EMAIL).await;
    let (order, target) = (id(&placed), format!("/sandbox/pay/{}", id(&placed)));
    assert_eq!((placed.status, placed.header("location")), (303, &*target));
    let page = shopper.page(&format!("/orders/{order}")).await;
    for part in [r#"action="/actions/pay""#, "Pay now", "Waiting for your payment"] {
        assert!(html(&page).contains(part), "{part}: {page:?}");
    }
    let fields = [("order", &*order)];
    let (first, second) =
        tokio::join!(shopper.submit("/actions/pay", &fields), shopper.submit("/actions/pay", &fields));
    for response in [first, second] {
        assert_eq!((response.status, response.header("location")), (303, &*target));
    }
    let attempts = shop.store().payment_attempts().of_order(order.parse().unwrap()).await.unwrap();
    assert_eq!(attempts.len(), 1);

    let stranger = Shopper::reserve(&shop, &product).await;
    let foreign = stranger.submit("/actions/pay", &fields).await;
    assert_eq!((foreign.status, foreign.header("location")), (303, &*format!("/orders/{order}")));
    assert_eq!(stranger.page(foreign.header("location")).await.status, 404);
    shopper.submit("/actions/pay", &[("order", "x")]).await.assert_problem(404, "unknown-order");
    shopper.submit("/actions/pay", &[("order", &order), ("more", "x")]).await.assert_problem(400, "unreadable-form");

    pay(&shop, &json!({ "order_id": order, "amount": 500_000 }), "test-one").await;
    let after = shopper.submit("/actions/pay", &fields).await;
    assert_eq!((after.status, after.header("location")), (303, &*format!("/orders/{order}")));
}

#[tokio::test]
async fn the_link_of_a_mail_also_leads_to_payment() {
    let secret = "a secret of links";
    let shop = Shop::open_with(|settings| settings.mail.link_secrets = vec![Secret::new(secret)]).await;
    let product = shop.product("phone", 5).await;
    let placed = Shopper::reserve(&shop, &product).await.order(&EMAIL).await;
    let order = id(&placed);
    let (page, fields) = (format!("/orders/{order}"), [("order", &*order)]);
    let elsewhere = Shopper::reserve(&shop, &product).await;
    assert_eq!(elsewhere.submit("/actions/pay", &fields).await.header("location"), page);
    let links = OrderLinks::new(String::new(), vec![secret.as_bytes().to_vec()]);
    let opened = elsewhere.page(&links.sign(order.parse().unwrap(), shop.checkout.now())).await;
    assert_eq!((opened.status, opened.header("location")), (303, &*page));
    assert!(html(&elsewhere.page(&page).await).contains("Pay now"));
    let pressed = elsewhere.submit("/actions/pay", &fields).await;
    assert_eq!((pressed.status, pressed.header("location")), (303, &*format!("/sandbox/pay/{order}")));
    // The link opens no other order, and none that the shop does not have.
    let other = id(&Shopper::reserve(&shop, &product).await.order(&EMAIL).await);
    for order in [&*other, UNKNOWN_ID] {
        let pressed = elsewhere.submit("/actions/pay", &[("order", order)]).await;
        assert_eq!((pressed.status, pressed.header("location")), (303, &*format!("/orders/{order}")));
    }
}

#[tokio::test]
async fn an_order_whose_page_is_finished_is_being_processed() {
    use checkout::model::AttemptState::{Completed, Open};
    let shop = Shop::open().await;
    let shopper = Shopper::reserve(&shop, &shop.product("phone", 5).await).await;
    let order: OrderId = id(&shopper.order(&EMAIL).await).parse().unwrap();
    let attempts = shop.store().payment_attempts();
    let attempt = attempts.of_order(order).await.unwrap().remove(0);
    assert!(attempts.advance(attempt.id, &[Open], Completed, shop.checkout.now()).await.unwrap());
    let page = shopper.page(&format!("/orders/{order}")).await;
    assert!(html(&page).contains("We’re confirming your payment"), "{page:?}");
    assert!(!html(&page).contains("Pay now") && !html(&page).contains("Cancel order"), "{page:?}");
    let pressed = shopper.submit("/actions/pay", &[("order", &order.to_string())]).await;
    assert_eq!(pressed.header("location"), format!("/orders/{order}?no=processing"));
}

#[tokio::test]
async fn the_provider_returns_money_and_the_order_says_how_far_it_is() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 9).await);
    for (transaction, state, status) in [
        ("test-one", RefundState::Succeeded, "refunded"),
        ("test-refund-fails-one", RefundState::Failed, "refund_due"),
        ("test-refund-waits-one", RefundState::Sending, "refund_due"),
    ] {
        let order = shop.order(&token, &product, 1).await;
        pay(&shop, &order, transaction).await;
        let id = refund(&shop, &order).await;
        wait_for(&shop, id, state).await;
        let shown = shop.get(&path(&order), &token).await.body["refunds"][0].clone();
        assert_eq!((&shown["id"], &shown["state"], &shown["status"]), (&json!(id), &json!(state), &json!(status)));
        if state != RefundState::Sending {
            continue;
        }
        // The refund succeeds at the provider after a minute; the reconciliation asks.
        shop.clock.advance(Duration::from_mins(2));
        let admin = shop.token_with("payments:write".parse::<ScopeSet>().unwrap()).await;
        let run = shop.request(Method::POST, "/api/admin/reconcile").bearer_auth(&admin).send().await.unwrap();
        let run = crate::shop::read(run).await;
        assert_eq!((run.status, &run.body["result"]["refunds_recorded"]), (200, &json!(1)), "{run:?}");
        assert_eq!(shop.checkout.refund(id).await.unwrap().state, RefundState::Succeeded);
    }
    // Money of another system is returned by an operator.
    let order = shop.order(&token, &product, 1).await;
    pay(&shop, &order, "tx-1").await;
    let id = refund(&shop, &order).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(shop.checkout.refund(id).await.unwrap().state, RefundState::Due);
}

#[tokio::test]
async fn shoppers_read_what_has_happened_to_their_refund_and_nothing_else() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 9).await;
    for (act, state, text) in [
        ("pay", RefundState::Succeeded, "$5,000.00 was returned on 23 November 2026"),
        ("refund-fails", RefundState::Failed, "We could not return $5,000.00 yet"),
        ("refund-waits", RefundState::Sending, "A refund of $5,000.00 is on its way"),
    ] {
        let shopper = Shopper::reserve(&shop, &product).await;
        let order = id(&shopper.order(&EMAIL).await);
        let page = shopper.page(&format!("/sandbox/pay/{order}")).await;
        assert!(html(&page).contains("let a later refund fail") && html(&page).contains("later refund pending"));
        let key = uuid::Uuid::new_v4().to_string();
        let paid = shopper.submit("/actions/sandbox", &[("order", &order), ("act", act), ("key", &key)]).await;
        assert_eq!((paid.status, paid.header("location")), (303, &*format!("/orders/{order}")));
        let refund = refund(&shop, &json!({ "order_id": order })).await;
        wait_for(&shop, refund, state).await;
        let page = shopper.page(&format!("/orders/{order}")).await;
        assert!(html(&page).contains(text), "{text}: {page:?}");
    }
}

#[tokio::test]
async fn reconciling_needs_its_scope() {
    let shop = Shop::open().await;
    let other = shop.token_with("payments:read refunds:write".parse::<ScopeSet>().unwrap()).await;
    let run = shop.request(Method::POST, "/api/admin/reconcile").bearer_auth(&other).send().await.unwrap();
    crate::shop::read(run).await.assert_problem(403, "insufficient-scope");
}

/// Starts a server that refuses each request as Stripe does. Returns its address.
async fn refusing_stripe() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body =
        r#"{"error":{"type":"invalid_request_error","code":"amount_too_small","message":"The amount is too small."}}"#;
    let response = format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 16_384];
            // Each request fits into one packet on this machine.
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(response.as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn forms_may_lead_to_stripes_pages_and_a_refusal_is_explained() {
    let api = refusing_stripe().await;
    let stripe = StripeConfig { key: Secret::new("sk_test_1"), api: Some(api.parse().unwrap()), account: None };
    let config = PaymentConfig::of(PaymentProvider::Stripe(stripe));
    let shop = Shop::open_with(|settings| settings.payments = config).await;
    let shopper = Shopper::reserve(&shop, &shop.product("phone", 5).await).await;
    let placed = shopper.order(&EMAIL).await;
    assert_eq!(placed.status, 303);
    assert!(placed.header("location").ends_with("?no=provider-refused"), "{placed:?}");
    let page = shopper.page(placed.header("location")).await;
    assert!(html(&page).contains("The payment provider couldn’t open its page"), "{page:?}");
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with(&format!("form-action 'self' https://checkout.stripe.com {api}")), "{policy}");
    let token = shop.token().await;
    let order = shop.order(&token, &shop.product("lamp", 5).await, 1).await;
    assert_eq!((&order["status"], &order["payment"]), (&json!("pending"), &Value::Null), "it is placed all the same");
    open(&shop, &token, &order).await.assert_problem(409, "payment-refused");
}

#[tokio::test]
async fn stripes_events_about_refunds_change_the_refund_and_are_receipted() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let order = shop.order(&token, &product, 1).await;
    pay(&shop, &order, "pi_1").await;
    let id = refund(&shop, &order).await;
    let event = |key: &str, intent: &str| {
        let object = json!({
            "id": "re_1", "object": "refund", "payment_intent": intent, "charge": "ch_1", "amount": 500_000,
            "currency": "usd", "status": "succeeded", "created": shop.now_s(),
            "metadata": { "refund_id": id, "attempt": "1" },
        });
        signing::stripe(
            crate::shop::STRIPE_SECRET,
            shop.now_s(),
            &stripe_events::event(key, "refund.updated", &object).to_string(),
        )
    };
    let known = event("evt_1", "pi_1").send(&shop).await;
    let receipt = json!({ "status": "processed", "order_id": order["order_id"] });
    assert_eq!((known.status, &known.body), (200, &receipt), "{known:?}");
    let foreign = event("evt_2", "pi_of_another_shop").send(&shop).await;
    assert_eq!((foreign.status, &foreign.body), (200, &json!({ "status": "ignored" })), "{foreign:?}");
    let refunds = shop.get(&path(&order), &token).await.body["refunds"].clone();
    assert_eq!((refunds.as_array().unwrap().len(), &refunds[0]["state"]), (1, &json!("succeeded")));
    let metrics = shop.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    for (outcome, times) in [("processed", 1), ("ignored", 1)] {
        let line = format!("holdfast_webhooks_total{{outcome=\"{outcome}\",scheme=\"stripe\"}} {times}");
        assert!(metrics.contains(&line), "{line}");
    }
}
