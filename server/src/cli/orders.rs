//! `holdfast order`: lists, shows, cancels and exports orders.

use super::{
    Failure,
    actor::{actor, by_user},
    args::{CancelOrderArgs, ExportArgs, OrderArgs, OrderCommand, OrderFilterArgs, OrderListArgs, OutputArgs},
    export_file,
    output::{List, facts, print, say, table},
    payments, products, reconcile, refunds,
};
use crate::{
    backoffice::{
        lookup::{self, OrderKey},
        order_export,
        receipt::{self, ReceiptError},
        timeline::{self, OrderHistory, TimelineEvent},
        views::AdminOrderView,
    },
    config::{CommonArgs, PaymentConfig},
    startup::Engine,
};
use checkout::{
    Error, IdGenerator, OperationContext,
    model::{Contact, Money, Order, OrderState, Refusal, StoredContact},
    store::listings::OrderFilter,
};
use serde::Serialize;
use std::process::ExitCode;
use uuid::Uuid;

/// An order with its timeline.
#[derive(Serialize)]
struct OrderWithTimeline {
    #[serde(flatten)]
    order: AdminOrderView,
    timeline: Vec<TimelineEvent>,
}

pub(super) async fn run(engine: &Engine, common: CommonArgs, command: OrderCommand) -> Result<ExitCode, Failure> {
    match command {
        OrderCommand::List(args) => list(engine, args).await,
        OrderCommand::Show { order, output } => show(engine, order, output).await,
        OrderCommand::Cancel(args) => cancel(engine, common, *args).await,
        OrderCommand::ResendReceipt { order, reason } => resend(engine, order, by_user(reason)).await,
        OrderCommand::Export(args) => export(engine, args).await,
    }
}

async fn cancel(engine: &Engine, common: CommonArgs, args: CancelOrderArgs) -> Result<ExitCode, Failure> {
    let CancelOrderArgs { order, reason, payments } = args;
    let (common, config) = PaymentConfig::read(common, payments)?;
    let payments = reconcile::payments_of(engine, &common, &config)?;
    let id = find(engine, order.key()).await?.id;
    let cancelled = payments.cancel_order_by_operator(id, by_user(Some(reason))).await?.value;
    print(&AdminOrderView::new(&engine.checkout, cancelled))
}

/// Returns the order with this id or number.
pub(super) async fn find(engine: &Engine, key: OrderKey) -> Result<Order, Failure> {
    lookup::order(&engine.checkout, key).await.map_err(|error| match error {
        Error::Refused(Refusal::UnknownOrder) => {
            Failure::refused(format!("no order has the {key}; see holdfast order list"))
        }
        other => other.into(),
    })
}

fn filter(engine: &Engine, args: OrderFilterArgs) -> Result<OrderFilter, Failure> {
    let product = args.product.map(|slug| products::find(engine, &slug)).transpose()?.map(|product| product.id);
    Ok(OrderFilter { search: args.q, status: args.status, product, since: args.since, until: args.until })
}

async fn list(engine: &Engine, args: OrderListArgs) -> Result<ExitCode, Failure> {
    let filter = filter(engine, args.filter)?;
    let listing = engine.checkout.list_orders(&filter, args.page.request()).await?;
    let columns = ["NUMBER", "PLACED", "PRODUCT", "UNITS", "AMOUNT", "STATUS", "REFUNDED", "ID"];
    let view = |order| AdminOrderView::new(&engine.checkout, order);
    List::page(listing.items, listing.next).print(args.output.json, view, columns, |order: &Order| {
        let refunded = Money { minor: order.refunds.issued, ..order.amount };
        [
            number(order),
            order.created_at.to_string(),
            product(engine, order),
            order.qty.get().to_string(),
            order.amount.to_string(),
            order.status().name().to_owned(),
            if refunded.minor > 0 { refunded.to_string() } else { String::new() },
            order.id.to_string(),
        ]
    })
}

fn number(order: &Order) -> String {
    order.number.map_or_else(|| "none".to_owned(), |number| number.to_string())
}

/// Returns the slug of the order's product.
fn product(engine: &Engine, order: &Order) -> String {
    let product = engine.checkout.product(order.product_id);
    product.map_or_else(|| order.product_id.to_string(), |product| product.slug.to_string())
}

