//! Refunds.

use super::{
    client::Client,
    error::CallError,
    money,
    object::{INSUFFICIENT_FUNDS, Metadata, RefundObject},
};
use crate::{
    provider::{ProviderError, RefundRequest},
    strict_object::StrictObject,
};
use checkout::model::{RefundReference, ReportedRefund, ReportedRefundState, Timestamp, TransactionId};
use futures::{StreamExt as _, TryStreamExt as _};
use std::collections::HashMap;
use stripe_client_core::StripeRequest as _;
use stripe_core::refund::{CreateRefund, ListRefund, RetrieveRefund};
use stripe_shared::Refund;

/// Number of refunds in a page of the list.
const PAGE: i64 = 100;

/// Maximum number of refunds of one transaction that are read.
const MAX_REFUNDS: usize = 1_000;

/// Stripe's object that took the money.
enum Source<'a> {
    Intent(&'a str),
    Charge(&'a str),
}

impl<'a> Source<'a> {
    fn of(transaction: &'a TransactionId) -> Option<Self> {
        let id = transaction.as_str();
        match id.split_once('_')?.0 {
            "pi" => Some(Self::Intent(id)),
            "ch" | "py" => Some(Self::Charge(id)),
            _ => None,
        }
    }
}

/// Makes a refund under its id and attempt.
pub(super) async fn create(client: &Client, request: &RefundRequest) -> Result<ReportedRefund, ProviderError> {
    let source = Source::of(&request.transaction).ok_or(CallError::Invalid("the transaction is none of Stripe's"))?;
    let mut metadata = HashMap::from([
        ("refund_id".to_owned(), request.refund.to_string()),
        ("attempt".to_owned(), request.attempt.to_string()),
    ]);
    metadata.extend(request.order.map(|order| ("order_id".to_owned(), order.to_string())));
    let mut create = match source {
        Source::Intent(id) => CreateRefund::new().payment_intent(id),
        Source::Charge(id) => CreateRefund::new().charge(id),
    };
    create = create.metadata(metadata);
    if let Some(amount) = request.amount {
        let amount = money::theirs(amount);
        create = create
            .amount(amount.ok_or(CallError::Invalid("Stripe's units of this currency cannot express the amount"))?);
    }
    match client.send::<Refund>(create.build(), Some(&key(request))).await {
        Ok(refund) => report(refund),
        Err(error) => match error.code() {
            Some("balance_insufficient" | INSUFFICIENT_FUNDS) => without_funds(request).ok_or_else(|| error.into()),
            Some("charge_already_refunded") => {
                let made = list(client, &request.transaction).await?.into_iter().find(|made| is_of(made, request));
                made.ok_or_else(|| error.into())
            }
            _ => Err(error.into()),
        },
    }
}

/// All refunds of a transaction.
pub(super) async fn list(client: &Client, transaction: &TransactionId) -> Result<Vec<ReportedRefund>, ProviderError> {
    let list = ListRefund::new().limit(PAGE);
    let list = match Source::of(transaction) {
        Some(Source::Intent(id)) => list.payment_intent(id),
        Some(Source::Charge(id)) => list.charge(id),
        None => return Ok(Vec::new()),
    };
    let refunds = list.paginate().stream(client).take(MAX_REFUNDS + 1).try_collect::<Vec<_>>().await;
    match refunds {
        Ok(refunds) if refunds.len() > MAX_REFUNDS => {
            Err(ProviderError::Refused(format!("the transaction has more than {MAX_REFUNDS} refunds")))
        }
        Ok(refunds) => refunds.into_iter().map(report).collect(),
        Err(error) if error.is_missing() => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// One refund; `None` if Stripe does not know it, or if the reference is none of Stripe's.
pub(super) async fn find(
    client: &Client,
    reference: &RefundReference,
) -> Result<Option<ReportedRefund>, ProviderError> {
    let id = reference.as_str();
    // Operators may write any text as a reference.
    let known = id.starts_with("re_") || id.starts_with("pyr_");
    if !known || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(None);
    }
    match client.send::<Refund>(RetrieveRefund::new(id).build(), None).await {
        Ok(refund) => report(refund).map(Some),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether a refund that Stripe has is the requested one, made by this or an earlier attempt.
fn is_of(made: &ReportedRefund, request: &RefundRequest) -> bool {
    made.ours.is_some_and(|(refund, attempt)| {
        refund == request.refund && (attempt == request.attempt || made.state != ReportedRefundState::Failed)
    })
}

/// A refund that Stripe did not make, because the account's balance is too low. Stripe keeps that answer under the attempt's
/// key, so this attempt has failed and a later one may succeed. Its reference is the key. `None` if the amount is not known.
fn without_funds(request: &RefundRequest) -> Option<ReportedRefund> {
    let (seconds, _) = request.refund.0.get_timestamp()?.to_unix();
    Some(ReportedRefund {
        reference: key(request).try_into().ok()?,
        transaction: request.transaction.clone(),
        ours: Some((request.refund, request.attempt)),
        amount: request.amount?,
        state: ReportedRefundState::Failed,
        failure: Some(INSUFFICIENT_FUNDS.to_owned()),
        lacks_funds: true,
        created_at: Timestamp::from_millis(i64::try_from(seconds).ok()?.saturating_mul(1000)),
    })
}

fn key(request: &RefundRequest) -> String {
    format!("{}-{}", request.refund, request.attempt)
}

fn report(refund: Refund) -> Result<ReportedRefund, ProviderError> {
    let unreadable = || ProviderError::Unknown("Stripe's refund has no transaction or amount of this shop".to_owned());
    let id = |id: &str| id.to_owned().try_into().ok();
    let refund = RefundObject {
        id: refund.id.to_string().try_into().map_err(|_| unreadable())?,
        amount: refund.amount,
        currency: refund.currency.to_string(),
        created: refund.created,
        charge: refund.charge.and_then(|charge| id(charge.id().as_str())),
        payment_intent: refund.payment_intent.and_then(|intent| id(intent.id().as_str())),
        status: refund.status,
        failure_reason: refund.failure_reason,
        metadata: refund.metadata.map(|metadata| StrictObject(Metadata::from(metadata))),
    };
    refund.report().ok_or_else(unreadable)
}
