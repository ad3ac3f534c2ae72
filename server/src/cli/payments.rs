//! `holdfast payment`: lists and shows payment events, and processes them again.

use super::{
    Failure,
    actor::by_user,
    args::{OutputArgs, PaymentCommand, PaymentListArgs},
    output::{List, facts, print, say},
    products,
};
use crate::{backoffice::views::AdminPaymentView, startup::Engine};
use app::admin::labels;
use checkout::{
    Error,
    model::{DisputeId, Payment, PaymentPayload, Reference, Refusal, WebhookId, open_disputes},
    store::listings::{MAX_PAGE_ROWS, PageRequest, PaymentFilter, PaymentSearch},
};
use serde::Serialize;
use serde_json::json;
use std::process::ExitCode;

/// Columns of a table of payment events.
pub(super) const COLUMNS: [&str; 6] = ["ID", "RECEIVED", "TRANSACTION", "AMOUNT", "STATUS", "OUTCOME"];

/// A payment event with what `payment show` adds to it. The payload can contain personal data, so only its existence is told.
#[derive(Serialize)]
struct PaymentWithDisputes {
    #[serde(flatten)]
    payment: AdminPaymentView,
    disputes: Vec<Dispute>,
    payload_kept: bool,
}

/// A dispute, and whether it is `open` or `closed`.
#[derive(Serialize)]
struct Dispute {
    id: Option<DisputeId>,
    state: &'static str,
}

pub(super) async fn run(engine: &Engine, command: PaymentCommand) -> Result<ExitCode, Failure> {
    match command {
        PaymentCommand::List(args) => list(engine, args).await,
        PaymentCommand::Show { id, output } => show(engine, id, output).await,
        PaymentCommand::Replay { id, reason } => {
            let reply = engine.checkout.replay_payment(id, by_user(reason)).await.map_err(|e| explain(e, id))?;
            let order = reply.order.map(|(id, status)| json!({ "order_id": id, "order_status": status.name() }));
            print(&json!({ "verdict": reply.verdict, "order": order }))
        }
    }
}

async fn list(engine: &Engine, args: PaymentListArgs) -> Result<ExitCode, Failure> {
    let product = args.product.map(|slug| products::find(engine, &slug)).transpose()?.map(|product| product.id);
    let filter = PaymentFilter {
        search: args.q,
        outcome: args.outcome,
        status: args.status,
        product,
        since: args.since,
        until: args.until,
    };
    let listing = engine.checkout.list_payments(&filter, args.page.request()).await?;
    List::page(listing.items, listing.next).print(args.output.json, AdminPaymentView::from, COLUMNS, row)
}

async fn show(engine: &Engine, id: WebhookId, output: OutputArgs) -> Result<ExitCode, Failure> {
    let payment = engine.checkout.payment(id).await.map_err(|error| explain(error, id))?;
    let disputes = disputes(engine, &payment).await?;
    let payload = engine.checkout.payment_payload(id).await?;
    if output.json {
        let payload_kept = payload.is_some();
        return print(&PaymentWithDisputes { payment: payment.into(), disputes, payload_kept });
    }
    let reference = match payment.reference {
        Reference::Order(id) => ("Order", id.to_string()),
        Reference::Hold(id) => ("Hold", id.to_string()),
    };
    let summary = [
        ("Payment", payment.id.to_string()),
        ("Event", payment.key.to_string()),
        reference,
        ("Transaction", payment.transaction_id.to_string()),
        ("Status", payment.status.name().to_owned()),
        ("Amount", labels::reported_amount(&payment, |money| money.to_string())),
        ("Received", payment.received_at.to_string()),
        ("Outcome", outcome(&payment)),
        ("Payload", describe_payload(payload)),
    ];
    let disputes = disputes.into_iter().map(|Dispute { id, state }| {
        let id = id.map_or_else(|| "without an id".to_owned(), String::from);
        ("Dispute", format!("{id}, {state}"))
    });
    say(&facts(summary.into_iter().chain(disputes)))?;
    Ok(ExitCode::SUCCESS)
}

/// Returns the dispute that an event is about; of any other event, those of its transaction.
async fn disputes(engine: &Engine, payment: &Payment) -> Result<Vec<Dispute>, Failure> {
    let search = PaymentSearch::Text(payment.transaction_id.as_str().to_owned());
    let filter = PaymentFilter { search: Some(search), ..PaymentFilter::default() };
    let mut events = engine.checkout.list_payments(&filter, PageRequest::first(MAX_PAGE_ROWS)).await?.items;
    // The text is also searched among the providers' ids of events.
    events.retain(|event| event.transaction_id == payment.transaction_id);
    let mut ids: Vec<Option<&DisputeId>> = Vec::new();
    for event in events.iter().rev().filter(|event| event.status.is_dispute()) {
        let is_shown = !payment.status.is_dispute() || event.dispute_id == payment.dispute_id;
        if is_shown && !ids.contains(&event.dispute_id.as_ref()) {
            ids.push(event.dispute_id.as_ref());
        }
    }
    let is_open = |id: Option<&DisputeId>| open_disputes(&events).any(|event| event.dispute_id.as_ref() == id);
    let state = |id: Option<&DisputeId>| if is_open(id) { "open" } else { "closed" };
    Ok(ids.into_iter().map(|id| Dispute { id: id.cloned(), state: state(id) }).collect())
}

fn describe_payload(payload: Option<PaymentPayload>) -> String {
    match payload {
        Some(PaymentPayload { content_type, body, .. }) => {
            let content_type = content_type.unwrap_or_else(|| "no content type".to_owned());
            format!("kept, {} bytes, {content_type}", body.len())
        }
        None => "not kept".to_owned(),
    }
}

/// Returns a payment event's cells.
pub(super) fn row(payment: &Payment) -> [String; 6] {
    [
        payment.id.to_string(),
        payment.received_at.to_string(),
        payment.transaction_id.to_string(),
        labels::reported_amount(payment, |money| money.to_string()),
        payment.status.name().to_owned(),
        outcome(payment),
    ]
}

fn outcome(payment: &Payment) -> String {
    match payment.outcome.refund_reason() {
        Some(reason) => format!("{} ({})", payment.outcome.name(), reason.name()),
        None => payment.outcome.name().to_owned(),
    }
}

fn explain(error: Error, id: WebhookId) -> Failure {
    match error {
        Error::Refused(Refusal::UnknownPayment) => {
            Failure::refused(format!("no such payment event: {id}; see holdfast payment list"))
        }
        other => other.into(),
    }
}
