//! Reads Stripe's events, from a webhook or from the list of events.
//!
//! | event | here |
//! |---|---|
//! | `checkout.session.completed`, paid | success; the page is paid |
//! | `checkout.session.completed`, unpaid | processing: the bank takes its time |
//! | `checkout.session.async_payment_succeeded`, `payment_intent.succeeded` | success |
//! | `checkout.session.async_payment_failed`, `checkout.session.expired`, `payment_intent.canceled` | failure; processing if made for an attempt of this shop: see `failure` |
//! | `payment_intent.payment_failed` | processing: see [`read`] |
//! | `charge.dispute.created` | dispute opened |
//! | `charge.dispute.closed` | dispute closed, whoever won it |
//! | `charge.dispute.updated`, `.funds_withdrawn`, `.funds_reinstated` | ignored: they change nothing for the order |
//! | `refund.created`, `refund.updated`, `refund.failed` | the refund with its state |
//! | `charge.refunded`, `charge.refund.updated` | the refunds of the transaction have changed |
//!
//! A session and its payment intent report one payment. Both name it by the intent, so it counts once. Other events, and
//! events that name no order or hold of this shop, belong to another product of the same Stripe account. They are foreign,
//! and are acknowledged, because Stripe disables endpoints that keep rejecting events.
//!
//! A dispute names no order, only its payment intent. It belongs to this shop if the shop has recorded a payment of that intent.
//! The same holds for refunds.
//!
//! Events of a connected account (Connect) have the field `account`. They are foreign unless that account is in the settings:
//! anybody with an account on the same platform could otherwise name an order of this shop.

use super::{
    money,
    object::{
        Carrying, Charge, Data, Dispute, Envelope, Intent, Metadata, RefundObject, Session, SessionPaymentStatus,
    },
};
use crate::{
    provider::{About, EventError, Notice, PaymentNotice, SessionState},
    strict_object::StrictObject,
};
use checkout::model::{
    AttemptId, Currency, DisputeId, EventKey, HoldId, PaymentStatus, Reference, ReportedAmount, SessionId,
    TransactionId,
};
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

/// The types of the events that tell something, as they are asked for in the list of events.
pub(super) const TYPES: [&str; 14] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.dispute.created",
    "charge.dispute.closed",
    "charge.refunded",
    "charge.refund.updated",
    "refund.created",
    "refund.updated",
    "refund.failed",
];

/// Longest event type in a log line, in characters.
const MAX_LOGGED_TYPE_LENGTH: usize = 80;

/// Reads an event. `account` is the connected account whose events count.
///
/// `payment_intent.payment_failed` is not a failure: the intent lives on, and the shopper may try another card, so the order
/// stays pending until the intent succeeds or is cancelled, or until its `pay_by`.
///
/// # Errors
///
/// The event is not JSON of Stripe's shape, or a successful payment has no amount.
pub fn read(raw: &[u8], account: Option<&str>) -> Result<Notice, EventError> {
    let StrictObject(envelope): StrictObject<Envelope> = serde_json::from_slice(raw)?;
    let foreign = |reason: String| Ok(Notice::Foreign { event: envelope.id.to_string(), reason });
    if envelope.account.is_some() && envelope.account.as_deref() != account {
        return foreign("belongs to another account of the platform".to_owned());
    }
    let claim = match envelope.kind.as_str() {
        "checkout.session.completed" => session(raw, SessionEvent::Completed)?,
        "checkout.session.async_payment_succeeded" => session(raw, SessionEvent::Paid)?,
        "checkout.session.async_payment_failed" | "checkout.session.expired" => session(raw, SessionEvent::Ended)?,
        "payment_intent.succeeded" => intent(raw, PaymentStatus::Success)?,
        "payment_intent.payment_failed" => intent(raw, PaymentStatus::Processing)?,
        "payment_intent.canceled" => intent(raw, PaymentStatus::Failure)?,
        "charge.dispute.created" => dispute(raw, PaymentStatus::DisputeOpened)?,
        "charge.dispute.closed" => dispute(raw, PaymentStatus::DisputeClosed)?,
        "refund.created" | "refund.updated" | "refund.failed" => return refund(raw, envelope),
        "charge.refunded" => {
            let Charge { id, payment_intent } = object(raw)?;
            return Ok(refunds_changed(envelope, payment_intent.unwrap_or(id)));
        }
        "charge.refund.updated" => {
            let refund: RefundObject = object(raw)?;
            let Some(transaction) = refund.transaction() else { return foreign("returns no payment".to_owned()) };
            return Ok(refunds_changed(envelope, transaction));
        }
        "charge.dispute.updated" | "charge.dispute.funds_withdrawn" | "charge.dispute.funds_reinstated" => {
            return foreign(format!("{} changes nothing for the order", envelope.kind));
        }
        other => return foreign(format!("not a payment event: {:?}", truncated(other))),
    };
    match claim {
        Ok(claim) => claim.notice(envelope).map(Notice::Payment),
        Err(reason) => foreign(format!("{} {reason}", envelope.kind)),
    }
}

