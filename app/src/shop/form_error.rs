//! A "no" on its way from a form to the page it leads back to: a code and numbers in the address, from which the page
//! derives the words anew. No text travels, so no address can put words into the shop's mouth.

use crate::words::{self, Notice};
use checkout::{
    Error,
    model::{Product, Refusal, SalePhase, Timestamp},
};
use leptos_router::params::ParamsMap;
use std::fmt::Write as _;

/// Why a form did not do what it was sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    Refused(Refusal),
    Busy,
    /// It may have been done or not (P9).
    Unknown,
    Fault,
    Quantity,
    Form,
    /// The sandbox got no good answer.
    Undelivered,
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => Self::Refused(refusal),
            Error::Busy { .. } => Self::Busy,
            Error::OutcomeUnknown => Self::Unknown,
            Error::Internal => Self::Fault,
        }
    }
}

impl Trouble {
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => match refusal {
                Refusal::SoldOut { .. } => "sold-out",
                Refusal::SaleNotStarted { .. } => "not-open",
                Refusal::SaleEnded { .. } => "ended",
                Refusal::LimitReached { .. } => "limit",
                Refusal::NoExtension => "no-extension",
                Refusal::OrderPaid => "paid",
                Refusal::KeyReused => "key",
                _ => "fault",
            },
            Self::Busy => "busy",
            Self::Unknown => "unknown",
            Self::Fault => "fault",
            Self::Quantity => "quantity",
            Self::Form => "form",
            Self::Undelivered => "undelivered",
        }
    }

    /// The address of `page`, with this trouble to tell there.
    pub(crate) fn at(&self, page: &str) -> String {
        let mut address = format!("{page}?no={}", self.code());
        if let Self::Refused(Refusal::LimitReached { taken, .. }) = self {
            // Writing to a String cannot fail.
            let _ = write!(address, "&taken={taken}");
        }
        address
    }

    /// The trouble that an address tells, with everything but its code and numbers as the product has it now.
    pub(crate) fn told(query: &ParamsMap, product: &Product, now: Timestamp) -> Option<Self> {
        let refused = |refusal| Some(Self::Refused(refusal));
        match query.get("no")?.as_str() {
            "sold-out" => refused(Refusal::SoldOut {
                available: product.stock.available,
                may_return: product.stock.held + product.stock.pending,
            }),
            "not-open" => match product.window.at(now) {
                SalePhase::Upcoming(starts_at) => refused(Refusal::SaleNotStarted { starts_at }),
                _ => None,
            },
            "ended" => match product.window.at(now) {
                SalePhase::Ended(ended_at) => refused(Refusal::SaleEnded { ended_at }),
                _ => None,
            },
            "limit" => {
                let limit = product.per_shopper_limit?;
                let taken = number(query, "taken").unwrap_or(limit).min(limit);
                refused(Refusal::LimitReached { limit, taken })
            }
            "no-extension" => refused(Refusal::NoExtension),
            "paid" => refused(Refusal::OrderPaid),
            "key" => refused(Refusal::KeyReused),
            "busy" => Some(Self::Busy),
            "unknown" => Some(Self::Unknown),
            "fault" => Some(Self::Fault),
            "quantity" => Some(Self::Quantity),
            "form" => Some(Self::Form),
            "undelivered" => Some(Self::Undelivered),
            _ => None,
        }
    }

    /// In words.
    pub(crate) fn words(&self) -> Notice {
        match self {
            Self::Refused(refusal) => words::refusal(refusal),
            Self::Busy => words::busy(),
            Self::Unknown => words::unknown(),
            Self::Fault => words::fault(),
            Self::Quantity => words::bad_quantity(),
            Self::Form => words::bad_form(),
            Self::Undelivered => words::undelivered(),
        }
    }
}

/// A small number in the address.
pub(crate) fn number(query: &ParamsMap, name: &str) -> Option<u32> {
    query.get(name)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::ProductDraft;

    fn product(limit: u32) -> Product {
        let price = checkout::model::Money::parse("19.99", "USD".parse().unwrap()).unwrap();
        let draft = ProductDraft::new("lamp".parse().unwrap(), "Lamp", price, 10);
        let draft = ProductDraft { per_shopper_limit: Some(limit), ..draft };
        draft.check(uuid::Uuid::nil().into(), Timestamp::default()).unwrap()
    }

    fn read(address: &str, product: &Product) -> Option<Trouble> {
        let (_, query) = address.split_once('?').unwrap();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let query = pairs.map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        Trouble::told(&query, product, Timestamp::default())
    }

    #[test]
    fn troubles_travel_there_and_arrive() {
        let product = product(3);
        let all = [
            Trouble::Refused(Refusal::SoldOut { available: 10, may_return: 0 }),
            Trouble::Refused(Refusal::LimitReached { limit: 3, taken: 2 }),
            Trouble::Refused(Refusal::NoExtension),
            Trouble::Refused(Refusal::OrderPaid),
            Trouble::Refused(Refusal::KeyReused),
            Trouble::Busy,
            Trouble::Unknown,
            Trouble::Fault,
            Trouble::Quantity,
            Trouble::Form,
            Trouble::Undelivered,
        ];
        for trouble in all {
            assert_eq!(read(&trouble.at("/x"), &product), Some(trouble));
        }
    }

    #[test]
    fn what_is_not_so_is_not_told() {
        let product = product(3);
        assert_eq!(read("/x?no=not-open", &product), None);
        assert_eq!(read("/x?no=<script>", &product), None);
        let boast = read("/x?no=limit&taken=4000000000", &product);
        assert_eq!(boast, Some(Trouble::Refused(Refusal::LimitReached { limit: 3, taken: 3 })));
    }
}
