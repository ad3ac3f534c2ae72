//! What Stripe's events say about this shop's orders.
//!
//! | event | here |
//! |---|---|
//! | `checkout.session.completed`, paid | success |
//! | `checkout.session.completed`, unpaid | processing: the bank takes its time |
//! | `checkout.session.async_payment_succeeded`, `payment_intent.succeeded` | success |
//! | `checkout.session.async_payment_failed`, `checkout.session.expired`, `payment_intent.canceled` | failure |
//! | `payment_intent.payment_failed` | processing: see [`read`] |
//!
//! Session and payment intent tell of one payment: both name it by the intent, so it counts once. Everything else, and
//! whatever names no order or hold of ours, belongs to another product of the same Stripe account. It is answered 200:
//! an endpoint that refuses what it is sent is soon sent nothing any more.

use super::money;
use crate::{object::Object, webhooks::Rejected};
use checkout::{
    Checkout, Delivery,
    model::{Currency, Deposit, EventKey, HoldId, OrderId, PaymentStatus, Reference, TransactionId},
};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// How much of a name that Stripe sent the log is told.
const LONGEST_NAME: usize = 80;

/// What an event says.
pub(super) enum Told {
    /// Something about a payment of ours.
    Payment(Event),
    /// Nothing that concerns this shop.
    Foreign {
        /// Its id.
        event: String,
        /// What it is, or lacks.
        why: String,
    },
}

/// An event about a payment of ours.
pub(super) struct Event {
    pub(super) key: EventKey,
    /// No money moves in test mode.
    pub(super) test_mode: bool,
    about: About,
    transaction_id: TransactionId,
    status: PaymentStatus,
    deposit: Deposit,
}

/// What was paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Known(Reference),
    /// An id that does not say what it is the id of.
    Bare(Uuid),
}

// Stripe adds fields as it pleases, so those that are not read here may be anything.

#[derive(Deserialize)]
struct Envelope {
    id: EventKey,
    #[serde(rename = "type")]
    kind: String,
    livemode: Option<bool>,
}

#[derive(Deserialize)]
struct Carrying<T> {
    data: Object<Data<T>>,
}

#[derive(Deserialize)]
struct Data<T> {
    object: Object<T>,
}

