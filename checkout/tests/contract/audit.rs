//! The audit finds changes that were made without the shop, and names them. Each scenario makes one such change.

use crate::shop::{Shop, eventually, owner};
use checkout::{
    IssueRefund, Restock,
    model::{Actor, PaymentStatus, Reference, RefundStep},
};

/// A sale with one order paid twice, one paid before it was placed, one unpaid order, a hold that was paid but not ordered,
/// and a released hold.
async fn sale(shop: &Shop) {
    let phone = shop.phone(10).await.id;
    let paid = Reference::Order(shop.ordered(phone, 1).await.id);
    shop.pay(paid, "first", PaymentStatus::Success).await;
    shop.pay(paid, "second", PaymentStatus::Success).await;
    let prompt = shop.hold(phone, 1).await;
    shop.pay(Reference::Hold(prompt.id), "prompt", PaymentStatus::Success).await;
    shop.order(prompt.id).await;
    shop.ordered(phone, 1).await;
    let early = shop.hold(phone, 1).await;
    shop.pay(Reference::Hold(early.id), "early", PaymentStatus::Success).await;
    let given = shop.hold(phone, 1).await;
    shop.checkout.release_hold(given.id, owner(), None).await.unwrap();
    let audit = shop.checkout.audit().await.unwrap();
    assert!(audit.clean, "{audit:?}");
    assert_eq!((audit.products, audit.holds, audit.orders), (1, 5, 3));
    assert_eq!((audit.payments, audit.refunds_due), (4, 1));
}

/// The drifts that the audit finds: product, counter or rule, stored and counted value. The statistics follow from the rows
/// and have scenarios of their own.
async fn drift(shop: &Shop) -> Vec<(String, String, i64, i64)> {
    let audit = shop.checkout.audit().await.unwrap();
    assert_eq!(audit.clean, audit.drift.is_empty());
    let drift = audit.drift.into_iter().filter(|drift| drift.counter != "statistics");
    drift.map(|d| (d.product, d.counter, d.stored, d.counted)).collect()
}

fn wrong(counter: &str, stored: i64, counted: i64) -> (String, String, i64, i64) {
    ("phone".to_owned(), counter.to_owned(), stored, counted)
}

