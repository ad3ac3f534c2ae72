//! Payment pages: Stripe's Checkout sessions.

use super::{client::Client, error::CallError, money, object::Metadata};
use crate::provider::{CloseOutcome, OpenRequest, PaymentPage, ProviderError, SessionReport, SessionState};
use ::checkout::model::{AttemptId, SessionId};
use miniserde::json::Value;
use std::collections::HashMap;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionAdaptivePricing, CreateCheckoutSessionLineItems,
    CreateCheckoutSessionLineItemsPriceData, CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession,
    ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::StripeRequest as _;
use stripe_shared::CheckoutSessionMode;

/// Longest name of a product that Stripe takes, in characters.
const MAX_NAME_LENGTH: usize = 250;

/// The parts of a session that are used. async-stripe's own type has some forty required fields; a payment page must not be
/// lost because one of them has changed.
#[derive(miniserde::Deserialize)]
struct Session {
    id: String,
    url: Option<String>,
    status: Option<String>,
    payment_status: String,
    /// The id, or the intent itself where it was asked for.
    payment_intent: Option<Value>,
    metadata: Option<HashMap<String, String>>,
    amount_total: Option<i64>,
    currency: Option<String>,
}

/// Makes a session under the attempt's id.
pub(super) async fn open(
    client: &Client,
    attempt: AttemptId,
    request: &OpenRequest,
) -> Result<PaymentPage, ProviderError> {
    let create = create(attempt, request)?.build();
    let session: Session = client.send(create, Some(&attempt.to_string())).await?;
    let unreadable = || ProviderError::Unknown("Stripe's session has no address".to_owned());
    let url = session.url.filter(|url| client.may_lead_to(url)).ok_or_else(unreadable)?;
    Ok(PaymentPage { session: SessionId::try_from(session.id).map_err(|_| unreadable())?, url })
}

/// Expires a session. Stripe refuses for one that is not open, so a refusal is followed by a look-up.
pub(super) async fn close(client: &Client, session: &SessionId) -> Result<CloseOutcome, ProviderError> {
    let expire = ExpireCheckoutSession::new(session.as_str()).build();
    match client.send::<Session>(expire, None).await {
        Ok(_) => Ok(CloseOutcome::Closed),
        Err(error) if error.is_missing() => Ok(CloseOutcome::Closed),
        Err(error) => match ProviderError::from(error) {
            ProviderError::Refused(reason) => match find(client, session).await?.state {
                SessionState::Paid | SessionState::Processing => Ok(CloseOutcome::Completed),
                SessionState::Expired => Ok(CloseOutcome::Closed),
                // The shopper is about to pay.
                SessionState::Open => Err(ProviderError::Busy { reason, retry_after: None }),
            },
            error => Err(error),
        },
    }
}

/// Looks a session up. A session that Stripe does not know has ended: it was made with another key.
pub(super) async fn find(client: &Client, session: &SessionId) -> Result<SessionReport, ProviderError> {
    let retrieve = RetrieveCheckoutSession::new(session.as_str()).expand(["payment_intent".to_owned()]);
    match client.send::<Session>(retrieve.build(), None).await {
        Ok(found) => found.report(session.clone()),
        Err(error) if error.is_missing() => Ok(SessionReport {
            session: session.clone(),
            state: SessionState::Expired,
            order: None,
            attempt: None,
            transaction: None,
            amount: None,
        }),
        Err(error) => Err(error.into()),
    }
}

fn create(attempt: AttemptId, request: &OpenRequest) -> Result<CreateCheckoutSession, CallError> {
    let metadata = HashMap::from([
        ("order_id".to_owned(), request.order.to_string()),
        ("attempt_id".to_owned(), attempt.to_string()),
    ]);
    let mut intent = CreateCheckoutSessionPaymentIntentData::new();
    intent.metadata = Some(metadata.clone());
    if !request.order_number.is_empty() {
        intent.description = Some(format!("Order {}", request.order_number));
    }
    let mut adaptive_pricing = CreateCheckoutSessionAdaptivePricing::new();
    adaptive_pricing.enabled = Some(false);
    let mut create = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .line_items([line_item(request)?])
        .client_reference_id(request.order.to_string())
        .metadata(metadata)
        .payment_intent_data(intent)
        .adaptive_pricing(adaptive_pricing)
        .success_url(&request.success_url)
        .cancel_url(&request.cancel_url);
    if let Some(email) = &request.email {
        create = create.customer_email(email.as_str());
    }
    if let Some(at) = request.expires_at {
        create = create.expires_at(at.as_millis() / 1000);
    }
    Ok(create)
}

/// The one line of the page. Its sum is the order's amount, also where that is no multiple of the number of units.
fn line_item(request: &OpenRequest) -> Result<CreateCheckoutSessionLineItems, CallError> {
    let total = money::theirs(request.amount);
    let total = total.ok_or(CallError::Invalid("Stripe's units of this currency cannot express the amount"))?;
    let units = i64::from(request.quantity).max(1);
    let (name, quantity, unit_amount) = if total % units == 0 {
        (request.product.clone(), units.unsigned_abs(), total / units)
    } else {
        (format!("{units} × {}", request.product), 1, total)
    };
    let Ok(currency) = request.amount.currency.as_str().to_ascii_lowercase().parse();
    let mut line = CreateCheckoutSessionLineItems::new();
    line.quantity = Some(quantity);
    line.price_data = Some(CreateCheckoutSessionLineItemsPriceData {
        currency,
        product: None,
        product_data: Some(ProductData::new(name.chars().take(MAX_NAME_LENGTH).collect::<String>())),
        recurring: None,
        tax_behavior: None,
        unit_amount: Some(unit_amount),
        unit_amount_decimal: None,
    });
    Ok(line)
}

impl Session {
    fn report(self, session: SessionId) -> Result<SessionReport, ProviderError> {
        let (transaction, intent_status) = match self.payment_intent {
            Some(Value::String(id)) => (Some(id), None),
            Some(Value::Object(intent)) => (text(intent.get("id")), text(intent.get("status"))),
            _ => (None, None),
        };
        let state = match (self.status.as_deref(), self.payment_status.as_str()) {
            (Some("open"), _) => SessionState::Open,
            (Some("expired"), _) => SessionState::Expired,
            (Some("complete"), "paid" | "no_payment_required") => SessionState::Paid,
            // A bank debit that failed leaves its session complete and unpaid.
            (Some("complete"), "unpaid") => match intent_status.as_deref() {
                Some("requires_payment_method" | "canceled") => SessionState::Expired,
                _ => SessionState::Processing,
            },
            _ => return Err(ProviderError::Unknown("Stripe's session has another status than expected".to_owned())),
        };
        let metadata = self.metadata.map(Metadata::from);
        Ok(SessionReport {
            session,
            state,
            order: metadata.as_ref().and_then(Metadata::order),
            attempt: metadata.as_ref().and_then(Metadata::attempt),
            transaction: transaction.and_then(|id| id.try_into().ok()),
            amount: self.amount_total.zip(self.currency).and_then(|(amount, code)| money::money(amount, &code)),
        })
    }
}

fn text(value: Option<&Value>) -> Option<String> {
    if let Some(Value::String(text)) = value { Some(text.clone()) } else { None }
}
