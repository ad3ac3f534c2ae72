//! The test provider's pages, where there is one: they take no money, and say so.

use super::{Request, Stop, Unlisted, page};
use crate::{money, paths, sandbox::SandboxProvider, words};
use checkout::model::{HoldId, HoldState, Money, OrderId};
use leptos::prelude::*;
use leptos_meta::Title;
use uuid::Uuid;

/// Pays for an order.
#[component]
pub(crate) fn SandboxOrderPage() -> impl IntoView {
    page(load_order)
}

/// Pays for a reservation that is not ordered yet.
#[component]
pub(crate) fn SandboxHoldPage() -> impl IntoView {
    page(load_hold)
}

/// One button: what it does, its name, and what it shows.
type Act = (&'static str, &'static str, &'static str);

const ORDER_ACTS: [Act; 4] = [
    ("pay", "Pay", "The money arrives, once."),
    ("decline", "Decline", "The bank says no. An order that waits is cancelled."),
    ("twice", "Deliver twice", "The same message arrives two times and must count once."),
    (
        "late",
        "Pay late",
        "The money arrives after the order has ended (one that still waits is declined first). It takes stock again, or goes back.",
    ),
];

const HOLD_ACTS: [Act; 1] = [("pay", "Pay", "The money arrives before there is an order, and waits for it.")];

async fn load_order(request: Request) -> Result<AnyView, Stop> {
    let _provider: SandboxProvider = use_context().ok_or(Stop::Missing)?;
    let id: OrderId = request.id("order")?;
    let owner = request.owner().await?.ok_or(Stop::Missing)?;
    let order = request.checkout.order(id, owner).await?;
    let id = order.id.to_string();
    let about = format!("This order is now: {}.", words::order_badge(order.state.name()).to_lowercase());
    Ok(till(order.amount, about, ("order", &id), paths::order(&id), &ORDER_ACTS))
}

async fn load_hold(request: Request) -> Result<AnyView, Stop> {
    let _provider: SandboxProvider = use_context().ok_or(Stop::Missing)?;
    let id: HoldId = request.id("hold")?;
    let owner = request.owner().await?.ok_or(Stop::Missing)?;
    let hold = request.checkout.hold(id, owner).await?;
    let product = request.checkout.product(hold.product_id).ok_or(Stop::Missing)?;
    let due = product.price.times(hold.qty.get()).ok_or(Stop::Broken)?;
    let id = hold.id.to_string();
    let (about, acts) = match hold.state {
        HoldState::Active => ("There is no order yet: only the reservation is known.", &HOLD_ACTS[..]),
        _ => ("This reservation has ended.", &[][..]),
    };
    Ok(till(due, about.to_owned(), ("hold", &id), paths::checkout(&id), acts))
}

fn till(due: Money, about: String, (name, id): (&'static str, &str), back: String, acts: &[Act]) -> AnyView {
    let (id, key) = (id.to_owned(), Uuid::new_v4().to_string());
    let acts = acts.iter().enumerate().map(|(i, &(act, title, text))| {
        let class = if i == 0 { "button button-main" } else { "button button-quiet" };
        let words = format!("act-{act}");
        view! {
            <li>
                <form method="post" action=paths::SANDBOX>
                    <input type="hidden" name=name value=id.clone() />
                    <input type="hidden" name="key" value=key.clone() />
                    <input type="hidden" name="act" value=act />
                    <button class=class type="submit" aria-describedby=words.clone()>{title}</button>
                </form>
                <p class="quiet" id=words>{text}</p>
            </li>
        }
    });
    view! {
        <Title text="Test payment" />
        <Unlisted about="The test payment provider: it moves no money." />
        <div class="narrow sandbox">
            <p class="sandbox-banner"><strong>"Test provider."</strong> " No real money moves here."</p>
            <section class="panel">
                <h1>"Pay " {money::price(due)}</h1>
                <p>{about}</p>
                <ul class="acts">{acts.collect_view()}</ul>
            </section>
            <p class="quiet aside"><a href=back>"Go back without paying"</a></p>
        </div>
    }
    .into_any()
}
