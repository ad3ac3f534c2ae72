//! Races of the shop's operations with negative controls, as in [`super::negative_controls`].

use super::{
    audit_trail, invariants,
    negative_controls::{Race, SEEDS, hold, negative_controls, owner},
    payment_invariants,
    tables::Constraints,
    workload::start_time,
};
use crate::{
    Checkout, Error, IssueRefund, PaymentEvent, Restock,
    model::{
        Actor, HoldId, Money, Order, OrderState, PaymentStatus, ProductId, ProductStatus, Reference, RefundId,
        RefundState, RefundStep, Refusal, ReportedAmount, ReportedRefund, ReportedRefundState,
    },
};
use uuid::Uuid;

fn success(name: &str, reference: Reference) -> PaymentEvent {
    PaymentEvent {
        key: name.to_owned().try_into().unwrap(),
        fingerprint: [1; 32],
        reference,
        transaction_id: name.to_owned().try_into().unwrap(),
        status: PaymentStatus::Success,
        reported: ReportedAmount::default(),
        dispute_id: None,
        payload: None,
    }
}

async fn paid_order(node: &Checkout, product: ProductId, name: &str) -> Order {
    let hold = hold(node, product, None, None).await.unwrap();
    let order = node.place_order(hold, None, owner(), None).await.unwrap().value;
    node.record_payment(success(name, Reference::Order(order.id))).await.unwrap();
    order
}

fn refund(nth: u128, order: &Order, amount: Option<i64>, restock: Restock) -> IssueRefund {
    IssueRefund { id: RefundId(Uuid::from_u128(nth)), order: order.id, amount, restock }
}

/// Two operators refund an order in full on two nodes at once. Returns what went wrong.
async fn full_refunds(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let order = paid_order(&race.nodes[0], race.product("phone", None).await, "tx").await;
    let issue = |n: usize| {
        let amount = Some(order.amount.minor);
        race.nodes[n].issue_refund(refund(n as u128 + 1, &order, amount, Restock::None), Actor::system())
    };
    let (one, two) = tokio::join!(issue(0), issue(1));
    let wrong = invariants::refunds(&race.tables());
    let refused = [&one, &two].into_iter().filter_map(|r| r.as_ref().err());
    let refused: Vec<_> = refused.collect();
    let fine = matches!(refused[..], [Error::Refused(Refusal::RefundTooLarge { left: 0 })]) && wrong.is_empty();
    (!fine).then(|| format!("{one:?}, {two:?}; {wrong:?}"))
}

/// Two partial refunds put the same unit back on sale. Returns what went wrong.
async fn restock_twice(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    let order = paid_order(&race.nodes[0], product, "tx").await;
    paid_order(&race.nodes[0], product, "other").await;
    let issue = |n: usize| {
        let issue = refund(n as u128 + 1, &order, Some(1), Restock::Units(1));
        race.nodes[n].issue_refund(issue, Actor::system())
    };
    let (one, two) = tokio::join!(issue(0), issue(1));
    let tables = race.tables();
    let wrong = [invariants::refunds(&tables), invariants::drift(&tables)].concat();
    (one.is_ok() == two.is_ok() || !wrong.is_empty()).then(|| format!("{one:?}, {two:?}; {wrong:?}"))
}

/// Two nodes send a refund without a product at once. Returns what went wrong.
async fn send_twice(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let nowhere = Reference::Hold(HoldId(Uuid::from_u128(1)));
    race.nodes[0].record_payment(success("tx", nowhere)).await.unwrap();
    race.nodes[0].expire_unmatched(race.nodes[0].now()).await.unwrap();
    let (id, refund) = race.tables().refunds.pop_first().unwrap();
    assert_eq!((refund.product_id, refund.state), (None, RefundState::Due));
    let send = |n: usize| race.nodes[n].advance_refund(id, 1, RefundStep::Send, Actor::system());
    let (one, two) = tokio::join!(send(0), send(1));
    let fine = [one, two].into_iter().all(|sent| sent.unwrap().value.state == RefundState::Sending);
    let gaps = audit_trail::gaps(&race.tables());
    (!fine || !gaps.is_empty()).then(|| format!("{gaps:?}"))
}

/// The price is raised between a hold and its order. Returns what went wrong.
async fn raised_price(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    let held = hold(&race.nodes[0], product, None, None).await.unwrap();
    let before = race.tables();
    let mut details = before.products[&product].details();
    details.price.minor *= 2;
    race.nodes[1].edit_product(product, 1, details, Actor::system()).await.unwrap();
    race.nodes[1].place_order(held, None, owner(), None).await.unwrap();
    let wrong = invariants::prices(&before, &race.tables());
    (!wrong.is_empty()).then(|| format!("{wrong:?}"))
}

