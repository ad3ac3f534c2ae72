//! Mail, webhooks and calls of the payment provider, which leave through the outbox.

use crate::{
    config::{Common, Settings},
    operators::OperatorService,
    payments::ShopUrl,
    startup::StartupError,
    state::AppState,
};
use checkout::{Checkout, store::Store};
use integrations::{
    mail::Mail,
    outbox,
    webhooks::{Sender, SenderSettings, Webhooks},
};
use std::sync::Arc;

/// Starts the outbox's workers.
pub fn start_outbox(state: &AppState) {
    let consequences = vec![state.payments.consequences(), state.mail.consequences(), state.webhooks.consequences()];
    let lanes = [state.payments.lanes(), state.mail.lanes(), state.webhooks.lanes()].into_iter().flatten().collect();
    outbox::start(&state.checkout, &state.store, consequences, lanes, &state.tasks);
}

/// Prepares mail. Links in it lead to `shop_url`.
pub fn mail(
    settings: &Settings,
    shop_url: &ShopUrl,
    checkout: &Checkout,
    store: &Arc<dyn Store>,
    operators: &OperatorService,
) -> Result<Mail, StartupError> {
    let delivery = settings.mail.delivery(settings.common.env);
    let mail_settings = settings.mail.settings(shop_url.as_str().to_owned()).map_err(StartupError::Unexpected)?;
    let operators = Arc::new(operators.clone());
    let mail = Mail::new(checkout.clone(), store.clone(), mail_settings, &delivery, operators)
        .map_err(|error| StartupError::Unexpected(error.to_string()))?;
    if mail.mailbox().is_some() {
        tracing::info!("mails are kept in memory: read them at {}", shop_url.absolute("/sandbox/mail"));
    }
    Ok(mail)
}

/// Sets up the webhooks of the shop.
pub fn webhooks(common: &Common, checkout: &Checkout, store: &Arc<dyn Store>) -> Result<Webhooks, StartupError> {
    let sender = Sender::new(SenderSettings::new(common.webhooks_allow_private));
    let sender = sender.map_err(|error| StartupError::Unexpected(error.to_string()))?;
    Ok(Webhooks::new(checkout.clone(), store.clone(), sender))
}
