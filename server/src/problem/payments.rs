//! Maps payment pages that cannot be opened to HTTP.

use super::{Kind, Problem};
use integrations::payments::OpenError;

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotPayable(status) => {
                let detail = format!("The order does not wait for a payment: it is {}.", status.name());
                Self::new(Kind::OrderNotPayable, detail).with("order_status", status.name())
            }
            OpenError::Processing => {
                Self::new(Kind::PaymentProcessing, "A payment of this order is on its way; do not ask for another one.")
            }
            OpenError::NoProvider => {
                Self::new(Kind::NoPaymentProvider, "This shop has no payment provider that could open a page.")
            }
            OpenError::Refused => {
                Self::new(Kind::PaymentRefused, "The payment provider refused to open a page. Nothing was charged.")
            }
            OpenError::Busy { retry_after } => Self::new(
                Kind::PaymentProviderBusy,
                "Nothing was charged. Send the request again after the seconds in Retry-After.",
            )
            .retry_after(retry_after),
            OpenError::Failed(error) => error.into(),
        }
    }
}
