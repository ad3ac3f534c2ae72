//! Errors of forms. A failed form redirects back to its page with an error code and numbers in the query. The page makes
//! the message from them, so a crafted URL cannot show a message of its own.

use crate::{
    messages::{self, Notice},
    shop::session,
};
use checkout::{
    Error,
    model::{Product, Refusal, SalePhase, Timestamp},
};
use http::StatusCode;
use leptos_router::params::ParamsMap;
use std::fmt::Write as _;

/// Reason why a form failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormError {
    Refused(Refusal),
    Busy,
    /// The request may have taken effect or not (P9).
    OutcomeUnknown,
    Internal,
    InvalidQuantity,
    InvalidForm,
    /// The shop did not accept the sandbox's webhook.
    TestPaymentNotDelivered,
    /// The shop has no payment provider.
    NoPaymentProvider,
    /// The payment provider is slow or does not respond.
    PaymentBusy,
    /// The payment provider refused to make a payment page.
    PaymentRefused,
    /// The shopper has paid, and the money is on its way.
    PaymentProcessing,
}

impl From<Error> for FormError {
    fn from(error: Error) -> Self {
        match error {
            // The same form is being processed: a retry with its key returns the outcome.
            Error::Refused(Refusal::InProgress) | Error::OutcomeUnknown => Self::OutcomeUnknown,
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Busy { .. } => Self::Busy,
            Error::Internal => Self::Internal,
        }
    }
}

impl FormError {
    /// A session that cannot be read or written.
    pub(crate) fn from_session(error: &tower_sessions::session::Error) -> Self {
        tracing::error!(%error, "cannot read or write the session");
        if session::is_store_unavailable(error) { Self::Busy } else { Self::Internal }
    }

    /// The status of a page that answers with this error.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) | Self::NoPaymentProvider | Self::PaymentProcessing => StatusCode::CONFLICT,
            Self::Busy | Self::OutcomeUnknown | Self::PaymentBusy => StatusCode::SERVICE_UNAVAILABLE,
            Self::PaymentRefused => StatusCode::BAD_GATEWAY,
            Self::Internal | Self::TestPaymentNotDelivered => StatusCode::INTERNAL_SERVER_ERROR,
            Self::InvalidQuantity | Self::InvalidForm => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => match refusal {
                Refusal::SoldOut { .. } => "sold-out",
                Refusal::SaleNotStarted { .. } => "not-open",
                Refusal::SaleEnded { .. } => "ended",
                Refusal::SalePaused => "paused",
                Refusal::LimitReached { .. } => "limit",
                Refusal::NoExtension => "no-extension",
                Refusal::OrderPaid => "paid",
                Refusal::KeyReused => "key",
                _ => "fault",
            },
            Self::Busy => "busy",
            Self::OutcomeUnknown => "unknown",
            Self::Internal => "fault",
            Self::InvalidQuantity => "quantity",
            Self::InvalidForm => "form",
            Self::TestPaymentNotDelivered => "undelivered",
            Self::NoPaymentProvider => "no-provider",
            Self::PaymentBusy => "provider-busy",
            Self::PaymentRefused => "provider-refused",
            Self::PaymentProcessing => "processing",
        }
    }

    /// Returns the URL of `page` with this error in its query.
    pub(crate) fn add_to_url(&self, page: &str) -> String {
        let mut url = format!("{page}?no={}", self.code());
        if let Self::Refused(Refusal::LimitReached { taken, .. }) = self {
            // Writing to a String cannot fail.
            let _ = write!(url, "&taken={taken}");
        }
        url
    }

    /// Reads the error from a query. All facts beyond the code and its numbers come from the product as it is now.
    pub(crate) fn from_query(query: &ParamsMap, product: &Product, now: Timestamp) -> Option<Self> {
        let refused = |refusal| Some(Self::Refused(refusal));
        match query.get("no")?.as_str() {
            "sold-out" => refused(Refusal::SoldOut {
                available: product.stock.available,
                may_return: product.stock.held + product.stock.pending,
            }),
            "not-open" => match product.phase(now) {
                SalePhase::Upcoming(starts_at) => refused(Refusal::SaleNotStarted { starts_at }),
                _ => None,
            },
            "ended" => match product.phase(now) {
                SalePhase::Ended(ended_at) => refused(Refusal::SaleEnded { ended_at }),
                _ => None,
            },
            "paused" => (product.phase(now) == SalePhase::Paused).then_some(Self::Refused(Refusal::SalePaused)),
            "limit" => {
                let limit = product.per_shopper_limit?;
                let taken = query_number(query, "taken").unwrap_or(limit).min(limit);
                refused(Refusal::LimitReached { limit, taken })
            }
            "no-extension" => refused(Refusal::NoExtension),
            "paid" => refused(Refusal::OrderPaid),
            "key" => refused(Refusal::KeyReused),
            "busy" => Some(Self::Busy),
            "unknown" => Some(Self::OutcomeUnknown),
            "fault" => Some(Self::Internal),
            "quantity" => Some(Self::InvalidQuantity),
            "form" => Some(Self::InvalidForm),
            "undelivered" => Some(Self::TestPaymentNotDelivered),
            "no-provider" => Some(Self::NoPaymentProvider),
            "provider-busy" => Some(Self::PaymentBusy),
            "provider-refused" => Some(Self::PaymentRefused),
            "processing" => Some(Self::PaymentProcessing),
            _ => None,
        }
    }

    /// Returns the message for the shopper.
    pub(crate) fn notice(&self) -> Notice {
        match self {
            Self::Refused(refusal) => messages::refusal(refusal),
            Self::Busy => messages::busy(),
            Self::OutcomeUnknown => messages::outcome_unknown(),
            Self::Internal => messages::internal_error(),
            Self::InvalidQuantity => messages::invalid_quantity(),
            Self::InvalidForm => messages::invalid_form(),
            Self::TestPaymentNotDelivered => messages::test_payment_not_delivered(),
            Self::NoPaymentProvider => messages::no_payment_provider(),
            Self::PaymentBusy => messages::payment_busy(),
            Self::PaymentRefused => messages::payment_refused(),
            Self::PaymentProcessing => messages::payment_processing(),
        }
    }
}