/// Two operators edit one product on two nodes at once. Returns what went wrong.
async fn two_edits(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    hold(&race.nodes[1], product, None, None).await.unwrap();
    let edit = |n: usize| {
        let mut details = race.tables().products[&product].details();
        details.name = format!("Phone of {n}");
        race.nodes[n].edit_product(product, 1, details, Actor::system())
    };
    let (one, two) = tokio::join!(edit(0), edit(1));
    let refused = [&one, &two].into_iter().filter_map(|r| r.as_ref().err());
    let refused: Vec<_> = refused.collect();
    let stale = matches!(refused[..], [Error::Refused(Refusal::StaleRevision { seen: 1, current: 2 })]);
    (!stale).then(|| format!("{one:?}, {two:?}"))
}

/// A node that has the product in memory as active is asked for a hold after another node has paused it. Returns what went
/// wrong.
async fn paused_elsewhere(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    hold(&race.nodes[0], product, None, None).await.unwrap();
    race.nodes[1].set_product_status(product, ProductStatus::Paused, Actor::system()).await.unwrap();
    let late = hold(&race.nodes[0], product, None, None).await;
    (!matches!(late, Err(Error::Refused(Refusal::SalePaused)))).then(|| format!("{late:?}"))
}

/// An operator cancels an order on one node while its payment comes to another. Returns what went wrong.
async fn cancel_and_pay(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    let held = hold(&race.nodes[0], product, None, None).await.unwrap();
    let order = race.nodes[0].place_order(held, None, owner(), None).await.unwrap().value;
    let (cancelled, paid) = tokio::join!(
        race.nodes[1].cancel_order_by_operator(order.id, Actor::system()),
        race.nodes[0].record_payment(success("tx", Reference::Order(order.id))),
    );
    paid.unwrap();
    // The payment pays the order before it is cancelled or after that. A granted cancellation is in the stock history.
    let tables = race.tables();
    let is_paid = matches!(tables.orders[&order.id].state, OrderState::Paid { .. });
    let units: u32 = tables.stock_events.values().map(|(_, moved)| moved.cancelled).sum();
    let drift = invariants::drift(&tables);
    let fine = is_paid && units == u32::from(cancelled.is_ok()) && drift.is_empty();
    (!fine).then(|| format!("{cancelled:?} {drift:?} {:?}", tables.orders))
}

/// A dispute of a paid order comes to one node while another node issues a refund, which one of the two precedes. Then a
/// further refund is issued, and one that was issued before is sent. Returns what went wrong.
async fn refund_and_dispute(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let order = paid_order(&race.nodes[0], race.product("phone", None).await, "tx").await;
    let issue =
        |n: usize, nth: u128| race.nodes[n].issue_refund(refund(nth, &order, Some(1), Restock::None), Actor::system());
    let issued = issue(1, 1).await.unwrap().value;
    let opened = PaymentEvent {
        key: "dispute".to_owned().try_into().unwrap(),
        status: PaymentStatus::DisputeOpened,
        ..success("tx", Reference::Order(order.id))
    };
    let (disputed, _either) = tokio::join!(race.nodes[0].record_payment(opened), issue(1, 2));
    disputed.unwrap();
    let before = race.tables();
    let send = race.nodes[1].advance_refund(issued.id, 1, RefundStep::Send, Actor::system());
    let (late, sent) = tokio::join!(issue(0, 3), send);
    let refused = [late.map(drop), sent.map(drop)];
    let fine = refused.iter().all(|result| matches!(result, Err(Error::Refused(Refusal::DisputeOpen))));
    let wrong = payment_invariants::refunds_of_disputed(&before, &race.tables());
    (!fine || !wrong.is_empty()).then(|| format!("{refused:?} {wrong:?}"))
}

/// A refund that was made at the provider.
fn reported(reference: &str, transaction: &str, minor: i64) -> ReportedRefund {
    ReportedRefund {
        reference: reference.to_owned().try_into().unwrap(),
        transaction: transaction.to_owned().try_into().unwrap(),
        ours: None,
        amount: Money { minor, currency: "USD".parse().unwrap() },
        state: ReportedRefundState::Succeeded,
        failure: None,
        lacks_funds: false,
        created_at: start_time(),
    }
}

/// Two nodes hear at once of a refund of a payment without a product. Returns what went wrong.
async fn one_report(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let nowhere = Reference::Hold(HoldId(Uuid::from_u128(1)));
    race.nodes[0].record_payment(success("tx", nowhere)).await.unwrap();
    let record = |n: usize| race.nodes[n].record_refund(reported("re_1", "tx", 500), Actor::system());
    let (one, two) = tokio::join!(record(0), record(1));
    let is_same = one.unwrap().unwrap().id == two.unwrap().unwrap().id;
    let wrong = invariants::refunds(&race.tables());
    (!is_same || !wrong.is_empty()).then(|| format!("{wrong:?}"))
}

/// One node hears of a refund at the provider while an operator issues another one on the node that has the order in memory.
/// Returns what went wrong.
async fn report_and_refund(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let order = paid_order(&race.nodes[1], race.product("phone", None).await, "tx").await;
    let (recorded, issued) = tokio::join!(
        race.nodes[0].record_refund(reported("re_1", "tx", 3), Actor::system()),
        race.nodes[1].issue_refund(refund(1, &order, Some(2), Restock::None), Actor::system()),
    );
    let wrong = invariants::refunds(&race.tables());
    let fine = recorded.is_ok() && issued.is_ok() && wrong.is_empty();
    (!fine).then(|| format!("{recorded:?}, {issued:?}; {wrong:?}"))
}

