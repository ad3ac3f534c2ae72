//! Places orders from holds, and cancels orders for their owners.

use super::{Decision, hold, own_claim, payment};
use crate::{
    command::Reply,
    model::{CancelReason, HoldId, Order, OrderId, OrderState, Owner, Refusal, Timestamp},
    state::{Effect, State, StockMovement},
};

pub(super) fn place(
    state: &State,
    id: OrderId,
    hold_id: HoldId,
    owner: Owner,
    now: Timestamp,
) -> Result<Decision, Refusal> {
    let (product_state, claim) = own_claim(state, hold_id, owner)?;
    let product = &product_state.product;
    let hold = claim.hold.clone().order(id, now)?;
    let qty = hold.qty.get();
    let mut order = Order {
        id,
        hold_id,
        product_id: product.id,
        owner,
        shopper: hold.shopper.clone(),
        qty: hold.qty,
        // Does not overflow: a product's price times its whole stock fits.
        amount: product.price.times(qty).unwrap_or(product.price),
        created_at: now,
        pay_by: now + product.pay_within,
        state: OrderState::Pending,
    };
    let mut stock = product.stock.order(qty).unwrap_or(product.stock);
    let ordered = Effect::StockMoved(product.id, StockMovement::Order(qty));
    let mut effects = vec![ordered, Effect::HoldChanged(hold), Effect::OrderChanged(order.clone())];
    // Parked payments take effect in the order in which they came (P6).
    for parked in &claim.parked {
        let settlement = payment::apply_to_order(&order, stock, parked, now);
        order = settlement.order.clone().unwrap_or(order);
        stock = settlement.movement.and_then(|m| m.apply(stock)).unwrap_or(stock);
        effects.extend(settlement.effects(parked.clone()));
    }
    Ok(Decision::new(effects, Reply::Order(order)))
}

pub(super) fn cancel(state: &State, id: OrderId, owner: Owner, now: Timestamp) -> Result<Decision, Refusal> {
    let order = state.claim_by_order(id).and_then(|(_, claim)| claim.order.as_ref());
    let order = order.filter(|order| order.owner == owner).ok_or(Refusal::UnknownOrder)?;
    match order.state {
        OrderState::Paid { .. } => Err(Refusal::OrderPaid),
        OrderState::Cancelled { .. } => Ok(Decision::nothing(Reply::Order(order.clone()))),
        OrderState::Pending => {
            let effects = hold::cancel(order, CancelReason::ByShopper, now);
            let after = order.clone().cancel(CancelReason::ByShopper, now);
            Ok(Decision::new(effects.into(), Reply::Order(after)))
        }
    }
}
