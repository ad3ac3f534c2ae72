//! An example of each kind of problem, built like the real responses.

use super::{Kind, Problem};
use crate::{
    api::contact,
    backoffice::{receipt::ReceiptError, send_refund::SendRefundError},
    clients::ClientError,
    endpoints::EndpointError,
    pictures::PictureError,
};
use checkout::model::{
    ContactError, ContactField, ContactProblem, OrderId, OrderStatus, ProductError, RefundState, Refusal, Timestamp,
};
use integrations::payments::{OpenError, ReconcileError};
use serde_json::json;
use std::time::Duration;
use uuid::uuid;

/// Returns an example of this kind.
pub fn example(kind: Kind) -> Problem {
    // 2026-11-27T08:00:00Z.
    let at = Timestamp::from_millis(1_795_766_400_000);
    let order_id = OrderId(uuid!("019ac4a0-6f80-7b52-9d1e-6a0c8f2b4e17"));
    match kind {
        Kind::NotFound => Problem::no_route(),
        Kind::MethodNotAllowed => Problem::method_not_allowed(),
        Kind::Busy => Problem::overloaded(),
        Kind::TooManyRequests => Problem::too_many_requests(100, 1, Duration::from_secs(1)),
        Kind::OutcomeUnknown => Problem::unknown_outcome(),
        Kind::Fault => Problem::internal_error_with("5f1c0a9be27d4c36".to_owned()),
        Kind::UnknownProduct => Refusal::UnknownProduct.into(),
        Kind::UnknownHold => Refusal::UnknownHold.into(),
        Kind::UnknownOrder => Refusal::UnknownOrder.into(),
        Kind::SoldOut => Refusal::SoldOut { available: 1, may_return: 7 }.into(),
        Kind::SaleNotOpen => Refusal::SaleNotStarted { starts_at: at }.into(),
        Kind::SalePaused => Refusal::SalePaused.into(),
        Kind::StaleRevision => {
            let changes = json!([{
                "by": "ada@example.com",
                "at": at.to_string(),
                "reason": "the last hour",
                "revision": 4,
                "fields": [{ "name": "per_shopper_limit", "before": 2, "after": 1 }],
            }]);
            Problem::from(Refusal::StaleRevision { seen: 3, current: 4 }).with("changes", changes)
        }
        Kind::InvalidProduct => Refusal::InvalidProduct { error: ProductError::Window }.into(),
        Kind::InvalidContact => contact::invalid(&[
            ContactError { field: ContactField::Email, problem: ContactProblem::Email },
            ContactError { field: ContactField::PostalCode, problem: ContactProblem::Missing },
        ]),
        Kind::ProductInUse => Refusal::ProductInUse { units: 3 }.into(),
        Kind::OrderNotPaid => Refusal::OrderNotPaid.into(),
        Kind::RefundTooLarge => Refusal::RefundTooLarge { left: 250_000 }.into(),
        Kind::AlreadyRestocked => Refusal::AlreadyRestocked { left: 1 }.into(),
        Kind::DisputeOpen => Refusal::DisputeOpen.into(),
        Kind::UnknownPicture => Problem::new(kind, "The product has no picture with this id."),
        Kind::InvalidPicture => PictureError::Damaged.into(),
        Kind::UnknownRefund => Refusal::UnknownRefund.into(),
        Kind::RefundState => Refusal::RefundState { state: RefundState::Sending, attempt: 2 }.into(),
        Kind::UnknownJob => Refusal::UnknownJob.into(),
        Kind::UnknownPayment => Refusal::UnknownPayment.into(),
        Kind::UnknownClient => ClientError::Unknown.into(),
        Kind::ClientRevoked => ClientError::Revoked.into(),
        Kind::ClientChanged => ClientError::Changed.into(),
        Kind::UnknownEndpoint => EndpointError::Unknown.into(),
        Kind::UnknownDelivery => EndpointError::UnknownDelivery.into(),
        Kind::EndpointChanged => EndpointError::Changed.into(),
        Kind::TooManyEndpoints => EndpointError::TooMany.into(),
        Kind::DeliveryNotKept => EndpointError::BodyGone.into(),
        Kind::LimitReached => Refusal::LimitReached { limit: 2, taken: 1 }.into(),
        Kind::HoldUsed => Refusal::HoldUsed { order_id }.into(),
        Kind::NoExtension => Refusal::NoExtension.into(),
        Kind::OrderPaid => Refusal::OrderPaid.into(),
        Kind::NoReceipt => ReceiptError::NotPaid.into(),
        Kind::OrderNotPayable => OpenError::NotPayable(OrderStatus::Cancelled).into(),
        Kind::PaymentProcessing => OpenError::Processing.into(),
        Kind::NoPaymentProvider => OpenError::NoProvider.into(),
        Kind::PaymentRefused => OpenError::Refused.into(),
        Kind::PaymentProviderBusy => OpenError::Busy { retry_after: Duration::from_secs(3) }.into(),
        Kind::RefundNotAtProvider => SendRefundError::NotAtProvider.into(),
        Kind::ReconciliationRunning => ReconcileError::Running.into(),
        Kind::SlugTaken => Refusal::SlugTaken.into(),
        Kind::StockCommitted => Refusal::StockCommitted { committed: 54 }.into(),
        Kind::HoldExpired => Refusal::HoldExpired { expired_at: at }.into(),
        Kind::HoldReleased => Refusal::HoldReleased.into(),
        Kind::KeyInProgress => Problem::in_progress(),
        Kind::KeyReused => Refusal::KeyReused.into(),
        Kind::MalformedJson => {
            Problem::new(kind, "The body is not JSON: EOF while parsing an object at line 1 column 14.")
        }
        Kind::BadQuery => Problem::new(kind, "limit is at most 200."),
        Kind::BadTarget => Problem::new(kind, "Send one Host header, and a path that begins with a slash."),
        Kind::BrokenBody => Problem::new(kind, "Send the request again."),
        Kind::BadIdempotencyKey => {
            Problem::new(kind, "Send one Idempotency-Key of 1 to 255 visible ASCII characters, quoted or bare.")
        }
        Kind::UnreadableEvent => Problem::new(kind, "Send either order_id or hold_id."),
        Kind::UnreadableForm => Problem::new(kind, "Send each field of the form once, as the shop's own page does."),
        Kind::Unauthorized => {
            Problem::new(kind, "The token is expired or was not issued here; get a new one from POST /api/token.")
        }
        Kind::InsufficientScope => {
            Problem::new(kind, "The token lacks the scope checkout; request it at POST /api/token.")
        }
        Kind::BadSignature => {
            Problem::new(kind, "The timestamp is more than 300 seconds from this server's time; sign again.")
        }
        Kind::CrossSite => Problem::new(kind, "This request came from another site; use the shop's own pages."),
        Kind::Timeout => Problem::new(kind, "The body did not arrive within 10 seconds; send it again."),
        Kind::TooLarge => Problem::new(kind, "A body is at most 65536 bytes."),
        Kind::NotJson => Problem::new(kind, "Send JSON, with Content-Type: application/json."),
        Kind::NotPicture => Problem::new(kind, "Send a file with Content-Type: image/png or image/jpeg or image/webp."),
        Kind::InvalidBody => Problem::new(kind, "qty: a quantity is a whole number from 1 to 10000."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::catalogue::Shape;
    use serde_json::Value;
    use std::collections::HashSet;

    const STANDARD: [&str; 4] = ["type", "title", "status", "detail"];

    #[test]
    fn examples_match_the_catalogue() {
        for kind in Kind::ALL {
            let entry = kind.entry();
            let Value::Object(example) = serde_json::to_value(super::example(*kind)).unwrap() else {
                panic!("{kind:?}")
            };
            assert_eq!(example["type"], kind.uri(), "{kind:?}");
            assert_eq!((&example["title"], &example["status"]), (&entry.title.into(), &entry.status.as_u16().into()));
            let required = entry.members.iter().filter(|m| m.required).map(|m| m.name);
            assert!(required.chain(STANDARD).all(|name| example.contains_key(name)), "{kind:?}");
            for (name, value) in example.iter().filter(|(name, _)| !STANDARD.contains(&name.as_str())) {
                let member = entry.members.iter().find(|m| m.name == name).unwrap_or_else(|| panic!("{kind:?} {name}"));
                let fits = match member.shape {
                    Shape::Count => value.is_u64(),
                    Shape::Instant => value.as_str().is_some_and(|text| Timestamp::parse(text).is_ok()),
                    Shape::Id => value.as_str().is_some_and(|text| text.parse::<OrderId>().is_ok()),
                    Shape::Text => value.is_string(),
                    Shape::Edits => {
                        value.as_array().is_some_and(|edits| edits.iter().all(|edit| edit["by"].is_string()))
                    }
                    Shape::Fields => value.as_array().is_some_and(|fields| {
                        fields.iter().all(|field| field["name"].is_string() && field["problem"].is_string())
                    }),
                };
                assert!(fits, "{kind:?} {name} {value}");
            }
        }
    }

    #[test]
    fn slugs_are_unique_and_kinds_are_ordered_by_status() {
        let slugs: HashSet<_> = Kind::ALL.iter().map(|kind| kind.entry().slug).collect();
        assert_eq!(slugs.len(), Kind::ALL.len());
        assert!(Kind::ALL.is_sorted_by_key(|kind| kind.entry().status));
    }
}