#[derive(Deserialize)]
struct Session {
    id: TransactionId,
    client_reference_id: Option<String>,
    metadata: Option<Object<Metadata>>,
    /// None yet, where nobody has tried to pay.
    payment_intent: Option<TransactionId>,
    payment_status: Payment,
    amount_total: Option<i64>,
    currency: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Payment {
    Paid,
    Unpaid,
    NoPaymentRequired,
}

#[derive(Deserialize)]
struct Intent {
    id: TransactionId,
    metadata: Option<Object<Metadata>>,
    amount_received: Option<i64>,
    currency: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    order_id: Option<String>,
    hold_id: Option<String>,
}

/// Reads an event.
///
/// A declined card (`payment_intent.payment_failed`) ends an attempt and not the payment: the page that Stripe shows asks
/// for another card at once, on the same intent. To cancel the order then would give its unit to somebody else, in the
/// middle of a sale, while the shopper types; and the money of the second card would have to go back. So the intent is
/// still under way until it succeeds or is cancelled, and the order until then or until its `pay_by`, whichever is first.
pub(super) fn read(raw: &[u8]) -> Result<Told, Rejected> {
    let Object(Envelope { id, kind, livemode }) = serde_json::from_slice(raw).map_err(Rejected::Json)?;
    let foreign = |why| Ok(Told::Foreign { event: id.to_string(), why });
    let claim = match kind.as_str() {
        "checkout.session.completed" => session(raw, None)?,
        "checkout.session.async_payment_succeeded" => session(raw, Some(PaymentStatus::Success))?,
        "checkout.session.async_payment_failed" | "checkout.session.expired" => {
            session(raw, Some(PaymentStatus::Failure))?
        }
        "payment_intent.succeeded" => intent(raw, PaymentStatus::Success)?,
        "payment_intent.payment_failed" => intent(raw, PaymentStatus::Processing)?,
        "payment_intent.canceled" => intent(raw, PaymentStatus::Failure)?,
        other => return foreign(format!("no event of a payment: {:?}", cut(other))),
    };
    let Claim { about, transaction_id, status, amount, currency } = match claim {
        Ok(claim) => claim,
        Err(why) => return foreign(format!("{kind} {why}")),
    };
    // Only of money that came is it said how much it was; without that, any payment would pay for anything.
    let deposit = if status == PaymentStatus::Success { deposit(amount, currency)? } else { Deposit::default() };
    let test_mode = livemode == Some(false);
    Ok(Told::Payment(Event { key: id, test_mode, about, transaction_id, status, deposit }))
}

/// What a session or an intent says of a payment of ours.
struct Claim {
    about: About,
    transaction_id: TransactionId,
    status: PaymentStatus,
    amount: Option<i64>,
    currency: Option<String>,
}

/// A claim, or why it is none of ours.
type Claimed = Result<Claim, &'static str>;

fn session(raw: &[u8], said: Option<PaymentStatus>) -> Result<Claimed, Rejected> {
    let session: Session = object(raw)?;
    let status = match (said, session.payment_status, session.amount_total) {
        (Some(said), ..) => said,
        (None, Payment::Unpaid, _) => PaymentStatus::Processing,
        (None, Payment::NoPaymentRequired, None) => return Ok(Err("moves no money")),
        // Where nothing is due, nothing is what came; whether that is enough the order says.
        (None, Payment::Paid | Payment::NoPaymentRequired, _) => PaymentStatus::Success,
    };
    let Some(about) = about(session.metadata.as_ref().map(|Object(m)| m), session.client_reference_id.as_deref())
    else {
        return Ok(Err("names no order or hold of this shop in metadata or client_reference_id"));
    };
    let transaction_id = session.payment_intent.unwrap_or(session.id);
    Ok(Ok(Claim { about, transaction_id, status, amount: session.amount_total, currency: session.currency }))
}

fn intent(raw: &[u8], status: PaymentStatus) -> Result<Claimed, Rejected> {
    let Intent { id, metadata, amount_received, currency } = object(raw)?;
    let Some(about) = about(metadata.as_ref().map(|Object(m)| m), None) else {
        return Ok(Err("names no order or hold of this shop in metadata"));
    };
    Ok(Ok(Claim { about, transaction_id: id, status, amount: amount_received, currency }))
}

fn object<T: DeserializeOwned>(raw: &[u8]) -> Result<T, Rejected> {
    let Object(Carrying { data: Object(Data { object: Object(object) }) }) =
        serde_json::from_slice(raw).map_err(Rejected::Json)?;
    Ok(object)
}

/// The reference: what says of itself what it is goes first.
fn about(metadata: Option<&Metadata>, client_reference_id: Option<&str>) -> Option<About> {
    let order = metadata.and_then(|m| ours(m.order_id.as_deref()?)).map(|id| Reference::Order(OrderId(id)));
    let hold = || metadata.and_then(|m| ours(m.hold_id.as_deref()?)).map(|id| Reference::Hold(HoldId(id)));
    let bare = || client_reference_id.and_then(ours).map(About::Bare);
    order.or_else(hold).map(About::Known).or_else(bare)
}

/// An id that this shop may have made: all of them are of version 7. Other shops on the account have ids too.
fn ours(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|id: &Uuid| id.get_version_num() == 7)
}

fn deposit(amount: Option<i64>, currency: Option<String>) -> Result<Deposit, Rejected> {
    let unreadable = Rejected::Unreadable("Money that came needs an amount and a currency: whole minor units.");
    let currency = currency.and_then(|code| code.to_ascii_uppercase().parse::<Currency>().ok());
    let amount = amount.zip(currency).and_then(|(amount, currency)| money::minor(amount, currency));
    if amount.is_none() { Err(unreadable) } else { Ok(Deposit { amount, currency }) }
}

fn cut(name: &str) -> String {
    name.chars().take(LONGEST_NAME).collect()
}

impl Event {
    /// The event as every scheme tells it.
    pub(super) async fn delivery(self, checkout: &Checkout) -> Result<Delivery, Rejected> {
        let reference = match self.about {
            About::Known(reference) => reference,
            // There is no hold and order of one id.
            About::Bare(id) if checkout.has_hold(HoldId(id)).await? => Reference::Hold(HoldId(id)),
            About::Bare(id) => Reference::Order(OrderId(id)),
        };
        let fingerprint = self.fingerprint();
        let Self { key, transaction_id, status, deposit, .. } = self;
        Ok(Delivery { key, fingerprint, reference, transaction_id, status, deposit })
    }

    /// Of what is meant, and not of the bytes: when Stripe sends an event again, the number of its `pending_webhooks` may
    /// be another, and the rest of it of a newer version.
    fn fingerprint(&self) -> [u8; 32] {
        let (About::Known(Reference::Order(OrderId(id)) | Reference::Hold(HoldId(id))) | About::Bare(id)) = self.about;
        let amount = self.deposit.amount.map(i64::to_be_bytes).unwrap_or_default();
        let currency = self.deposit.currency.as_ref().map_or("", Currency::as_str);
        let mut hash = Sha256::new();
        for part in
            [id.as_bytes(), self.transaction_id.as_str().as_bytes(), b"\n", self.status.name().as_bytes(), b"\n"]
        {
            hash.update(part);
        }
        hash.update(amount);
        hash.update(currency);
        hash.finalize().into()
    }
}
