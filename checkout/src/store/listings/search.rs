//! Searches for orders, payments and refunds by a text that an operator types. Each search compares whole values, so that an
//! index finds them.

use crate::model::{EmailAddress, EventKey, OrderNumber, RefundReference, Shopper, TransactionId};
use uuid::Uuid;

/// A search for orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderSearch {
    /// The order with this number.
    Number(OrderNumber),
    /// The order with this id, or of the hold with this id.
    Id(Uuid),
    /// Orders that a transaction's events are about, whatever their outcome.
    Transaction(TransactionId),
    /// The orders of this shopper.
    Shopper(Shopper),
    /// The orders whose contact has this address.
    Email(EmailAddress),
    /// Orders that match one of these. None match an empty list.
    Any(Vec<Self>),
}

/// A search for payment events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentSearch {
    /// The event with this id, or the events of the order or hold with this id.
    Id(Uuid),
    /// The events of the order with this number.
    Number(OrderNumber),
    /// The provider's key of the event, or its transaction.
    Text(String),
    /// Events that match one of these. None match an empty list.
    Any(Vec<Self>),
}

/// A search for refunds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundSearch {
    /// The refund with this id, or the refunds of the order with this id.
    Id(Uuid),
    /// The refunds of the order with this number.
    Number(OrderNumber),
    /// The provider's transaction, or the provider's id of the refund.
    Text(String),
    /// Refunds that match one of these. None match an empty list.
    Any(Vec<Self>),
}

/// Returns the order number that a text with the prefix is, which can then be nothing else.
fn number_with_prefix(text: &str) -> Option<OrderNumber> {
    let has_prefix = text.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("HF-"));
    text.parse().ok().filter(|_| has_prefix)
}

/// Returns the only search of a list, or a search for one of them.
fn one_or_any<T>(mut searches: Vec<T>, any: impl FnOnce(Vec<T>) -> T) -> T {
    match searches.pop() {
        Some(only) if searches.is_empty() => only,
        Some(last) => {
            searches.push(last);
            any(searches)
        }
        None => any(searches),
    }
}

impl OrderSearch {
    /// Returns a search for all that the text may be, or `None` if the text is blank.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(number) = number_with_prefix(text) {
            return Some(Self::Number(number));
        }
        let searches = [
            text.parse().ok().map(Self::Number),
            Uuid::try_parse(text).ok().map(Self::Id),
            TransactionId::try_from(text.to_owned()).ok().map(Self::Transaction),
            Shopper::try_from(text.to_owned()).ok().map(Self::Shopper),
            text.parse().ok().map(Self::Email),
        ];
        (!text.is_empty()).then(|| one_or_any(searches.into_iter().flatten().collect(), Self::Any))
    }
}

impl PaymentSearch {
    /// Returns a search for all that the text may be, or `None` if the text is blank.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(number) = number_with_prefix(text) {
            return Some(Self::Number(number));
        }
        let key = EventKey::try_from(text.to_owned()).ok();
        let searches = [
            text.parse().ok().map(Self::Number),
            Uuid::try_parse(text).ok().map(Self::Id),
            key.map(|key| Self::Text(key.into())),
        ];
        (!text.is_empty()).then(|| one_or_any(searches.into_iter().flatten().collect(), Self::Any))
    }
}

impl RefundSearch {
    /// Returns a search for all that the text may be, or `None` if the text is blank.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(number) = number_with_prefix(text) {
            return Some(Self::Number(number));
        }
        let reference = RefundReference::try_from(text.to_owned()).ok();
        let searches = [
            text.parse().ok().map(Self::Number),
            Uuid::try_parse(text).ok().map(Self::Id),
            reference.map(|reference| Self::Text(reference.into())),
        ];
        (!text.is_empty()).then(|| one_or_any(searches.into_iter().flatten().collect(), Self::Any))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_searched_as_all_that_it_may_be() {
        let number: OrderNumber = "HF-7K3Q-9M2D".parse().unwrap();
        let transaction = |text: &str| OrderSearch::Transaction(text.to_owned().try_into().unwrap());
        let shopper = |text: &str| OrderSearch::Shopper(text.to_owned().try_into().unwrap());
        assert_eq!(OrderSearch::parse(" hf-7k3q-9m2d\n"), Some(OrderSearch::Number(number)));
        let any = OrderSearch::Any(vec![OrderSearch::Number(number), transaction("7K3Q9M2D"), shopper("7K3Q9M2D")]);
        assert_eq!(OrderSearch::parse("7K3Q9M2D"), Some(any));
        assert_eq!(OrderSearch::parse("Ada Lovelace"), Some(shopper("Ada Lovelace")));
        let email = OrderSearch::Email("ada@example.com".parse().unwrap());
        let any = OrderSearch::Any(vec![transaction("Ada@example.com"), shopper("Ada@example.com"), email]);
        assert_eq!(OrderSearch::parse("Ada@example.com "), Some(any));
        let id = Uuid::from_u128(7);
        let Some(OrderSearch::Any(all)) = OrderSearch::parse(&id.to_string()) else { panic!("not ambiguous") };
        assert!(all.contains(&OrderSearch::Id(id)) && all.len() == 3, "{all:?}");
        assert_eq!(RefundSearch::parse("re_1"), Some(RefundSearch::Text("re_1".to_owned())));
        assert_eq!(PaymentSearch::parse("hf-7k3q-9m2d"), Some(PaymentSearch::Number(number)));
    }

    #[test]
    fn a_text_that_nothing_can_have_matches_nothing() {
        for text in ["a\0b", &"x".repeat(10_000)] {
            assert_eq!(OrderSearch::parse(text), Some(OrderSearch::Any(Vec::new())));
            assert_eq!(PaymentSearch::parse(text), Some(PaymentSearch::Any(Vec::new())));
            assert_eq!(RefundSearch::parse(text), Some(RefundSearch::Any(Vec::new())));
        }
        for blank in ["", "  ", "\n\t"] {
            assert_eq!(OrderSearch::parse(blank), None);
            assert_eq!(PaymentSearch::parse(blank), None);
            assert_eq!(RefundSearch::parse(blank), None);
        }
    }
}
