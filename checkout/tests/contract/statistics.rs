//! The statistics of sales equal what the rows add up to, whatever happens to them, and are read by samples.

use crate::{
    database::Database,
    shop::{Shop, hold, noon, owner},
};
use checkout::{
    Checkout, IssueRefund, Restock,
    model::{Actor, Order, PaymentStatus::Success, Product, ProductId, Reference, RefundStep, Timestamp},
    statistics::{SaleRate, SaleStatistics, SaleSums, StockPoint, net_by_currency},
    store,
};
use std::time::Duration;

/// The sums and the revenue as the rows of holds and orders have them: held, ordered, paid, amount, returned.
const COUNTED: &str = "
SELECT CAST(coalesce((SELECT sum(qty) FROM holds), 0) AS bigint), CAST(coalesce((SELECT sum(qty) FROM orders), 0) AS bigint),
       CAST(coalesce(sum(qty), 0) AS bigint), CAST(coalesce(sum(amount), 0) AS bigint),
       CAST(coalesce(sum(refunds_returned), 0) AS bigint)
FROM orders WHERE status = 'paid'";

async fn statistics(shop: &Shop, product: ProductId, points: u32) -> SaleStatistics {
    let product = shop.store.reads().products().await.unwrap().into_iter().find(|p| p.id == product).unwrap();
    shop.checkout.sale_statistics(&product, points).await.unwrap()
}

/// Returns the statistics of the only product in the form of [`COUNTED`].
async fn told(shop: &Shop, product: ProductId) -> (i64, i64, i64, i64, i64) {
    let SaleSums { held, ordered, paid } = statistics(shop, product, 10).await.sums;
    let revenue = shop.checkout.revenue(product).await.unwrap();
    let all = shop.checkout.revenues().await.unwrap();
    assert_eq!(revenue, all.into_iter().find(|revenue| revenue.product_id == product));
    let (amount, returned) = revenue.map_or((0, 0), |revenue| (revenue.paid.minor, revenue.returned.minor));
    let units = |n: u64| i64::try_from(n).unwrap();
    (units(held), units(ordered), units(paid), amount, returned)
}

async fn assert_counted(shop: &Shop, product: ProductId) {
    let counted: Vec<(i64, i64, i64, i64, i64)> = shop.database.rows(COUNTED).await;
    assert_eq!(told(shop, product).await, counted[0]);
    shop.stock(product).await;
}

async fn refund(shop: &Shop, order: &Order, amount: i64, units: u32) {
    let id = shop.checkout.new_refund_id();
    let issue = IssueRefund { id, order: order.id, amount: Some(amount), restock: Restock::Units(units) };
    shop.checkout.issue_refund(issue, Actor::system()).await.unwrap();
    let done = RefundStep::Succeed { provider_reference: None };
    shop.checkout.advance_refund(id, 1, done, Actor::system()).await.unwrap();
}

/// Adds commits to the stock history that change nothing, one a second.
async fn pad(shop: &Shop, product: &Product, from: u64, until: u64) {
    for _ in from..until {
        shop.advance(1);
        let released = hold(&shop.checkout, product.id, 1, None).await.unwrap();
        shop.checkout.release_hold(released.id, owner(), None).await.unwrap();
    }
}

/// Returns the time in which a product has sold out, as this node reads it.
async fn time_to_sell_out(shop: &Shop, node: &Checkout, product: ProductId) -> Option<Duration> {
    let product = shop.store.reads().product(product).await.unwrap().unwrap();
    node.time_to_sell_out(&product).await.unwrap()
}

fn seconds(n: u64) -> Timestamp {
    noon() + Duration::from_secs(n)
}

