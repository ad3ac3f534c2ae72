//! Maps Stripe's events to payment events of this shop.
//!
//! | event | here |
//! |---|---|
//! | `checkout.session.completed`, paid | success |
//! | `checkout.session.completed`, unpaid | processing: the bank takes its time |
//! | `checkout.session.async_payment_succeeded`, `payment_intent.succeeded` | success |
//! | `checkout.session.async_payment_failed`, `checkout.session.expired`, `payment_intent.canceled` | failure |
//! | `payment_intent.payment_failed` | processing: see [`read`] |
//! | `charge.dispute.created` | dispute opened |
//! | `charge.dispute.closed` | dispute closed, whoever won it |
//!
//! A session and its payment intent report one payment. Both name it by the intent, so it counts once. Other events, and
//! events that name no order or hold of this shop, belong to another product of the same Stripe account. They get a 200,
//! because Stripe disables endpoints that keep rejecting events.
//!
//! A dispute names no order, only its payment intent. It belongs to this shop if the shop has recorded a payment of that intent.

use super::money;
use crate::{
    http::strict_object::StrictObject,
    webhooks::{Message, Rejected},
};
use checkout::{
    Checkout, PaymentEvent,
    model::{Currency, DisputeId, EventKey, HoldId, OrderId, PaymentStatus, Reference, ReportedAmount, TransactionId},
};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Longest event type in a log line, in characters.
const MAX_LOGGED_TYPE_LENGTH: usize = 80;

/// A parsed event.
pub(super) enum ParsedEvent {
    /// An event about a payment to this shop.
    Payment(Event),
    /// An event that does not concern this shop.
    Foreign {
        /// Id of the event.
        event: String,
        /// Why it does not concern this shop.
        reason: String,
    },
}

/// An event about a payment to this shop.
pub(super) struct Event {
    pub(super) key: EventKey,
    /// Whether it is a test event, which moves no money.
    pub(super) test_mode: bool,
    about: About,
    transaction_id: TransactionId,
    status: PaymentStatus,
    dispute_id: Option<DisputeId>,
    reported: ReportedAmount,
}

/// The order or hold that was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Known(Reference),
    /// An id that may be a hold's or an order's.
    Untyped(Uuid),
    /// The order or hold that the transaction paid for.
    Transaction,
}

// Unknown fields are ignored, since Stripe adds new ones.

#[derive(Deserialize)]
struct Envelope {
    id: EventKey,
    #[serde(rename = "type")]
    kind: String,
    livemode: Option<bool>,
}

#[derive(Deserialize)]
struct Carrying<T> {
    data: StrictObject<Data<T>>,
}

#[derive(Deserialize)]
struct Data<T> {
    object: StrictObject<T>,
}