/// Returns the id of an event, also of one that cannot be used, for the log.
pub fn id_of(raw: &[u8]) -> Option<EventKey> {
    /// The frame of an event, of which nothing but the id need be right.
    #[derive(Deserialize)]
    struct Identified {
        id: EventKey,
    }

    serde_json::from_slice(raw).ok().map(|StrictObject(Identified { id })| id)
}

/// The parts of a session, an intent or a dispute that identify and describe a payment.
struct Claim {
    about: About,
    transaction: TransactionId,
    status: PaymentStatus,
    dispute: Option<DisputeId>,
    amount: Option<i64>,
    currency: Option<String>,
    session: Option<(SessionId, SessionState)>,
    attempt: Option<AttemptId>,
}

/// A claim, or why it does not concern this shop.
type Claimed = Result<Claim, &'static str>;

/// Kind of an event about a session.
#[derive(Clone, Copy)]
enum SessionEvent {
    /// The shopper has finished it; its payment status tells more.
    Completed,
    /// The money has arrived.
    Paid,
    /// It ended without a payment.
    Ended,
}

fn session(raw: &[u8], event: SessionEvent) -> Result<Claimed, EventError> {
    use SessionPaymentStatus::{NoPaymentRequired, Paid, Unpaid};

    let session: Session = object(raw)?;
    let metadata = session.metadata.as_ref().map(|StrictObject(metadata)| metadata);
    let attempt = metadata.and_then(Metadata::attempt);
    let (status, state) = match (event, session.payment_status, session.amount_total) {
        (SessionEvent::Ended, ..) => (failure(attempt), SessionState::Expired),
        (SessionEvent::Completed, Unpaid, _) => (PaymentStatus::Processing, SessionState::Processing),
        (SessionEvent::Completed, NoPaymentRequired, None) => return Ok(Err("moves no money")),
        // A free session reports an amount of zero, which is then compared with the order's.
        (SessionEvent::Paid, ..) | (SessionEvent::Completed, Paid | NoPaymentRequired, _) => {
            (PaymentStatus::Success, SessionState::Paid)
        }
    };
    let Some(about) = about(metadata, session.client_reference_id.as_deref()) else {
        return Ok(Err("names no order or hold of this shop in metadata or client_reference_id"));
    };
    let Session { id, payment_intent, amount_total: amount, currency, .. } = session;
    let page =
        SessionId::try_from(id.as_str().to_owned()).map_err(|_| EventError::Unreadable("A session needs an id."))?;
    let transaction = payment_intent.unwrap_or(id);
    let session = Some((page, state));
    Ok(Ok(Claim { about, transaction, status, dispute: None, amount, currency, session, attempt }))
}

fn intent(raw: &[u8], status: PaymentStatus) -> Result<Claimed, EventError> {
    let Intent { id, metadata, amount_received, currency } = object(raw)?;
    let metadata = metadata.as_ref().map(|StrictObject(metadata)| metadata);
    let Some(about) = about(metadata, None) else {
        return Ok(Err("names no order or hold of this shop in metadata"));
    };
    let attempt = metadata.and_then(Metadata::attempt);
    let status = if status == PaymentStatus::Failure { failure(attempt) } else { status };
    let (amount, session) = (amount_received, None);
    Ok(Ok(Claim { about, transaction: id, status, dispute: None, amount, currency, session, attempt }))
}

fn dispute(raw: &[u8], status: PaymentStatus) -> Result<Claimed, EventError> {
    let Dispute { id, charge, payment_intent, amount, currency } = object(raw)?;
    let transaction = payment_intent.unwrap_or(charge);
    let (dispute, session, attempt) = (Some(id), None, None);
    Ok(Ok(Claim { about: About::Transaction, transaction, status, dispute, amount, currency, session, attempt }))
}

/// The status of a payment that will not arrive. An attempt of this shop may end before its order does: the shopper can open
/// another page until `pay_by`. A session that the shop made elsewhere is the only one of its order, and ends it.
fn failure(attempt: Option<AttemptId>) -> PaymentStatus {
    if attempt.is_some() { PaymentStatus::Processing } else { PaymentStatus::Failure }
}

