//! The bounds of the state between batches.

use super::{LoadRequest, State};
use crate::model::{HoldId, ProductId};

/// Maximum number of claims in memory between batches. Beyond it the oldest are evicted, and loaded again if needed. The
/// claims of a running sale are the newest.
const MAX_CLAIMS: usize = 80_000;

/// Maximum number of payment events in memory. An evicted event is found by the unique constraint.
const MAX_EVENTS: usize = 20_000;

impl State {
    pub(super) fn index_hold(&mut self, hold: HoldId, product: ProductId) {
        if self.hold_product.insert(hold, product).is_none() {
            self.known_holds.push_back(hold);
        }
    }

    /// Evicts the oldest claims.
    fn evict(&mut self) {
        while self.known_holds.len() > MAX_CLAIMS {
            let Some(hold) = self.known_holds.pop_front() else { return };
            let product_state = self.hold_product.remove(&hold).and_then(|product| self.products.get_mut(&product));
            let claim = product_state.and_then(|product_state| product_state.claims.remove(&hold));
            if let Some(order) = claim.and_then(|claim| claim.order) {
                self.order_hold.remove(&order.id);
            }
        }
        // Claims that were dropped together with an outdated product are still in the index of orders.
        if self.order_hold.len() > MAX_CLAIMS {
            self.order_hold.retain(|_, hold| self.hold_product.contains_key(hold));
        }
    }

    /// Drops the data of a committed batch and keeps the state within its bounds.
    pub(crate) fn end_batch(&mut self) {
        self.limit_usage.clear();
        self.unmatched_payments.clear();
        self.refunds.clear();
        self.replays.clear();
        self.pictures.clear();
        self.disputed.clear();
        self.requested = LoadRequest::default();
        self.due_loaded.clear();
        self.read_products.clear();
        self.evict();
        // Stored replies are purged from the database and must not outlive it here. Every batch looks its keys up anyway.
        self.keys.clear();
        if self.events.len() > MAX_EVENTS {
            self.events.clear();
            self.by_report.clear();
        }
    }

    /// Drops everything, because the batch was not committed or may not have been.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Hold, HoldState, Money, Order, OrderRefunds, OrderState, Owner, ProductDraft, Quantity, Timestamp},
        state::Effect,
    };
    use uuid::Uuid;

    fn nth<T: From<Uuid>>(n: usize) -> T {
        Uuid::from_u128(n as u128).into()
    }

    #[test]
    fn the_oldest_claims_are_evicted_with_their_orders() {
        let (now, later) = (Timestamp::from_millis(1_000), Timestamp::from_millis(9_000));
        let price = Money::parse("1.00", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("phone".parse().unwrap(), "Phone", price, 1);
        let product = draft.check(nth(1), now).unwrap();
        let mut state = State::default();
        state.apply(Effect::ProductAdded(Box::new(product.clone())));
        let too_many = 10;
        for n in 0..MAX_CLAIMS + too_many {
            let (owner, qty) = (Owner(Uuid::nil()), Quantity::try_from(1_i64).unwrap());
            let (id, order_id) = (nth(n), nth(n));
            let held = HoldState::Ordered { order_id };
            let (created_at, expires_at) = (now, later);
            let hold = Hold {
                id,
                product_id: product.id,
                owner,
                shopper: None,
                qty,
                created_at,
                expires_at,
                extended: false,
                unit_price: None,
                state: held,
            };
            state.apply(Effect::HoldChanged(hold));
            let order = Order {
                id: order_id,
                hold_id: id,
                product_id: product.id,
                owner,
                shopper: None,
                qty,
                amount: price,
                created_at,
                pay_by: later,
                state: OrderState::Pending,
                refunds: OrderRefunds::default(),
                number: None,
                version: 0,
            };
            state.apply(Effect::OrderChanged(order));
        }
        state.end_batch();
        for n in [0, too_many - 1] {
            assert!(state.claim(nth(n)).is_none() && state.claim_by_order(nth(n)).is_none());
        }
        for n in [too_many, MAX_CLAIMS + too_many - 1] {
            assert!(state.claim(nth(n)).is_some() && state.claim_by_order(nth(n)).is_some());
        }
        assert_eq!((state.hold_product.len(), state.order_hold.len()), (MAX_CLAIMS, MAX_CLAIMS));
    }
}