#[derive(Deserialize)]
struct Session {
    id: TransactionId,
    client_reference_id: Option<String>,
    metadata: Option<StrictObject<Metadata>>,
    /// `None` before the first attempt to pay.
    payment_intent: Option<TransactionId>,
    payment_status: SessionPaymentStatus,
    amount_total: Option<i64>,
    currency: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum SessionPaymentStatus {
    Paid,
    Unpaid,
    NoPaymentRequired,
}

#[derive(Deserialize)]
struct Intent {
    id: TransactionId,
    metadata: Option<StrictObject<Metadata>>,
    amount_received: Option<i64>,
    currency: Option<String>,
}

#[derive(Deserialize)]
struct Dispute {
    id: DisputeId,
    charge: TransactionId,
    /// `None` for a charge that was made without an intent.
    payment_intent: Option<TransactionId>,
    amount: Option<i64>,
    currency: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    order_id: Option<String>,
    hold_id: Option<String>,
}

/// Parses an event.
///
/// A declined card (`payment_intent.payment_failed`) ends an attempt and not the payment: Stripe's page asks for another
/// card at once, on the same intent. Cancelling the order would sell its units to somebody else while the shopper types,
/// and the second card's payment would need a refund. So the order stays pending until the intent succeeds or is
/// cancelled, or until its `pay_by`.
pub(super) fn read(raw: &[u8]) -> Result<ParsedEvent, Rejected> {
    let StrictObject(Envelope { id, kind, livemode }) = serde_json::from_slice(raw).map_err(Rejected::Json)?;
    let foreign = |reason| Ok(ParsedEvent::Foreign { event: id.to_string(), reason });
    let claim = match kind.as_str() {
        "checkout.session.completed" => session(raw, None)?,
        "checkout.session.async_payment_succeeded" => session(raw, Some(PaymentStatus::Success))?,
        "checkout.session.async_payment_failed" | "checkout.session.expired" => {
            session(raw, Some(PaymentStatus::Failure))?
        }
        "payment_intent.succeeded" => intent(raw, PaymentStatus::Success)?,
        "payment_intent.payment_failed" => intent(raw, PaymentStatus::Processing)?,
        "payment_intent.canceled" => intent(raw, PaymentStatus::Failure)?,
        "charge.dispute.created" => dispute(raw, PaymentStatus::DisputeOpened)?,
        "charge.dispute.closed" => dispute(raw, PaymentStatus::DisputeClosed)?,
        other => return foreign(format!("not a payment event: {:?}", truncated(other))),
    };
    let Claim { about, transaction_id, status, dispute_id, amount, currency } = match claim {
        Ok(claim) => claim,
        Err(reason) => return foreign(format!("{kind} {reason}")),
    };
    // A success must report its amount; otherwise any payment would pay for any order.
    let reported = match status {
        PaymentStatus::Success => reported(amount, currency)?,
        _ if status.is_dispute() => reported(amount, currency).unwrap_or_default(),
        _ => ReportedAmount::default(),
    };
    let test_mode = livemode == Some(false);
    Ok(ParsedEvent::Payment(Event { key: id, test_mode, about, transaction_id, status, dispute_id, reported }))
}

/// The parts of a session or an intent that identify and describe a payment.
struct Claim {
    about: About,
    transaction_id: TransactionId,
    status: PaymentStatus,
    dispute_id: Option<DisputeId>,
    amount: Option<i64>,
    currency: Option<String>,
}

/// A claim, or why it does not concern this shop.
type Claimed = Result<Claim, &'static str>;

fn session(raw: &[u8], reported: Option<PaymentStatus>) -> Result<Claimed, Rejected> {
    use SessionPaymentStatus::{NoPaymentRequired, Paid, Unpaid};

    let session: Session = object(raw)?;
    let status = match (reported, session.payment_status, session.amount_total) {
        (Some(reported), ..) => reported,
        (None, Unpaid, _) => PaymentStatus::Processing,
        (None, NoPaymentRequired, None) => return Ok(Err("moves no money")),
        // A free session reports an amount of zero, which is then compared with the order's.
        (None, Paid | NoPaymentRequired, _) => PaymentStatus::Success,
    };
    let Some(about) = about(session.metadata.as_ref().map(|StrictObject(m)| m), session.client_reference_id.as_deref())
    else {
        return Ok(Err("names no order or hold of this shop in metadata or client_reference_id"));
    };
    let transaction_id = session.payment_intent.unwrap_or(session.id);
    let Session { amount_total: amount, currency, .. } = session;
    Ok(Ok(Claim { about, transaction_id, status, dispute_id: None, amount, currency }))
}

fn intent(raw: &[u8], status: PaymentStatus) -> Result<Claimed, Rejected> {
    let Intent { id, metadata, amount_received, currency } = object(raw)?;
    let Some(about) = about(metadata.as_ref().map(|StrictObject(m)| m), None) else {
        return Ok(Err("names no order or hold of this shop in metadata"));
    };
    Ok(Ok(Claim { about, transaction_id: id, status, dispute_id: None, amount: amount_received, currency }))
}

fn dispute(raw: &[u8], status: PaymentStatus) -> Result<Claimed, Rejected> {
    let Dispute { id, charge, payment_intent, amount, currency } = object(raw)?;
    let transaction_id = payment_intent.unwrap_or(charge);
    Ok(Ok(Claim { about: About::Transaction, transaction_id, status, dispute_id: Some(id), amount, currency }))
}

fn object<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Rejected> {
    let StrictObject(Carrying { data: StrictObject(Data { object: StrictObject(object) }) }) =
        serde_json::from_slice(raw).map_err(Rejected::Json)?;
    Ok(object)
}

/// Returns the reference. A typed one takes precedence.
fn about(metadata: Option<&Metadata>, client_reference_id: Option<&str>) -> Option<About> {
    let order = metadata.and_then(|m| own_id(m.order_id.as_deref()?)).map(|id| Reference::Order(OrderId(id)));
    let hold = || metadata.and_then(|m| own_id(m.hold_id.as_deref()?)).map(|id| Reference::Hold(HoldId(id)));
    let untyped = || client_reference_id.and_then(own_id).map(About::Untyped);
    order.or_else(hold).map(About::Known).or_else(untyped)
}

/// Parses an id that this shop may have made: all of them are UUIDs of version 7.
fn own_id(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|id: &Uuid| id.get_version_num() == 7)
}

