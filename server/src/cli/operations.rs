//! `holdfast order`, `refund` and `payment`: shows and cancels orders, refunds them, and processes payments again.

use super::{
    Failure,
    args::{IssueRefundArgs, OrderCommand, OutputArgs, PaymentCommand, RefundCommand},
    by_user, failure, print, say,
    table::table,
};
use crate::{api::order_view::OrderView, startup::Engine};
use checkout::{
    IssueRefund,
    model::{Money, Order, OrderId, Payment, Refund, RefundId, RefundStep},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::process::ExitCode;

/// An order as operators see it.
#[derive(Serialize)]
struct OrderReport {
    #[serde(flatten)]
    order: OrderView,
    /// Sum of the refunds of its payment that have not failed, in minor units.
    refunds_issued: i64,
    /// Sum of those that succeeded.
    refunds_returned: i64,
    /// Units that they put back on sale.
    restocked: u32,
    payments: Vec<Value>,
    refund_rows: Vec<Refund>,
}

pub(super) async fn order(engine: &Engine, command: OrderCommand) -> Result<ExitCode, Failure> {
    match command {
        OrderCommand::Show { id, output } => show_order(engine, id, output).await,
        OrderCommand::Cancel { id, reason } => {
            let cancelled = engine.checkout.cancel_order_by_operator(id, by_user(Some(reason))).await;
            print(&OrderView::from(cancelled.map_err(|e| failure(&e))?.value))
        }
    }
}

async fn show_order(engine: &Engine, id: OrderId, output: OutputArgs) -> Result<ExitCode, Failure> {
    let order = engine.checkout.order_of_any_owner(id).await.map_err(|e| failure(&e))?;
    let payments = engine.checkout.payments(&order).await.map_err(|e| failure(&e))?;
    let refunds = engine.checkout.refunds(id).await.map_err(|e| failure(&e))?;
    if output.json {
        let sums = order.refunds;
        return print(&OrderReport {
            order: OrderView::from(order).with_refunds(payments.clone(), refunds.clone()),
            refunds_issued: sums.issued,
            refunds_returned: sums.returned,
            restocked: sums.restocked,
            payments: payments.iter().map(payment_view).collect(),
            refund_rows: refunds,
        });
    }
    say(&describe(engine, &order))?;
    if !payments.is_empty() {
        let rows: Vec<_> = payments.iter().map(payment_row).collect();
        say(&format!("\nPayment events\n{}", table(["ID", "RECEIVED", "TRANSACTION", "STATUS", "OUTCOME"], rows)))?;
    }
    if !refunds.is_empty() {
        let rows: Vec<_> = refunds.iter().map(|refund| refund_row(refund, &order)).collect();
        let header = ["ID", "ISSUED", "AMOUNT", "REASON", "STATE", "ATTEMPT"];
        say(&format!("\nRefunds\n{}", table(header, rows)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(engine: &Engine, order: &Order) -> String {
    let money = |minor| Money { minor, ..order.amount }.to_string();
    let product = engine.checkout.product(order.product_id);
    let mut facts = vec![
        ("Order", order.id.to_string()),
        ("Number", order.number.map_or_else(|| "none".to_owned(), |number| number.to_string())),
        ("Product", product.map_or_else(|| order.product_id.to_string(), |product| product.slug.to_string())),
        ("Quantity", order.qty.get().to_string()),
        ("Amount", order.amount.to_string()),
        ("Status", order.status().name().to_owned()),
        ("Placed", order.created_at.to_string()),
        ("Pay by", order.pay_by.to_string()),
    ];
    if order.refunds.issued > 0 || order.refunds.restocked > 0 {
        facts.push(("Refunds", money(order.refunds.issued)));
        facts.push(("Returned", money(order.refunds.returned)));
        facts.push(("Put back", order.refunds.restocked.to_string()));
    }
    facts.into_iter().map(|(name, value)| format!("{name:9}  {value}")).collect::<Vec<_>>().join("\n")
}

fn payment_view(payment: &Payment) -> Value {
    json!({
        "id": payment.id,
        "event_key": payment.key,
        "transaction_id": payment.transaction_id,
        "status": payment.status,
        "amount": payment.reported.amount,
        "currency": payment.reported.currency,
        "received_at": payment.received_at,
        "outcome": payment.outcome.name(),
        "refund_reason": payment.outcome.refund_reason(),
    })
}

fn payment_row(payment: &Payment) -> [String; 5] {
    let outcome = match payment.outcome.refund_reason() {
        Some(reason) => format!("{} ({})", payment.outcome.name(), reason.name()),
        None => payment.outcome.name().to_owned(),
    };
    let (id, received) = (payment.id.to_string(), payment.received_at.to_string());
    [id, received, payment.transaction_id.to_string(), payment.status.name().to_owned(), outcome]
}

fn refund_row(refund: &Refund, order: &Order) -> [String; 6] {
    let currency = refund.currency.unwrap_or(order.amount.currency);
    let amount = refund.amount.map_or_else(|| "all".to_owned(), |minor| Money { minor, currency }.to_string());
    let (reason, state) = (refund.reason.name().to_owned(), refund.state.name().to_owned());
    [refund.id.to_string(), refund.created_at.to_string(), amount, reason, state, refund.attempt.to_string()]
}

pub(super) async fn refund(engine: &Engine, command: RefundCommand) -> Result<ExitCode, Failure> {
    match command {
        RefundCommand::Issue(args) => issue(engine, args).await,
        RefundCommand::Done { id, note } => advance(engine, id, RefundStep::DoneElsewhere { note }).await,
        RefundCommand::Retry { id } => advance(engine, id, RefundStep::Retry).await,
    }
}

async fn issue(engine: &Engine, args: IssueRefundArgs) -> Result<ExitCode, Failure> {
    let IssueRefundArgs { order, amount, restock, reason, id } = args;
    let currency = engine.checkout.order_of_any_owner(order).await.map_err(|e| failure(&e))?.amount.currency;
    let amount = amount.map(|amount| Money::parse(&amount, currency)).transpose().map_err(|e| failure(&e))?;
    let id = id.unwrap_or_else(|| engine.checkout.new_refund_id());
    let refund = IssueRefund { id, order, amount: amount.map(|amount| amount.minor), restock };
    let issued = engine.checkout.issue_refund(refund, by_user(Some(reason))).await.map_err(|e| failure(&e))?;
    print(&issued.value)
}

async fn advance(engine: &Engine, id: RefundId, step: RefundStep) -> Result<ExitCode, Failure> {
    let attempt = engine.checkout.refund(id).await.map_err(|e| failure(&e))?.attempt;
    let advanced = engine.checkout.advance_refund(id, attempt, step, by_user(None)).await.map_err(|e| failure(&e))?;
    print(&advanced.value)
}

pub(super) async fn payment(engine: &Engine, command: PaymentCommand) -> Result<ExitCode, Failure> {
    let PaymentCommand::Replay { id, reason } = command;
    let reply = engine.checkout.replay_payment(id, by_user(reason)).await.map_err(|e| failure(&e))?;
    let order = reply.order.map(|(id, status)| json!({ "order_id": id, "order_status": status.name() }));
    print(&json!({ "verdict": reply.verdict, "order": order }))
}