async fn show(engine: &Engine, key: OrderArgs, output: OutputArgs) -> Result<ExitCode, Failure> {
    let order = find(engine, key.key()).await?;
    let mut history = timeline::of_order(&engine.checkout, &*engine.store, &order).await?;
    let timeline = std::mem::take(&mut history.events);
    let contact = engine.checkout.contact(order.id).await?;
    if output.json {
        let order = AdminOrderView::complete(&engine.checkout, order, history).with_contact(contact);
        return print(&OrderWithTimeline { order, timeline });
    }
    say(&facts(describe(engine, &order).into_iter().chain(describe_contact(contact))))?;
    let rows = timeline.into_iter().map(|event| {
        let TimelineEvent { at, kind: _, title, detail, actor, reason } = event;
        [at.to_string(), title, detail.unwrap_or_default(), actor.unwrap_or_default(), reason.unwrap_or_default()]
    });
    say(&format!("\nTimeline\n{}", table(["TIME", "EVENT", "DETAILS", "WHO", "REASON"], rows)))?;
    let OrderHistory { payments, refunds, .. } = history;
    if !payments.is_empty() {
        say(&format!("\nPayment events\n{}", table(payments::COLUMNS, payments.iter().map(payments::row))))?;
    }
    if !refunds.is_empty() {
        say(&format!("\nRefunds\n{}", table(refunds::COLUMNS, refunds.iter().map(refunds::row))))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn describe(engine: &Engine, order: &Order) -> Vec<(&'static str, String)> {
    let money = |minor| Money { minor, ..order.amount }.to_string();
    let mut facts = vec![
        ("Order", order.id.to_string()),
        ("Number", number(order)),
        ("Product", product(engine, order)),
        ("Quantity", order.qty.get().to_string()),
        ("Amount", order.amount.to_string()),
        ("Status", order.status().name().to_owned()),
        ("Placed", order.created_at.to_string()),
    ];
    match &order.state {
        OrderState::Pending => facts.push(("Pay by", order.pay_by.to_string())),
        OrderState::Paid { paid_at, transaction_id } => {
            facts.push(("Paid", format!("{paid_at}, transaction {transaction_id}")));
        }
        OrderState::Cancelled { cancelled_at, reason } => {
            facts.push(("Cancelled", format!("{cancelled_at}, {reason}")));
        }
    }
    if let Some(shopper) = &order.shopper {
        facts.push(("Shopper", shopper.as_str().to_owned()));
    }
    if order.refunds.issued > 0 || order.refunds.restocked > 0 {
        facts.push(("Refunds", money(order.refunds.issued)));
        facts.push(("Returned", money(order.refunds.returned)));
        facts.push(("Refundable", money(order.refundable())));
        facts.push(("Put back", order.refunds.restocked.to_string()));
    }
    facts
}

fn describe_contact(contact: Option<StoredContact>) -> Vec<(&'static str, String)> {
    match contact {
        None => vec![("Contact", "none was given".to_owned())],
        Some(StoredContact::Erased { at }) => vec![("Contact", format!("erased on {at}"))],
        Some(StoredContact::Known(Contact { email, name, address, language: _ })) => {
            let name = name.map(|name| ("Name", name));
            let address = address.map(|address| ("Address", address.lines().join(", ")));
            [Some(("Email", email.to_string())), name, address].into_iter().flatten().collect()
        }
    }
}

async fn resend(engine: &Engine, order: OrderArgs, context: OperationContext) -> Result<ExitCode, Failure> {
    let order = find(engine, order.key()).await?;
    let request: Uuid = IdGenerator::new(engine.clock.clone()).generate();
    let resent = receipt::resend(&engine.checkout, &*engine.store, &order, &request.to_string(), context).await;
    resent.map_err(|error| match error {
        ReceiptError::Failed(error) => error.into(),
        refused => Failure::refused(refused.to_string()),
    })?;
    say(&format!("The receipt of order {} is in the outbox.", order.id))?;
    Ok(ExitCode::SUCCESS)
}

async fn export(engine: &Engine, args: ExportArgs) -> Result<ExitCode, Failure> {
    let filter = filter(engine, args.filter)?;
    let rows = order_export::export(&engine.checkout, &*engine.store, &actor(), filter, args.format).await?;
    export_file::write(rows, args.output.as_deref()).await
}