/// Reads a number from the query.
pub(crate) fn query_number(query: &ParamsMap, name: &str) -> Option<u32> {
    query.get(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{ProductDraft, ProductStatus};

    fn product(limit: u32) -> Product {
        let price = checkout::model::Money::parse("19.99", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("lamp".parse().unwrap(), "Lamp", price, 10);
        let draft = ProductDraft { per_shopper_limit: Some(limit), ..draft };
        draft.check(uuid::Uuid::nil().into(), Timestamp::default()).unwrap()
    }

    fn read(url: &str, product: &Product) -> Option<FormError> {
        let (_, query) = url.split_once('?').unwrap();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        FormError::from_query(&query, product, Timestamp::default())
    }

    #[test]
    fn errors_round_trip_through_a_url() {
        let product = product(3);
        let all = [
            FormError::Refused(Refusal::SoldOut { available: 10, may_return: 0 }),
            FormError::Refused(Refusal::LimitReached { limit: 3, taken: 2 }),
            FormError::Refused(Refusal::NoExtension),
            FormError::Refused(Refusal::OrderPaid),
            FormError::Refused(Refusal::KeyReused),
            FormError::Busy,
            FormError::OutcomeUnknown,
            FormError::Internal,
            FormError::InvalidQuantity,
            FormError::InvalidForm,
            FormError::TestPaymentNotDelivered,
            FormError::NoPaymentProvider,
            FormError::PaymentBusy,
            FormError::PaymentRefused,
            FormError::PaymentProcessing,
        ];
        for error in all {
            assert_eq!(read(&error.add_to_url("/x"), &product), Some(error));
        }
        let paused = FormError::Refused(Refusal::SalePaused);
        let product = Product { status: ProductStatus::Paused, ..product };
        assert_eq!(read(&paused.add_to_url("/x"), &product), Some(paused));
    }

    #[test]
    fn false_claims_in_a_url_show_no_message() {
        let product = product(3);
        assert_eq!(read("/x?no=not-open", &product), None);
        assert_eq!(read("/x?no=paused", &product), None);
        assert_eq!(read("/x?no=<script>", &product), None);
        let exaggerated = read("/x?no=limit&taken=4000000000", &product);
        assert_eq!(exaggerated, Some(FormError::Refused(Refusal::LimitReached { limit: 3, taken: 3 })));
    }
}