fn reported(amount: Option<i64>, currency: Option<String>) -> Result<ReportedAmount, Rejected> {
    let unreadable = Rejected::Unreadable("A successful payment needs an amount and a currency, in whole minor units.");
    let currency = currency.and_then(|code| code.to_ascii_uppercase().parse::<Currency>().ok());
    let amount = amount.zip(currency).and_then(|(amount, currency)| money::minor(amount, currency));
    if amount.is_none() { Err(unreadable) } else { Ok(ReportedAmount { amount, currency }) }
}

fn truncated(name: &str) -> String {
    name.chars().take(MAX_LOGGED_TYPE_LENGTH).collect()
}

impl Event {
    /// Converts it to the event that all schemes share. Returns a foreign event for a dispute of a transaction that this shop
    /// does not know.
    pub(super) async fn delivery(self, checkout: &Checkout) -> Result<Message, Rejected> {
        let reference = match self.about {
            About::Known(reference) => reference,
            About::Transaction => {
                let Some(reference) = checkout.reference_of(&self.transaction_id).await? else {
                    let reason = "a dispute of a payment that this shop has not recorded".to_owned();
                    return Ok(Message::Foreign { event: self.key.into(), reason });
                };
                reference
            }
            // Ids are unique across holds and orders.
            About::Untyped(id) if checkout.has_hold(HoldId(id)).await? => Reference::Hold(HoldId(id)),
            About::Untyped(id) => Reference::Order(OrderId(id)),
        };
        let fingerprint = self.fingerprint();
        let Self { key, transaction_id, status, dispute_id, reported, .. } = self;
        Ok(Message::Payment(PaymentEvent {
            key,
            fingerprint,
            reference,
            transaction_id,
            status,
            dispute_id,
            reported,
            payload: None,
        }))
    }

    /// Hashes the meaning and not the bytes: a repeated event may have another number of `pending_webhooks`, or a newer API
    /// version.
    fn fingerprint(&self) -> [u8; 32] {
        let id = match self.about {
            About::Known(Reference::Order(OrderId(id)) | Reference::Hold(HoldId(id))) | About::Untyped(id) => id,
            About::Transaction => Uuid::nil(),
        };
        let amount = self.reported.amount.map(i64::to_be_bytes).unwrap_or_default();
        let currency = self.reported.currency.as_ref().map_or("", Currency::as_str);
        let mut hash = Sha256::new();
        for part in
            [id.as_bytes(), self.transaction_id.as_str().as_bytes(), b"\n", self.status.name().as_bytes(), b"\n"]
        {
            hash.update(part);
        }
        hash.update(amount);
        hash.update(currency);
        if let Some(dispute) = &self.dispute_id {
            hash.update(b"\n");
            hash.update(dispute.as_str());
        }
        hash.finalize().into()
    }
}
