//! The events of payment pages.

use super::{TimelineEvent, TimelineKind};
use checkout::model::{AttemptState, PaymentAttempt};

/// When the page was asked for, and how it ended.
pub(super) fn events(attempt: &PaymentAttempt) -> impl Iterator<Item = TimelineEvent> + use<> {
    let page = attempt.session.as_ref().map(|session| format!(", page {}", session.as_str()));
    let detail = format!("{}{}", attempt.provider.name(), page.unwrap_or_default());
    let asked = TimelineEvent::new(attempt.created_at, TimelineKind::Payment, "Payment page requested", detail.clone());
    let ended = match attempt.state {
        AttemptState::Opening | AttemptState::Open => None,
        AttemptState::Completed => Some("Payment page completed"),
        AttemptState::Closed => Some("Payment page closed"),
        AttemptState::Failed => Some("Payment page refused by the provider"),
    };
    let ended = ended.map(|title| TimelineEvent::new(attempt.updated_at, TimelineKind::Payment, title, detail));
    std::iter::once(asked).chain(ended)
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{ProviderName, Timestamp};
    use uuid::Uuid;

    #[test]
    fn a_page_was_requested_and_ended_in_its_state() {
        let attempt = |state| PaymentAttempt {
            id: Uuid::from_u128(1).into(),
            order_id: Uuid::from_u128(2).into(),
            provider: ProviderName::Stripe,
            state,
            session: Some("cs_1".to_owned().try_into().unwrap()),
            url: None,
            request: String::new(),
            created_at: Timestamp::from_millis(1),
            updated_at: Timestamp::from_millis(2),
        };
        let shown = AttemptState::ALL.map(|state| {
            events(&attempt(state)).map(|event| (event.at.as_millis(), event.title, event.detail)).collect::<Vec<_>>()
        });
        let detail = Some("stripe, page cs_1".to_owned());
        let requested = (1, "Payment page requested".to_owned(), detail.clone());
        for (state, events) in AttemptState::ALL.into_iter().zip(shown) {
            assert_eq!(events[0], requested, "{state:?}");
            assert_eq!(events.len(), if matches!(state, AttemptState::Opening | AttemptState::Open) { 1 } else { 2 });
            assert!(events.get(1).is_none_or(|ended| ended.0 == 2 && ended.2 == detail), "{state:?}");
        }
    }
}
