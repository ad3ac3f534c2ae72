//! Pages after paying, for shoppers and for customers of API clients, who own no order.

use crate::{
    checkout_form::{EMAIL, Shopper, UNKNOWN_ID, html, id},
    shop::{ApiResponse, Shop},
};
use checkout::model::{OrderId, OrderStatus};

async fn status(shop: &Shop, order: &str) -> OrderStatus {
    let order: OrderId = order.parse().unwrap();
    shop.checkout.order_of_any_owner(order).await.unwrap().status()
}

/// Presses a button of the sandbox. Returns the page that it leads to.
async fn press(visitor: &Shopper<'_>, order: &str, act: &str) -> String {
    let key = uuid::Uuid::new_v4().to_string();
    let pressed = visitor.submit("/actions/sandbox", &[("order", order), ("act", act), ("key", &key)]).await;
    assert_eq!(pressed.status, 303, "{pressed:?}");
    pressed.header("location").to_owned()
}

/// Returns the heading of a page and what follows it.
#[track_caller]
fn content(page: &ApiResponse) -> &str {
    let (_, content) = html(page).split_once("<h1").unwrap();
    content.split_once("</main>").unwrap().0
}

#[tokio::test]
async fn the_customer_of_an_api_client_pays_and_is_thanked() {
    let shop = Shop::open().await;
    let (token, product) = (shop.token().await, shop.product("phone", 5).await);
    let placed = shop.order(&token, &product, 1).await;
    let order = placed["order_id"].as_str().unwrap();
    let url = placed["payment"]["url"].as_str().unwrap();
    let customer = Shopper::arrive(&shop);
    let page = customer.page(url.strip_prefix(&format!("http://{}", shop.addr)).unwrap()).await;
    assert!(page.status == 200 && html(&page).contains("$5,000.00"), "{page:?}");
    assert!(!html(&page).contains("Go back without paying"), "the order's page is closed to the customer");

    let thanks = press(&customer, order, "pay").await;
    assert_eq!(thanks, format!("/orders/{order}?returned=paid"));
    assert_eq!(status(&shop, order).await, OrderStatus::Paid);
    let page = customer.page(&thanks).await;
    assert_eq!((page.status, page.header("cache-control")), (200, "private, no-store"));
    for part in ["Thank you", "Your payment is being confirmed.", "You can close this page.", r#"content="noindex""#] {
        assert!(html(&page).contains(part), "{part}: {page:?}");
    }
    for detail in ["Flash Phone", "5,000.00"] {
        assert!(!html(&page).contains(detail), "{detail}: {page:?}");
    }
    assert!(!content(&page).contains(order), "{page:?}");
    assert_eq!(customer.page(&format!("/orders/{order}")).await.status, 404);
    assert_eq!(customer.page(&format!("/live/orders/{order}")).await.status, 404);
}

#[tokio::test]
async fn visitors_do_not_learn_which_orders_exist() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 5).await;
    let order = id(&Shopper::reserve(&shop, &product).await.order(&EMAIL).await);
    for visitor in [Shopper::arrive(&shop), Shopper::reserve(&shop, &product).await] {
        let known = visitor.page(&format!("/orders/{order}?returned=paid")).await;
        let unknown = visitor.page(&format!("/orders/{UNKNOWN_ID}?returned=paid")).await;
        assert_eq!((known.status, unknown.status), (200, 200));
        assert_eq!(content(&known), content(&unknown));
        for path in ["x?returned=paid", &*format!("{order}?returned=no"), &*order, UNKNOWN_ID] {
            assert_eq!(visitor.page(&format!("/orders/{path}")).await.status, 404, "{path}");
        }
        assert_eq!(visitor.page(&format!("/sandbox/pay/{UNKNOWN_ID}")).await.status, 404);
    }
}

#[tokio::test]
async fn after_a_declined_payment_a_visitor_reads_the_status_and_is_not_thanked() {
    let shop = Shop::open().await;
    let order = id(&Shopper::reserve(&shop, &shop.product("phone", 5).await).await.order(&EMAIL).await);
    let visitor = Shopper::arrive(&shop);
    let next = press(&visitor, &order, "decline").await;
    assert_eq!(next, format!("/sandbox/pay/{order}"));
    assert!(html(&visitor.page(&next).await).contains("Status of this order: cancelled"));
    let failed = visitor.page(&format!("{next}?no=undelivered")).await;
    assert!(html(&failed).contains("The test payment didn’t get through"), "{failed:?}");
    assert_eq!(press(&visitor, UNKNOWN_ID, "pay").await, "/nowhere");
}

#[tokio::test]
async fn the_provider_says_whether_a_shopper_who_returns_has_paid() {
    let shop = Shop::open().await;
    let shopper = Shopper::reserve(&shop, &shop.product("phone", 5).await).await;
    let order = id(&shopper.order(&EMAIL).await);
    let (own, returned) = (format!("/orders/{order}"), format!("/orders/{order}?returned=paid"));
    // An address is no payment, also when the page is loaded again.
    for _ in 0..2 {
        let page = shopper.page(&returned).await;
        for part in ["/actions/pay", "/actions/cancel", "Waiting for your payment", r#"http-equiv="refresh""#] {
            assert!(html(&page).contains(part), "{part}: {page:?}");
        }
    }
    assert!(html(&shopper.page(&own).await).contains("/actions/cancel"), "the shopper came back without paying");

    let sandbox = shopper.page(&format!("/sandbox/pay/{order}")).await;
    assert!(html(&sandbox).contains("Go back without paying"), "{sandbox:?}");
    assert_eq!(press(&shopper, &order, "pay").await, own);
    let paid = shopper.page(&returned).await;
    assert!(paid.status == 200 && html(&paid).contains("Paid. It’s yours"), "{paid:?}");
    assert!(!html(&paid).contains("We’re confirming your payment"));
}
