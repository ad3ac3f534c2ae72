//! Places, releases, extends and expires holds.

use super::{Decision, limit_key, own_claim};
use crate::{
    command::{PlaceHold, Reply},
    model::{
        CancelReason, Hold, HoldId, HoldState, Order, Owner, ProductId, ProductStatus, Refusal, SalePhase, Timestamp,
    },
    state::{Claim, Effect, State, StockMovement},
};

pub(super) fn place(state: &State, place: &PlaceHold, now: Timestamp) -> Result<Decision, Refusal> {
    let product = &state.product_state(place.product).ok_or(Refusal::UnknownProduct)?.product;
    if product.status == ProductStatus::Archived {
        return Err(Refusal::UnknownProduct);
    }
    match product.phase(now) {
        SalePhase::Open => {}
        SalePhase::Paused => return Err(Refusal::SalePaused),
        SalePhase::Upcoming(starts_at) => return Err(Refusal::SaleNotStarted { starts_at }),
        SalePhase::Ended(ended_at) => return Err(Refusal::SaleEnded { ended_at }),
    }
    let qty = place.qty.get();
    if let Some(limit) = product.per_shopper_limit {
        // A request without a shopper counts as a new shopper.
        let taken = place.shopper.clone().map_or(0, |shopper| state.units_used(&limit_key(place, shopper)));
        if taken.saturating_add(qty) > limit {
            return Err(Refusal::LimitReached { limit, taken });
        }
    }
    let stock = product.stock;
    if stock.hold(qty).is_none() {
        return Err(Refusal::SoldOut { available: stock.available, may_return: stock.held + stock.pending });
    }
    let hold = Hold {
        id: place.id,
        product_id: product.id,
        owner: place.by.owner,
        shopper: place.shopper.clone(),
        qty: place.qty,
        unit_price: Some(product.price.minor),
        created_at: now,
        expires_at: now + product.hold_for,
        extended: false,
        state: HoldState::Active,
    };
    let effects = vec![Effect::StockMoved(product.id, StockMovement::Hold(qty)), Effect::HoldChanged(hold.clone())];
    Ok(Decision::new(effects, Reply::Hold(hold)))
}

pub(super) fn release(state: &State, id: HoldId, owner: Owner) -> Result<Decision, Refusal> {
    let (_, claim) = own_claim(state, id, owner)?;
    let after = claim.hold.clone().release()?;
    if after == claim.hold {
        return Ok(Decision::nothing(Reply::Hold(after)));
    }
    let effects = end(claim, after.clone(), StockMovement::Release(after.qty.get()));
    Ok(Decision::new(effects, Reply::Hold(after)))
}

pub(super) fn extend(state: &State, id: HoldId, owner: Owner, now: Timestamp) -> Result<Decision, Refusal> {
    let (product_state, claim) = own_claim(state, id, owner)?;
    let after = claim.hold.clone().extend(product_state.product.extend_by, now)?;
    Ok(Decision::new(vec![Effect::HoldChanged(after.clone())], Reply::Hold(after)))
}

/// Expires the overdue ones of these claims. Returns the effects and the number of units that return to stock.
pub(crate) fn reclaim(state: &State, product: ProductId, due: &[HoldId], now: Timestamp) -> (Vec<Effect>, u32) {
    let claims = due.iter().filter_map(|id| state.claim(*id)).map(|(_, claim)| claim);
    let mut effects = Vec::new();
    let mut units = 0;
    for claim in claims.filter(|claim| claim.hold.product_id == product) {
        let qty = claim.hold.qty.get();
        if claim.hold.is_due(now) {
            effects.extend(end(claim, claim.hold.clone().expire(), StockMovement::Expire(qty)));
            units += qty;
        } else if let Some(order) = claim.order.as_ref().filter(|order| order.is_due(now)) {
            effects.extend(cancel(order, CancelReason::Expired, now));
            units += qty;
        }
    }
    (effects, units)
}

/// Ends a hold without an order: its units return to stock, and its parked payments are unmatched.
fn end(claim: &Claim, after: Hold, movement: StockMovement) -> Vec<Effect> {
    let back = Effect::StockMoved(after.product_id, movement);
    let parked = claim.parked.iter().cloned().map(super::payment::unmatched_outcome).map(Effect::PaymentRecorded);
    [back, Effect::HoldChanged(after)].into_iter().chain(parked).collect()
}

/// Cancels an order: its units return to stock.
pub(super) fn cancel(order: &Order, reason: CancelReason, now: Timestamp) -> [Effect; 2] {
    let back = Effect::StockMoved(order.product_id, StockMovement::Cancel(order.qty.get()));
    [back, Effect::OrderChanged(order.clone().cancel(reason, now))]
}
