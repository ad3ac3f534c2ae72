//! The events of a commit, from the states before and after it. A state that a batch only passes through has no event, but for one:
//! an order that was placed and paid at once was also placed.

use crate::{
    clock::IdGenerator,
    model::{JobSubject, NewJob, Order, OrderStatus, Product, Refund, RefundState, Timestamp, Topic},
};

/// Makes the events of one commit.
pub(super) struct Announcer<'a> {
    ids: &'a IdGenerator,
    at: Timestamp,
}

impl<'a> Announcer<'a> {
    /// Makes events of a commit at `at`.
    pub(super) fn new(ids: &'a IdGenerator, at: Timestamp) -> Self {
        Self { ids, at }
    }

    /// The event of a product whose number of available units was `before`.
    pub(super) fn of_product(&self, before: u32, after: &Product) -> Option<NewJob> {
        let subject = JobSubject { product: Some(after.id), version: after.version, ..JobSubject::default() };
        product(before, after.stock.available).map(|topic| self.event(topic, subject))
    }

    /// The events of an order. `before` is its stored status; `None` for a new order.
    pub(super) fn of_order(
        &self,
        before: Option<OrderStatus>,
        after: &Order,
    ) -> impl Iterator<Item = NewJob> + use<'_, 'a> {
        let subject = JobSubject {
            order: Some(after.id),
            product: Some(after.product_id),
            version: after.version,
            ..JobSubject::default()
        };
        order(before, after.status()).map(move |topic| self.event(topic, subject))
    }

    /// The event of a refund. `before` is how it is stored; `None` for a new refund.
    pub(super) fn of_refund(&self, before: Option<RefundStatus>, after: &Refund) -> Option<NewJob> {
        let subject = JobSubject {
            order: after.order_id,
            refund: Some(after.id),
            product: after.product_id,
            operator: None,
            version: after.version,
        };
        refund(before, RefundStatus::of(after)).map(|topic| self.event(topic, subject))
    }

    fn event(&self, topic: Topic, subject: JobSubject) -> NewJob {
        NewJob::event(self.ids.generate(), topic, subject, self.at)
    }
}

/// The topics of an order's events. `before` is its stored status; `None` for a new order.
fn order(before: Option<OrderStatus>, after: OrderStatus) -> impl Iterator<Item = Topic> {
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

/// The facts of a refund on which its events depend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RefundStatus {
    pub(super) state: RefundState,
    /// The provider has told its id of the refund.
    pub(super) has_reference: bool,
    /// The order is known whose money the refund returns.
    pub(super) has_order: bool,
}

impl RefundStatus {
    pub(super) fn of(refund: &Refund) -> Self {
        Self {
            state: refund.state,
            has_reference: refund.provider_reference.is_some(),
            has_order: refund.order_id.is_some(),
        }
    }

    fn is_accepted(self) -> bool {
        self.state == RefundState::Sending && self.has_reference
    }
}

/// The topic of a refund's event. `before` is how it is stored; `None` for a new refund.
fn refund(before: Option<RefundStatus>, after: RefundStatus) -> Option<Topic> {
    // A payment may come before its order, and be returned before it. The first event told of no order, so that nobody could
    // tell its customer.
    let before = before.filter(|before| before.has_order || !after.has_order);
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

/// The topic of the event of a product's available units.
fn product(before: u32, after: u32) -> Option<Topic> {
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
        let status = |state| RefundStatus { state, has_reference: false, has_order: true };
        super::refund(before.map(status), status(after))
    }

    #[test]
    fn a_refund_tells_once_that_the_provider_has_accepted_it() {
        let status = |state, has_reference| RefundStatus { state, has_reference, has_order: true };
        let accepted = status(Sending, true);
        for before in [None, Some(status(Due, false)), Some(status(Due, true)), Some(status(Sending, false))] {
            assert_eq!(super::refund(before, accepted), Some(Topic::RefundAccepted), "{before:?}");
        }
        assert_eq!(super::refund(Some(accepted), accepted), None);
        assert_eq!(super::refund(Some(accepted), status(Succeeded, true)), Some(Topic::RefundSucceeded));
        assert_eq!(super::refund(None, status(Succeeded, true)), Some(Topic::RefundSucceeded));
    }

    #[test]
    fn a_refund_is_announced_again_when_its_order_is_known() {
        let status = |state, has_order| RefundStatus { state, has_reference: true, has_order };
        for (state, topic) in [(Sending, Topic::RefundAccepted), (Succeeded, Topic::RefundSucceeded)] {
            assert_eq!(super::refund(Some(status(state, false)), status(state, true)), Some(topic));
            assert_eq!(super::refund(Some(status(state, false)), status(state, false)), None);
            assert_eq!(super::refund(Some(status(state, true)), status(state, true)), None);
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
