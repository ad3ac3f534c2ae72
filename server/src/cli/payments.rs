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
    model::{Payment, Reference, Refusal, WebhookId},
    store::listings::PaymentFilter,
};
use serde_json::json;
use std::process::ExitCode;

/// Columns of a table of payment events.
pub(super) const COLUMNS: [&str; 6] = ["ID", "RECEIVED", "TRANSACTION", "AMOUNT", "STATUS", "OUTCOME"];

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
    if output.json {
        return print(&AdminPaymentView::from(payment));
    }
    let reference = match payment.reference {
        Reference::Order(id) => ("Order", id.to_string()),
        Reference::Hold(id) => ("Hold", id.to_string()),
    };
    say(&facts([
        ("Payment", payment.id.to_string()),
        ("Event", payment.key.to_string()),
        reference,
        ("Transaction", payment.transaction_id.to_string()),
        ("Status", payment.status.name().to_owned()),
        ("Amount", labels::reported_amount(&payment, |money| money.to_string())),
        ("Received", payment.received_at.to_string()),
        ("Outcome", outcome(&payment)),
    ]))?;
    Ok(ExitCode::SUCCESS)
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