crate::scenarios! {
    async fn finds_counters_that_differ_from_their_rows(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE products SET held = 0, available = 7").await;
        let found = [wrong("held", 0, 1), wrong("available", 7, 6), wrong("trail_held", 0, 1)];
        assert_eq!(drift(&shop).await, found);
        shop.database.run_unchecked("UPDATE products SET held = 1").await;
        assert_eq!(drift(&shop).await, [wrong("total", 10, 11), wrong("available", 7, 6)]);
    }

    async fn finds_a_stock_history_that_differs_from_the_counters(shop: Shop) {
        sale(&shop).await;
        let newest = "UPDATE stock_events SET total = total + 1, sold = sold + 2, pending = pending - 1
                      WHERE version = (SELECT max(version) FROM stock_events)";
        shop.database.run(newest).await;
        let found = [wrong("trail_total", 10, 11), wrong("trail_pending", 1, 0), wrong("trail_sold", 2, 4)];
        assert_eq!(drift(&shop).await, found);
    }

    async fn finds_a_gap_in_the_stock_history(shop: Shop) {
        sale(&shop).await;
        shop.database.run("DELETE FROM stock_events WHERE version IN (3, 4)").await;
        assert_eq!(drift(&shop).await, [wrong("trail", 0, 2)]);
    }

    async fn finds_a_stock_history_without_its_newest_rows(shop: Shop) {
        sale(&shop).await;
        let version = i64::try_from(shop.store.reads().products().await.unwrap()[0].version).unwrap();
        shop.database.run("DELETE FROM stock_events WHERE version = (SELECT max(version) FROM stock_events)").await;
        let found = [wrong("version", version, version - 1), wrong("available", 6, 5), wrong("trail_held", 1, 2)];
        assert_eq!(drift(&shop).await, found);
        shop.database.run("DELETE FROM stock_events").await;
        assert_eq!(drift(&shop).await[0], wrong("version", version, -1));
    }

    async fn finds_a_hold_that_does_not_name_its_order(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE holds SET order_id = id WHERE status = 'ordered'").await;
        assert_eq!(drift(&shop).await, [wrong("claims", 0, 3)]);
        shop.database.run("UPDATE holds SET status = 'expired', order_id = NULL WHERE status = 'ordered'").await;
        assert_eq!(drift(&shop).await, [wrong("claims", 0, 3)]);
    }

    async fn finds_missing_orders(shop: Shop) {
        sale(&shop).await;
        shop.database.run("DELETE FROM orders WHERE status = 'pending'").await;
        assert_eq!(drift(&shop).await, [wrong("pending", 1, 0), wrong("claims", 0, 1)]);
        shop.database.run("DELETE FROM orders").await;
        let paid = [wrong("sold", 2, 0), wrong("claims", 0, 3), wrong("applied", 0, 2)];
        assert_eq!(drift(&shop).await, [&[wrong("pending", 1, 0)][..], &paid].concat());
    }

    async fn finds_an_order_with_another_owner_shopper_or_quantity_than_its_hold(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE orders SET owner = id WHERE status = 'pending'").await;
        assert_eq!(drift(&shop).await, [wrong("claims", 0, 1)]);
        shop.database.run("UPDATE orders SET owner = (SELECT owner FROM holds WHERE holds.id = hold_id)").await;
        assert_eq!(drift(&shop).await, []);
        shop.database.run("UPDATE orders SET shopper = 'eve'").await;
        assert_eq!(drift(&shop).await, [wrong("claims", 0, 3)]);
        shop.database.run("UPDATE orders SET shopper = NULL").await;
        shop.database.run("UPDATE orders SET qty = 2 WHERE status = 'pending'").await;
        assert_eq!(drift(&shop).await, [wrong("pending", 1, 2), wrong("claims", 0, 1)]);
    }

    async fn finds_an_order_for_another_product_than_its_hold(shop: Shop) {
        sale(&shop).await;
        shop.product("watch", 1, |_| {}).await;
        let moved = "UPDATE orders SET product_id = (SELECT id FROM products WHERE slug = 'watch') WHERE status = 'pending'";
        shop.database.run(moved).await;
        let watch = ("watch".to_owned(), "pending".to_owned(), 0, 1);
        assert_eq!(drift(&shop).await, [wrong("pending", 1, 0), wrong("claims", 0, 1), watch]);
    }

    async fn finds_an_order_placed_after_its_hold_expired(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE holds SET expires_at = created_at WHERE status = 'ordered'").await;
        assert_eq!(drift(&shop).await, [wrong("claims", 0, 3)]);
    }

    async fn finds_a_paid_order_without_a_payment(shop: Shop) {
        sale(&shop).await;
        shop.database.run("DELETE FROM payment_webhooks WHERE outcome = 'applied'").await;
        assert_eq!(drift(&shop).await, [wrong("paid", 0, 2)]);
    }

    async fn finds_an_order_paid_by_two_events(shop: Shop) {
        sale(&shop).await;
        let both = "UPDATE payment_webhooks SET outcome = 'applied', refund_reason = NULL WHERE outcome = 'refund_due'";
        shop.database.run(both).await;
        assert_eq!(drift(&shop).await, [wrong("applied", 0, 1), wrong("paid", 0, 1), wrong("refund_rows", 0, 1)]);
    }

    async fn finds_a_paid_order_with_another_transaction_than_its_payment(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE orders SET transaction_id = 'other' WHERE status = 'paid'").await;
        assert_eq!(drift(&shop).await, [wrong("applied", 0, 2), wrong("paid", 0, 2)]);
    }

    async fn finds_a_payment_applied_to_an_unpaid_order(shop: Shop) {
        sale(&shop).await;
        let stolen = "UPDATE payment_webhooks SET order_id = (SELECT id FROM orders WHERE status = 'pending')
                      WHERE outcome = 'applied' AND order_id IS NOT NULL";
        shop.database.run(stolen).await;
        assert_eq!(drift(&shop).await, [wrong("applied", 0, 1), wrong("paid", 0, 1)]);
    }

    async fn finds_a_payment_applied_to_a_hold_without_an_order(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE payment_webhooks SET outcome = 'applied' WHERE outcome = 'parked'").await;
        assert_eq!(drift(&shop).await, [wrong("applied", 0, 1)]);
    }

    async fn finds_parked_payments_that_wait_for_nothing(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE payment_webhooks SET outcome = 'parked' WHERE outcome = 'applied'").await;
        assert_eq!(drift(&shop).await, [wrong("paid", 0, 2), wrong("parked", 0, 2)]);
        shop.database.run("UPDATE holds SET status = 'expired' WHERE status = 'active'").await;
        assert_eq!(drift(&shop).await, [wrong("held", 1, 0), wrong("paid", 0, 2), wrong("parked", 0, 3)]);
    }

    async fn finds_an_ignored_successful_payment(shop: Shop) {
        sale(&shop).await;
        let ignored = "UPDATE payment_webhooks SET outcome = 'ignored', refund_reason = NULL WHERE outcome = 'refund_due'";
        shop.database.run(ignored).await;
        assert_eq!(drift(&shop).await, [wrong("answers", 0, 1), wrong("refund_rows", 0, 1)]);
        shop.database.run("UPDATE payment_webhooks SET product_id = NULL WHERE outcome = 'ignored'").await;
        let unknown = |counter: &str| (String::new(), counter.to_owned(), 0, 1);
        assert_eq!(drift(&shop).await, [unknown("answers"), unknown("refund_rows")]);
    }

    async fn finds_a_refund_without_a_reason(shop: Shop) {
        sale(&shop).await;
        let forgotten = "UPDATE payment_webhooks SET refund_reason = NULL WHERE outcome = 'refund_due'";
        shop.database.run_unchecked(forgotten).await;
        assert_eq!(drift(&shop).await, [wrong("refunds", 0, 1)]);
    }

    async fn finds_sums_of_an_order_that_differ_from_its_refunds(shop: Shop) {
        sale(&shop).await;
        let order = shop.ordered(shop.checkout.products()[0].id, 2).await;
        shop.pay(Reference::Order(order.id), "third", PaymentStatus::Success).await;
        let issue = IssueRefund { id: shop.checkout.new_refund_id(), order: order.id, amount: Some(5), restock: Restock::Units(1) };
        let refund = shop.checkout.issue_refund(issue, Actor::system()).await.unwrap().value;
        shop.checkout.advance_refund(refund.id, 1, RefundStep::Send, Actor::system()).await.unwrap();
        let done = RefundStep::Succeed { provider_reference: None };
        shop.checkout.advance_refund(refund.id, 1, done, Actor::system()).await.unwrap();
        assert_eq!(drift(&shop).await, []);
        for sum in [
            "UPDATE orders SET refunds_issued = refunds_issued + 1 WHERE restocked = 1",
            "UPDATE orders SET refunds_issued = refunds_issued - 1, refunds_returned = refunds_returned - 1 WHERE restocked = 1",
        ] {
            shop.database.run(sum).await;
            assert_eq!(drift(&shop).await, [wrong("order_refunds", 0, 1)]);
        }
        shop.database.run("UPDATE orders SET refunds_returned = 5, refunds_issued = 5 WHERE restocked = 1").await;
        assert_eq!(drift(&shop).await, []);
        for (beyond, found) in [(1, vec![wrong("order_refunds", 0, 1)]), (0, Vec::new())] {
            shop.database.run_all(&format!("UPDATE orders SET issued_beyond = {beyond} WHERE restocked = 1")).await;
            assert_eq!(drift(&shop).await, found);
        }
        shop.database.run("UPDATE refunds SET restocked = 2 WHERE event_id IS NULL").await;
        assert_eq!(drift(&shop).await, [wrong("order_refunds", 0, 1)]);
        shop.database.run("UPDATE orders SET restocked = 2 WHERE restocked = 1").await;
        assert_eq!(drift(&shop).await, [wrong("sold", 3, 2)]);
        shop.database.run("UPDATE orders SET restocked = 1 WHERE restocked = 2").await;
        shop.database.run("UPDATE refunds SET restocked = 1, transaction_id = 'other' WHERE event_id IS NULL").await;
        assert_eq!(drift(&shop).await, [wrong("refund_transactions", 0, 1)]);
        // At the provider, an unknown transaction is no part of the order's payment either.
        shop.database.run("UPDATE refunds SET reason = 'at_provider' WHERE event_id IS NULL").await;
        assert_eq!(drift(&shop).await, [wrong("order_refunds", 0, 1), wrong("refund_transactions", 0, 1)]);
    }

    async fn finds_an_event_whose_refund_is_missing_or_contradicts_it(shop: Shop) {
        sale(&shop).await;
        shop.database.run("UPDATE refunds SET state = 'succeeded'").await;
        assert_eq!(drift(&shop).await, [wrong("refund_rows", 0, 1)]);
        shop.database.run("UPDATE payment_webhooks SET outcome = 'refunded' WHERE outcome = 'refund_due'").await;
        assert_eq!(drift(&shop).await, []);
        shop.database.run("UPDATE refunds SET state = 'withdrawn'").await;
        assert_eq!(drift(&shop).await, [wrong("refund_rows", 0, 1)]);
        shop.database.run("DELETE FROM refunds").await;
        assert_eq!(drift(&shop).await, [wrong("refund_rows", 0, 1)]);
    }

    async fn counts_payments_while_there_is_no_product(shop: Shop) {
        let nowhere = Reference::Order(uuid::Uuid::from_u128(1).into());
        shop.pay(nowhere, "tx", PaymentStatus::Success).await;
        shop.checkout.start_maintenance(checkout::Limits::default());
        shop.advance(24 * 3600);
        eventually(async || shop.checkout.audit().await.unwrap().refunds_due == 1).await;
        let audit = shop.checkout.audit().await.unwrap();
        assert_eq!((audit.clean, audit.products, audit.payments, audit.refunds_due), (true, 0, 1, 1));
    }
}