fn refund(raw: &[u8], envelope: Envelope) -> Result<Notice, EventError> {
    let refund: RefundObject = object(raw)?;
    let Envelope { id: event, .. } = envelope;
    if refund.transaction().is_none() {
        return Ok(Notice::Foreign { event: event.into(), reason: "returns no payment".to_owned() });
    }
    let unreadable = EventError::Unreadable("A refund needs an amount and a currency, in whole minor units.");
    let refund = refund.report().ok_or(unreadable)?;
    Ok(Notice::Refund { event, refund, test_mode: envelope.livemode == Some(false) })
}

fn refunds_changed(envelope: Envelope, transaction: TransactionId) -> Notice {
    Notice::RefundsChanged { event: envelope.id, transaction, test_mode: envelope.livemode == Some(false) }
}

fn object<T: DeserializeOwned>(raw: &[u8]) -> Result<T, EventError> {
    let StrictObject(Carrying { data: StrictObject(Data { object: StrictObject(object) }) }) =
        serde_json::from_slice(raw)?;
    Ok(object)
}

/// Returns the reference. A typed one takes precedence.
fn about(metadata: Option<&Metadata>, client_reference_id: Option<&str>) -> Option<About> {
    let order = metadata.and_then(Metadata::order).map(Reference::Order);
    let hold = || metadata.and_then(|m| own_id(m.hold_id.as_deref()?)).map(|id| Reference::Hold(HoldId(id)));
    let untyped = || client_reference_id.and_then(own_id).map(About::Untyped);
    order.or_else(hold).map(About::Known).or_else(untyped)
}

/// Parses an id that this shop may have made: all of them are UUIDs of version 7.
pub(super) fn own_id(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|id: &Uuid| id.get_version_num() == 7)
}

fn reported(amount: Option<i64>, currency: Option<String>) -> Result<ReportedAmount, EventError> {
    let unreadable =
        EventError::Unreadable("A successful payment needs an amount and a currency, in whole minor units.");
    let currency = currency.and_then(|code| code.to_ascii_uppercase().parse::<Currency>().ok());
    let amount = amount.zip(currency).and_then(|(amount, currency)| money::minor(amount, currency));
    if amount.is_none() { Err(unreadable) } else { Ok(ReportedAmount { amount, currency }) }
}

fn truncated(name: &str) -> String {
    name.chars().take(MAX_LOGGED_TYPE_LENGTH).collect()
}

impl Claim {
    fn notice(self, envelope: Envelope) -> Result<PaymentNotice, EventError> {
        let Self { about, transaction, status, dispute, amount, currency, session, attempt } = self;
        // A success must report its amount; otherwise any payment would pay for any order.
        let reported = match status {
            PaymentStatus::Success => reported(amount, currency)?,
            _ if status.is_dispute() => reported(amount, currency).unwrap_or_default(),
            _ => ReportedAmount::default(),
        };
        let Envelope { id: event, livemode, .. } = envelope;
        let fingerprint = PaymentNotice::fingerprint(about, &transaction, status, &reported, dispute.as_ref());
        let test_mode = livemode == Some(false);
        Ok(PaymentNotice {
            event,
            fingerprint,
            about,
            transaction,
            status,
            dispute,
            reported,
            session,
            attempt,
            test_mode,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_type_that_is_asked_for_is_read() {
        for kind in TYPES {
            let event = json!({ "id": "evt_1", "type": kind, "data": { "object": {} } }).to_string();
            // The empty object lacks what each of these types needs. A type that is not read would be foreign.
            let read = read(event.as_bytes(), None);
            assert!(matches!(read, Err(EventError::Json(_))), "{kind}: {read:?}");
        }
    }

    #[test]
    fn an_event_that_cannot_be_used_still_has_its_id() {
        let id = |raw: &str| id_of(raw.as_bytes()).map(String::from);
        assert_eq!(id(r#"{"id":"evt_1","type":7,"data":[]}"#).as_deref(), Some("evt_1"));
        for raw in ["", "{", "[]", r#""evt_1""#, r#"{"id":1}"#, r#"{"id":""}"#, r#"{"id":"evt_1\n"}"#] {
            assert_eq!(id(raw), None, "{raw}");
        }
        assert_eq!(id(&format!(r#"{{"id":"{}"}}"#, "e".repeat(256))), None);
    }

    #[test]
    fn the_documentation_lists_the_types_to_select() {
        let document = include_str!("../../../../docs/INTEGRATING.md");
        let (_, rest) = document.split_once("<!-- stripe events -->\n```text\n").unwrap();
        let (list, _) = rest.split_once("\n```").unwrap();
        let (mut listed, mut read): (Vec<_>, _) = (list.lines().collect(), TYPES.to_vec());
        listed.sort_unstable();
        read.sort_unstable();
        assert_eq!(listed, read);
    }
}