crate::scenarios! {
    async fn sums_and_revenue_follow_refunds_and_late_payments(shop: Shop) {
        let phone = shop.phone(10).await.id;
        assert_eq!(told(&shop, phone).await, (0, 0, 0, 0, 0));
        let twice = shop.paid(phone, 2, "first").await;
        shop.pay(Reference::Order(twice.id), "again", Success).await;
        assert_eq!(told(&shop, phone).await, (2, 2, 2, 3998, 0));
        // A payment that came before its order, one that came after its end, and a hold that came to nothing.
        let prompt = shop.hold(phone, 1).await;
        shop.pay(Reference::Hold(prompt.id), "prompt", Success).await;
        shop.order(prompt.id).await;
        let late = shop.ordered(phone, 3).await;
        shop.checkout.cancel_order(late.id, owner(), None).await.unwrap();
        assert_eq!(told(&shop, phone).await, (6, 6, 3, 5997, 0));
        shop.pay(Reference::Order(late.id), "late", Success).await;
        let given = shop.hold(phone, 1).await;
        shop.checkout.release_hold(given.id, owner(), None).await.unwrap();
        assert_eq!(told(&shop, phone).await, (7, 6, 6, 11994, 0));
        assert_counted(&shop, phone).await;
        // A refund counts when it succeeds. Restocked units were sold all the same.
        refund(&shop, &late, 1999, 1).await;
        refund(&shop, &twice, 3998, 2).await;
        assert_eq!(told(&shop, phone).await, (7, 6, 6, 11994, 5997));
        assert_counted(&shop, phone).await;
        let net = net_by_currency(&shop.checkout.revenues().await.unwrap());
        assert_eq!((net.len(), net[0].minor, net[0].currency.as_str()), (1, 5997, "USD"));
    }

    async fn two_nodes_and_overdue_claims_leave_no_drift(shop: Shop) {
        let phone = shop.phone(40).await.id;
        let rival = shop.second_node().await;
        for nth in 0..60_u64 {
            let node = if nth % 3 == 0 { &rival } else { &shop.checkout };
            shop.advance(nth % 7);
            let Ok(held) = hold(node, phone, 1 + i64::try_from(nth % 3).unwrap(), None).await else { continue };
            if nth % 4 == 0 { continue }
            let order = node.place_order(held.id, None, owner(), None).await.unwrap().value;
            if nth % 5 != 0 {
                // Some of these come after the order's end.
                shop.advance(nth % 2 * 700);
                shop.pay(Reference::Order(order.id), &format!("tx-{nth}"), Success).await;
            }
        }
        shop.advance(3600);
        // Reclaims all that is overdue.
        let _ = shop.try_hold(phone, 40).await;
        assert_counted(&shop, phone).await;
        let sums: Vec<_> = statistics(&shop, phone, 1000).await.points.iter().map(|p| (p.version, p.sums)).collect();
        assert!(sums.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0), "each version is there");
        let grows = |a: SaleSums, b: SaleSums| a.held <= b.held && a.ordered <= b.ordered && a.paid <= b.paid;
        assert!(sums.windows(2).all(|pair| grows(pair[0].1, pair[1].1)), "{sums:?}");
    }

    async fn the_audit_finds_statistics_that_differ_from_the_rows(shop: Shop) {
        let phone = shop.phone(10).await.id;
        shop.paid(phone, 2, "first").await;
        let drift = async || shop.checkout.audit().await.unwrap().drift.into_iter().map(|d| (d.counter, d.counted)).collect::<Vec<_>>();
        assert_eq!(drift().await, []);
        for (broken, mended) in [
            ("UPDATE stock_events SET ever_held = ever_held + 1", "UPDATE stock_events SET ever_held = ever_held - 1"),
            ("UPDATE stock_events SET ever_paid = ever_paid - 1 WHERE version > 3", "UPDATE stock_events SET ever_paid = ever_paid + 1 WHERE version > 3"),
            ("UPDATE sale_revenue SET paid = paid + 1", "UPDATE sale_revenue SET paid = paid - 1"),
            ("UPDATE sale_revenue SET returned = 5", "UPDATE sale_revenue SET returned = 0"),
        ] {
            shop.database.run(broken).await;
            assert_eq!(drift().await, [("statistics".to_owned(), 1)], "{broken}");
            shop.database.run(mended).await;
        }
        // Rows that are changed without the shop keep the revenue right.
        shop.database.run("UPDATE orders SET amount = amount + 1").await;
        assert_eq!(drift().await, []);
        shop.database.run("DELETE FROM orders").await;
        assert_eq!(shop.checkout.revenues().await.unwrap()[0].paid.minor, 0);
    }

    async fn a_long_history_is_read_by_samples_and_its_moments_are_found(shop: Shop) {
        let opening = seconds(5);
        let phone = shop.product("phone", 5, |draft| draft.window.starts_at = Some(opening)).await;
        shop.advance(8);
        pad(&shop, &phone, 0, 90).await;
        let sold_at = shop.checkout.now();
        shop.paid(phone.id, 5, "all").await;
        shop.advance(1000);
        for _ in 0..40 {
            let details = shop.checkout.product(phone.id).unwrap();
            shop.checkout.edit_product(phone.id, details.revision, details.details(), Actor::system()).await.ok();
        }
        let all = statistics(&shop, phone.id, 1000).await;
        let sampled = statistics(&shop, phone.id, 7).await;
        assert!(all.points.len() > 150 && sampled.points.len() == 7, "{} {}", all.points.len(), sampled.points.len());
        assert!(sampled.points.iter().all(|point| all.points.contains(point)));
        assert_eq!((sampled.points.first(), sampled.points.last()), (all.points.first(), all.points.last()));
        for told in [&all, &sampled] {
            assert_eq!((told.from, told.until), (opening, sold_at));
            assert_eq!((told.first_hold_at, told.sold_out_at), (Some(seconds(9)), Some(sold_at)));
            assert_eq!((told.is_over, told.time_to_sell_out()), (true, Some(opening.until(sold_at))));
            assert_eq!(told.sums, SaleSums { held: 95, ordered: 5, paid: 5 });
        }
    }

    async fn rates_are_those_of_the_last_minutes(shop: Shop) {
        let phone = shop.phone(100).await;
        shop.advance(600);
        for nth in 0..12 {
            shop.advance(5);
            shop.paid(phone.id, 2, &format!("tx-{nth}")).await;
        }
        let told = statistics(&shop, phone.id, 4).await;
        // The step that has just begun is not shown yet.
        let recent: Vec<_> = told.rates.rates.iter().map(|rate| rate.held).filter(|rate| *rate > 0.0).collect();
        assert_eq!((told.rates.rates.len(), recent), (12, vec![0.4; 11]));
        assert_eq!(told.present, SaleRate { held: 0.4, ordered: 0.4, paid: 0.4 });
        let stock = shop.stock(phone.id).await;
        assert_eq!(told.time_left(stock), Some(Duration::from_secs(190)));
        assert_eq!((told.from, told.until, told.is_over), (seconds(605), shop.checkout.now(), false));
        shop.advance(60);
        let quiet = statistics(&shop, phone.id, 4).await;
        assert_eq!((quiet.present, quiet.time_left(stock)), (SaleRate::default(), None));
        assert_eq!(quiet.rates.rates.len(), 23);
        shop.advance(3600);
        assert_eq!(statistics(&shop, phone.id, 4).await.rates.rates.len(), 60);
    }

    async fn a_sale_that_has_ended_shows_its_whole_time(shop: Shop) {
        let ends = seconds(60);
        let phone = shop.product("phone", 9, |draft| draft.window.ends_at = Some(ends)).await;
        let unsold = shop.product("unsold", 9, |draft| draft.window.ends_at = Some(ends)).await;
        shop.advance(30);
        shop.paid(phone.id, 2, "tx").await;
        let running = statistics(&shop, phone.id, 100).await;
        assert_eq!((running.from, running.until, running.is_over), (seconds(30), seconds(30), false));
        shop.advance(24 * 3600);
        let ended = statistics(&shop, phone.id, 100).await;
        // Hold, extension and payment.
        assert_eq!((ended.from, ended.until, ended.is_over), (seconds(30), seconds(30 + 120 + 120 + 600), true));
        assert!((ended.rates.rates[0].paid * ended.rates.step.as_secs_f64() - 2.0).abs() < 1e-6, "{:?}", ended.rates);
        let unsold = statistics(&shop, unsold.id, 100).await;
        assert_eq!((unsold.from, unsold.until, unsold.sums), (noon(), ends, SaleSums::default()));
        assert_eq!((unsold.first_hold_at, unsold.points.len()), (None, 1));
    }

    async fn statistics_survive_a_stock_history_that_was_purged(shop: Shop) {
        let phone = shop.phone(50).await;
        pad(&shop, &phone, 0, 20).await;
        shop.paid(phone.id, 3, "tx").await;
        shop.database.run("DELETE FROM stock_events WHERE version < 30").await;
        assert_counted(&shop, phone.id).await;
        let told = statistics(&shop, phone.id, 100).await;
        assert_eq!((told.sums.held, told.points[0].version), (23, 30));
        shop.hold(phone.id, 4).await;
        assert_eq!(statistics(&shop, phone.id, 100).await.sums.held, 27);
        let none: Vec<StockPoint> = shop.store.statistics().stock_history(&[(phone.id, 1), (phone.id, 9_999)]).await.unwrap();
        assert!(none.is_empty(), "rows that are not there are left out");
    }
    async fn the_time_to_sell_out_ends_with_the_last_payment(shop: Shop) {
        let opening = seconds(5);
        let phone = shop.product("phone", 5, |draft| draft.window.starts_at = Some(opening)).await.id;
        let lamp = shop.product("lamp", 1, |_| {}).await.id;
        shop.advance(8);
        shop.paid(phone, 3, "first").await;
        assert_eq!(time_to_sell_out(&shop, &shop.checkout, phone).await, None, "units are left");
        shop.advance(60);
        shop.hold(lamp, 1).await;
        shop.advance(200);
        shop.paid(phone, 2, "last").await;
        let phone_took = Some(opening.until(shop.checkout.now()));
        shop.advance(20);
        let order = shop.paid(lamp, 1, "lamp").await;
        // A hold that expired is the first one, too.
        let lamp_took = Some(Duration::from_secs(220));
        // Later changes do not count: an edit, and a payment that must be returned.
        shop.advance(3600);
        shop.pay(Reference::Order(order.id), "again", Success).await;
        let details = shop.checkout.product(phone).unwrap();
        shop.checkout.edit_product(phone, details.revision, details.details(), Actor::system()).await.unwrap();
        for (product, took) in [(phone, phone_took), (lamp, lamp_took)] {
            assert_eq!(time_to_sell_out(&shop, &shop.checkout, product).await, took);
        }
        // The purge deletes the oldest rows: first the opening is left, and then nothing. A node keeps what it has read.
        for (purge, expected) in [
            ("DELETE FROM stock_events WHERE version < 3", (phone_took, None)),
            ("DELETE FROM stock_events WHERE version < (SELECT version FROM products p WHERE p.id = product_id)", (None, None)),
        ] {
            shop.database.run(purge).await;
            let node = shop.second_node().await;
            let read = (time_to_sell_out(&shop, &node, phone).await, time_to_sell_out(&shop, &node, lamp).await);
            assert_eq!(read, expected, "{purge}");
            assert_eq!(time_to_sell_out(&shop, &shop.checkout, lamp).await, lamp_took);
        }
        refund(&shop, &order, 1999, 1).await;
        assert_eq!(time_to_sell_out(&shop, &shop.checkout, lamp).await, None, "the unit is for sale again");
    }

    async fn each_row_of_the_stock_history_is_found_by_its_key(shop: Shop) {
        let phone = shop.phone(50).await;
        pad(&shop, &phone, 0, 40).await;
        // A scan of so few rows would often be the fastest plan.
        if matches!(shop.database, Database::Postgres { .. }) {
            shop.database.set("enable_seqscan = off").await;
        }
        let store = store::open(&shop.database.url()).await.unwrap();
        let versions: Vec<_> = (1..=64).map(|version| (phone.id, version)).collect();
        let plan = store.statistics().explain_stock_history(&versions).await.unwrap().join("\n");
        assert!(plan.contains("stock_events_pkey") || plan.contains("SEARCH e USING PRIMARY KEY"), "{plan}");
        assert!(!plan.contains("Seq Scan on stock_events") && !plan.contains("SCAN e"), "{plan}");
    }
}
