//! Places orders from holds, and cancels orders for their owners.

use super::{Decision, hold, own_claim, payment};
use crate::{
    command::Reply,
    model::{
        CancelReason, Contact, HoldId, Money, Order, OrderId, OrderNumber, OrderRefunds, OrderState, Owner, Refund,
        RefundReason, Refusal, Timestamp,
    },
    state::{Effect, OrderContact, ProductState, State, StockMovement},
};

/// An order to place.
#[derive(Clone, Copy)]
pub(super) struct NewOrder<'a> {
    pub(super) id: OrderId,
    pub(super) hold: HoldId,
    pub(super) contact: Option<&'a Contact>,
}

pub(super) fn place(state: &State, new: NewOrder<'_>, owner: Owner, now: Timestamp) -> Result<Decision, Refusal> {
    let NewOrder { id, hold: hold_id, contact } = new;
    let (product_state, claim) = own_claim(state, hold_id, owner)?;
    let product = &product_state.product;
    let hold = claim.hold.clone().order(id, now)?;
    let qty = hold.qty.get();
    // The price of the hold counts, also after an edit of the product's price.
    let unit_price = Money { minor: hold.unit_price.unwrap_or(product.price.minor), ..product.price };
    let mut order = Order {
        id,
        hold_id,
        product_id: product.id,
        owner,
        shopper: hold.shopper.clone(),
        qty: hold.qty,
        // Does not overflow: a product's price times its whole stock fits.
        amount: unit_price.times(qty).unwrap_or(unit_price),
        created_at: now,
        pay_by: now + product.pay_within,
        state: OrderState::Pending,
        refunds: OrderRefunds::default(),
        number: Some(number(id, state.salt())),
        version: product.version + 1,
    };
    let mut stock = product.stock.order(qty).unwrap_or(product.stock);
    let ordered = Effect::StockMoved(product.id, StockMovement::Order(qty));
    let mut effects = vec![ordered, Effect::HoldChanged(hold), Effect::OrderChanged(order.clone())];
    if let Some(contact) = contact.cloned() {
        effects.push(Effect::ContactStored(Box::new(OrderContact { order: id, contact, given_at: now })));
    }
    // Parked payments take effect in the order in which they came (P6).
    for parked in &claim.parked {
        let settlement = payment::apply_to_order(state, &order, stock, parked, now);
        order = settlement.order.clone().unwrap_or(order);
        stock = settlement.movement.and_then(|m| m.apply(stock)).unwrap_or(stock);
        effects.extend(settlement.effects(parked.clone()));
        let returned = |refund: &&Refund| {
            let of_payment = refund.transaction_id == parked.transaction_id && refund.order_id.is_none();
            of_payment && refund.reason == RefundReason::AtProvider
        };
        effects.extend(state.refunds().filter(returned).map(|refund| {
            let refund = Refund { order_id: Some(id), version: refund.version + 1, ..refund.clone() };
            Effect::RefundChanged(Box::new(refund))
        }));
    }
    Ok(Decision::new(effects, Reply::Order(order)))
}

/// The number of a new order. The lowest bits of an id are random. The salt is another one for each attempt to commit: in the
/// rare case that the number is taken, the next attempt makes another.
fn number(id: OrderId, salt: u64) -> OrderNumber {
    OrderNumber::from_bits(id.0.as_u64_pair().1 ^ salt)
}

pub(super) fn cancel(state: &State, id: OrderId, owner: Owner, now: Timestamp) -> Result<Decision, Refusal> {
    let (product_state, claim) = state.claim_by_order(id).ok_or(Refusal::UnknownOrder)?;
    let order = claim.order.as_ref().filter(|order| order.owner == owner).ok_or(Refusal::UnknownOrder)?;
    match order.state {
        OrderState::Paid { .. } => Err(Refusal::OrderPaid),
        OrderState::Cancelled { .. } => Ok(Decision::nothing(Reply::Order(order.clone()))),
        OrderState::Pending => {
            let (effects, after) = cancel_pending(product_state, order, CancelReason::ByShopper, now);
            Ok(Decision::new(effects.into(), Reply::Order(after)))
        }
    }
}

/// Cancels a pending order. Returns the effects, and the order after the commit.
pub(super) fn cancel_pending(
    product_state: &ProductState,
    order: &Order,
    reason: CancelReason,
    now: Timestamp,
) -> ([Effect; 2], Order) {
    // The commit raises the version by one.
    let version = product_state.product.version + 1;
    (hold::cancel(order, reason, now), Order { version, ..order.clone().cancel(reason, now) })
}
