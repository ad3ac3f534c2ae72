//! `holdfast refund`: lists refunds, issues them, sends them to the provider, and records how they went on.

use super::{
    Failure,
    actor::by_user,
    args::{IssueRefundArgs, OutputArgs, RefundCommand, RefundListArgs, SendRefundArgs},
    orders,
    output::{List, facts, print, say},
    products, reconcile,
};
use crate::{
    backoffice::{
        send_refund::{self, SendRefundError},
        views::AdminRefundView,
    },
    config::{CommonArgs, PaymentConfig},
    startup::Engine,
};
use app::admin::labels;
use checkout::{
    Error, IssueRefund,
    model::{ChangeReason, Money, Order, Refund, RefundId, RefundStep, Refusal},
    store::listings::RefundFilter,
};
use std::process::ExitCode;

/// Columns of a table of refunds.
pub(super) const COLUMNS: [&str; 7] = ["ID", "DUE SINCE", "TRANSACTION", "AMOUNT", "REASON", "STATE", "ATTEMPT"];

pub(super) async fn run(engine: &Engine, common: CommonArgs, command: RefundCommand) -> Result<ExitCode, Failure> {
    match command {
        RefundCommand::List(args) => list(engine, args).await,
        RefundCommand::Show { id, output } => show(engine, id, output).await,
        RefundCommand::Issue(args) => issue(engine, args).await,
        RefundCommand::Done { id, note, reason } => {
            advance(engine, id, RefundStep::DoneElsewhere { note }, reason).await
        }
        RefundCommand::Retry { id, reason } => advance(engine, id, RefundStep::Retry, reason).await,
        RefundCommand::Send(args) => send(engine, common, *args).await,
    }
}

async fn list(engine: &Engine, args: RefundListArgs) -> Result<ExitCode, Failure> {
    let product = args.product.map(|slug| products::find(engine, &slug)).transpose()?.map(|product| product.id);
    let order = match args.order {
        Some(key) => Some(orders::find(engine, key).await?.id),
        None => None,
    };
    let filter =
        RefundFilter { search: args.q, state: args.state, product, order, since: args.since, until: args.until };
    let listing = engine.checkout.list_refunds(&filter, args.page.request()).await?;
    List::page(listing.items, listing.next).print(args.output.json, AdminRefundView::from, COLUMNS, row)
}

/// Returns a refund's cells.
pub(super) fn row(refund: &Refund) -> [String; 7] {
    [
        refund.id.to_string(),
        refund.created_at.to_string(),
        refund.transaction_id.to_string(),
        labels::refund_amount(refund, |money| money.to_string()),
        refund.reason.name().to_owned(),
        refund.state.name().to_owned(),
        refund.attempt.to_string(),
    ]
}

async fn show(engine: &Engine, id: RefundId, output: OutputArgs) -> Result<ExitCode, Failure> {
    let refund = engine.checkout.refund(id).await.map_err(|error| explain(error, id))?;
    if output.json {
        return print(&AdminRefundView::from(refund));
    }
    let mut shown = vec![
        ("Refund", refund.id.to_string()),
        ("Transaction", refund.transaction_id.to_string()),
        ("Amount", labels::refund_amount(&refund, |money| money.to_string())),
        ("Reason", refund.reason.name().to_owned()),
        ("State", refund.state.name().to_owned()),
        ("Attempt", refund.attempt.to_string()),
        ("Put back", refund.restocked.to_string()),
        ("Due since", refund.created_at.to_string()),
        ("Changed", refund.updated_at.to_string()),
    ];
    let product = refund.product_id.map(|id| {
        let product = engine.checkout.product(id);
        product.map_or_else(|| id.to_string(), |product| product.slug.to_string())
    });
    let more = [
        ("Order", refund.order_id.map(|id| id.to_string())),
        ("Payment", refund.event_id.map(|id| id.to_string())),
        ("Product", product),
        ("Provider", refund.provider_reference.map(String::from)),
        ("Note", refund.note.map(String::from)),
        ("Failure", refund.failure),
    ];
    shown.extend(more.into_iter().filter_map(|(name, value)| Some((name, value?))));
    say(&facts(shown))?;
    Ok(ExitCode::SUCCESS)
}

async fn issue(engine: &Engine, args: IssueRefundArgs) -> Result<ExitCode, Failure> {
    let IssueRefundArgs { order, amount, restock, reason, id } = args;
    let order = orders::find(engine, order).await?;
    if let Some(text) = amount.as_deref().filter(|text| text.starts_with('-')) {
        return Err(too_small(text, order.amount));
    }
    let amount = amount.map(|amount| Money::parse(&amount, order.amount.currency)).transpose()?;
    if let Some(zero) = amount.filter(|amount| amount.minor < 1) {
        return Err(too_small(&zero.decimal(), order.amount));
    }
    let id = id.unwrap_or_else(|| engine.checkout.new_refund_id());
    let refund = IssueRefund { id, order: order.id, amount: amount.map(|amount| amount.minor), restock };
    let issued = engine.checkout.issue_refund(refund, by_user(Some(reason))).await;
    print(&AdminRefundView::from(issued.map_err(|error| explain_issue(error, &order))?.value))
}

fn too_small(amount: &str, of: Money) -> Failure {
    let least = Money { minor: 1, ..of };
    Failure::Usage(format!("amount {amount}: at least 1 minor unit, which is {least}"))
}

/// Adds the sum that is left to refund, in the order's currency, to a refusal.
fn explain_issue(error: Error, order: &Order) -> Failure {
    match error {
        Error::Refused(Refusal::RefundTooLarge { left: 0 }) => {
            Failure::refused("nothing is left to refund: the whole amount was refunded, or will be")
        }
        Error::Refused(Refusal::RefundTooLarge { left }) => {
            let left = Money { minor: left, ..order.amount };
            Failure::refused(format!("the refund is too large: {left} of {} are left to refund", order.amount))
        }
        other => other.into(),
    }
}

async fn advance(
    engine: &Engine,
    id: RefundId,
    step: RefundStep,
    reason: Option<ChangeReason>,
) -> Result<ExitCode, Failure> {
    let attempt = engine.checkout.refund(id).await.map_err(|error| explain(error, id))?.attempt;
    let advanced = engine.checkout.advance_refund(id, attempt, step, by_user(reason)).await;
    print(&AdminRefundView::from(advanced.map_err(|error| explain(error, id))?.value))
}

async fn send(engine: &Engine, common: CommonArgs, args: SendRefundArgs) -> Result<ExitCode, Failure> {
    let SendRefundArgs { id, reason, payments } = args;
    let (common, config) = PaymentConfig::read(common, payments)?;
    let payments = reconcile::payments_of(engine, &common, &config)?;
    let refund = engine.checkout.refund(id).await.map_err(|error| explain(error, id))?;
    let sent = send_refund::send(&payments, refund, by_user(reason)).await;
    let (refund, _) = sent.map_err(|error| match error {
        SendRefundError::Failed(error) => error.into(),
        refused @ SendRefundError::NotAtProvider => Failure::refused(refused.to_string()),
    })?;
    print(&AdminRefundView::from(refund))
}

fn explain(error: Error, id: RefundId) -> Failure {
    match error {
        Error::Refused(Refusal::UnknownRefund) => {
            Failure::refused(format!("no such refund: {id}; see holdfast refund list"))
        }
        other => other.into(),
    }
}
