//! What a commit lets others know, from the states before and after it. States that a batch only passes through are not told,
//! but for one: an order that was placed and paid at once was also placed.

use crate::model::{OrderStatus, RefundState, Topic};

/// The events of an order. `before` is its stored status; `None` for a new order.
pub(super) fn order(before: Option<OrderStatus>, after: OrderStatus) -> impl Iterator<Item = Topic> {
    let created = before.is_none().then_some(Topic::OrderCreated);
    let changed = match (before, after) {
        (Some(before), after) if before == after => None,
        // A refund that had succeeded failed afterwards. The order stays paid.
        (Some(OrderStatus::Refunded), OrderStatus::Paid) | (_, OrderStatus::Pending) => None,
        (_, OrderStatus::Paid) => Some(Topic::OrderPaid),
        (_, OrderStatus::Cancelled) => Some(Topic::OrderCancelled),
        (_, OrderStatus::Refunded) => Some(Topic::OrderRefunded),
    };
    created.into_iter().chain(changed)
}

/// The event of a refund. `before` is its stored state; `None` for a new refund.
pub(super) fn refund(before: Option<RefundState>, after: RefundState) -> Option<Topic> {
    if before == Some(after) {
        return None;
    }
    match after {
        RefundState::Due => Some(Topic::RefundDue),
        RefundState::Succeeded => Some(Topic::RefundSucceeded),
        RefundState::Failed => Some(Topic::RefundFailed),
        RefundState::Sending | RefundState::Withdrawn => None,
    }
}

/// The event of a product's available units.
pub(super) fn product(before: u32, after: u32) -> Option<Topic> {
    match (before, after) {
        (1.., 0) => Some(Topic::ProductSoldOut),
        (0, 1..) => Some(Topic::ProductAvailable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderStatus::{Cancelled, Paid, Pending, Refunded};
    use RefundState::{Due, Failed, Sending, Succeeded, Withdrawn};

    #[test]
    fn an_order_tells_each_change_of_its_status_once() {
        let topics = |before, after| order(before, after).collect::<Vec<_>>();
        assert_eq!(topics(None, Pending), [Topic::OrderCreated]);
        assert_eq!(topics(None, Paid), [Topic::OrderCreated, Topic::OrderPaid]);
        assert_eq!(topics(None, Cancelled), [Topic::OrderCreated, Topic::OrderCancelled]);
        assert_eq!(topics(Some(Pending), Paid), [Topic::OrderPaid]);
        assert_eq!(topics(Some(Cancelled), Paid), [Topic::OrderPaid]);
        assert_eq!(topics(Some(Pending), Cancelled), [Topic::OrderCancelled]);
        assert_eq!(topics(Some(Paid), Refunded), [Topic::OrderRefunded]);
        for (before, after) in [(Pending, Pending), (Paid, Paid), (Refunded, Paid), (Refunded, Refunded)] {
            assert_eq!(topics(Some(before), after), [], "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_refund_tells_when_it_is_due_and_how_it_ended() {
        assert_eq!(refund(None, Due), Some(Topic::RefundDue));
        assert_eq!(refund(Some(Failed), Due), Some(Topic::RefundDue));
        assert_eq!(refund(Some(Sending), Succeeded), Some(Topic::RefundSucceeded));
        assert_eq!(refund(Some(Succeeded), Failed), Some(Topic::RefundFailed));
        for (before, after) in [(Some(Due), Due), (Some(Due), Sending), (Some(Due), Withdrawn)] {
            assert_eq!(refund(before, after), None, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_product_tells_its_last_unit_and_its_first_again() {
        assert_eq!((product(3, 0), product(0, 2)), (Some(Topic::ProductSoldOut), Some(Topic::ProductAvailable)));
        assert_eq!((product(3, 1), product(0, 0)), (None, None));
    }
}