/// A refund is made in the provider's dashboard while a worker sends one of the same amount. Returns what went wrong.
async fn dashboard_and_worker(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let order = paid_order(&race.nodes[0], race.product("phone", None).await, "tx").await;
    let node = &race.nodes[1];
    let id = node.issue_refund(refund(1, &order, Some(2), Restock::None), Actor::system()).await.unwrap().value.id;
    node.advance_refund(id, 1, RefundStep::Send, Actor::system()).await.unwrap();
    let ours = ReportedRefund { ours: Some((id, 1)), ..reported("re_2", "tx", 2) };
    for report in [reported("re_1", "tx", 2), ours] {
        node.record_refund(report, Actor::system()).await.unwrap();
    }
    let returned = race.tables().orders[&order.id].refunds.returned;
    (returned != 4).then(|| format!("the provider has returned 4, and {returned} are recorded"))
}

/// An order is placed and paid on one node while another node refunds a paid order in part, and an order is cancelled. Returns what was
/// not announced (P11).
async fn announcements(seed: u64, constraints: Constraints) -> Option<String> {
    let race = Race::new(seed, constraints).await;
    let product = race.product("phone", None).await;
    let paid = paid_order(&race.nodes[0], product, "tx").await;
    let held = hold(&race.nodes[1], product, None, None).await.unwrap();
    let cancelled = race.nodes[1].place_order(held, None, owner(), None).await.unwrap().value;
    let issue = race.nodes[1].issue_refund(refund(1, &paid, Some(1), Restock::None), Actor::system());
    let cancel = race.nodes[0].cancel_order_by_operator(cancelled.id, Actor::system());
    let (_another, issued, ended) = tokio::join!(paid_order(&race.nodes[0], product, "other"), issue, cancel);
    issued.unwrap();
    ended.unwrap();
    let wrong = invariants::unannounced(&race.tables());
    (!wrong.is_empty()).then(|| format!("{wrong:?}"))
}

negative_controls! {
    the_unique_reference_keeps_a_refund_from_being_recorded_twice: one_report, without unique;
    the_version_check_keeps_a_report_in_the_sums_of_its_order: report_and_refund, without versions;
    the_mark_of_the_worker_keeps_another_refund_from_being_taken_for_its_own: dashboard_and_worker, without automatic;
    the_events_of_a_commit_announce_each_change: announcements, without events;
    the_version_check_keeps_two_refunds_within_the_amount: full_refunds, without versions;
    the_sum_of_refunds_keeps_them_within_the_amount: full_refunds, without refund_sums;
    the_version_check_keeps_a_unit_from_being_restocked_twice: restock_twice, without versions;
    the_restocked_units_keep_one_from_being_restocked_twice: restock_twice, without restocked;
    the_refund_version_keeps_a_refund_from_being_sent_twice: send_twice, without refund_versions;
    the_price_of_the_hold_keeps_an_edit_from_changing_it: raised_price, without hold_prices;
    the_version_check_keeps_one_edit_from_overwriting_another: two_edits, without versions;
    the_version_check_keeps_a_paused_product_from_being_held: paused_elsewhere, without versions;
    the_version_check_keeps_a_cancelled_order_from_being_paid: cancel_and_pay, without versions;
    the_open_dispute_keeps_its_transaction_from_being_refunded: refund_and_dispute, without disputes;
}

/// The provider's message about the first attempt comes late. `names_attempt`: whether it says so. Returns how often the
/// provider has returned the money.
async fn late_failure(names_attempt: bool) -> u32 {
    let race = Race::new(1, Constraints::ALL).await;
    let node = &race.nodes[0];
    let order = paid_order(node, race.product("phone", None).await, "tx").await;
    let id = node.issue_refund(refund(1, &order, None, Restock::None), Actor::system()).await.unwrap().value.id;
    let step = async |attempt, step| node.advance_refund(id, attempt, step, Actor::system()).await;
    let failure = RefundStep::Fail { failure: "declined".to_owned() };
    step(1, RefundStep::Send).await.unwrap();
    step(1, failure.clone()).await.unwrap();
    step(1, RefundStep::Retry).await.unwrap();
    step(2, RefundStep::Send).await.unwrap();
    // The second attempt returns the money. Before the provider says so, it repeats what it said of the first.
    let mut returned = 1;
    step(if names_attempt { 1 } else { 2 }, failure).await.unwrap();
    if step(2, RefundStep::Retry).await.is_ok() {
        step(3, RefundStep::Send).await.unwrap();
        returned += 1;
    }
    returned
}

#[tokio::test(start_paused = true)]
async fn the_attempt_keeps_a_late_failure_from_paying_twice() {
    assert_eq!(late_failure(true).await, 1);
    assert_eq!(late_failure(false).await, 2, "without the attempt, the money must go back twice");
}
