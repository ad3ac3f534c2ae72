//! What a commit lets others know, from the states before and after it. States that a batch only passes through are not told,
//! but for one: an order that was placed and paid at once was also placed.

use crate::model::{OrderStatus, Refund, RefundState, Topic};

/// The events of an order. `before` is its stored status; `None` for a new order.
pub(super) fn order(before: Option<OrderStatus>, after: OrderStatus) -> impl Iterator<Item = Topic> {
    let becomes = |status| after == status && before != Some(status);
    let is_paid = |status| matches!(status, OrderStatus::Paid | OrderStatus::Refunded);
    [
        (before.is_none(), Topic::OrderCreated),
        // A refunded order is still a paid one. It may be paid by money that was returned at the provider meanwhile.
        (is_paid(after) && !before.is_some_and(is_paid), Topic::OrderPaid),
        (becomes(OrderStatus::Cancelled), Topic::OrderCancelled),
        (becomes(OrderStatus::Refunded), Topic::OrderRefunded),
    ]
    .into_iter()
    .filter_map(|(is_so, topic)| is_so.then_some(topic))
}

/// What the events of a refund depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RefundStatus {
    pub(super) state: RefundState,
    /// The provider has told its id of the refund.
    pub(super) has_reference: bool,
}

impl RefundStatus {
    pub(super) fn of(refund: &Refund) -> Self {
        Self { state: refund.state, has_reference: refund.provider_reference.is_some() }
    }

    fn is_accepted(self) -> bool {
        self.state == RefundState::Sending && self.has_reference
    }
}

/// The event of a refund. `before` is how it is stored; `None` for a new refund.
pub(super) fn refund(before: Option<RefundStatus>, after: RefundStatus) -> Option<Topic> {
    if after.is_accepted() && !before.is_some_and(RefundStatus::is_accepted) {
        return Some(Topic::RefundAccepted);
    }
    if before.map(|before| before.state) == Some(after.state) {
        return None;
    }
    match after.state {
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
        assert_eq!(topics(Some(Pending), Refunded), [Topic::OrderPaid, Topic::OrderRefunded]);
        for (before, after) in [(Pending, Pending), (Paid, Paid), (Refunded, Paid), (Refunded, Refunded)] {
            assert_eq!(topics(Some(before), after), [], "{before:?} {after:?}");
        }
    }

    fn refund(before: Option<RefundState>, after: RefundState) -> Option<Topic> {
        let status = |state| RefundStatus { state, has_reference: false };
        super::refund(before.map(status), status(after))
    }

    #[test]
    fn a_refund_tells_once_that_the_provider_has_accepted_it() {
        let status = |state, has_reference| RefundStatus { state, has_reference };
        let accepted = status(Sending, true);
        for before in [None, Some(status(Due, false)), Some(status(Due, true)), Some(status(Sending, false))] {
            assert_eq!(super::refund(before, accepted), Some(Topic::RefundAccepted), "{before:?}");
        }
        assert_eq!(super::refund(Some(accepted), accepted), None);
        assert_eq!(super::refund(Some(accepted), status(Succeeded, true)), Some(Topic::RefundSucceeded));
        assert_eq!(super::refund(None, status(Succeeded, true)), Some(Topic::RefundSucceeded));
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
