//! What is reserved: how long, what it costs, and the ways on.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{Refresh, Request, Stop, Unlisted, page};
use crate::{
    clock::seconds_left,
    flash::Trouble,
    money,
    parts::{
        hold::HoldClock,
        notice::{Info, Refusal},
        picture::Picture,
        refunds::Refunds,
        steps::Steps,
    },
    paths,
    sandbox::SandboxProvider,
    words::{self, Notice},
};
use checkout::model::{EventOutcome, Hold, HoldId, HoldState, Money, Payment, PaymentStatus, Product, Timestamp};
use leptos::prelude::*;
use leptos_meta::Title;
use std::sync::Arc;
use uuid::Uuid;

/// Without scripts the count is as old as the page; this often it is drawn again.
const RECOUNT_SECONDS: i64 = 10;

#[component]
pub(crate) fn CheckoutPage() -> impl IntoView {
    page(load)
}

async fn load(request: Request) -> Result<AnyView, Stop> {
    let sandbox = use_context::<SandboxProvider>().is_some();
    let id: HoldId = request.id("hold")?;
    let owner = request.owner().await?.ok_or(Stop::Missing)?;
    let hold = request.checkout.hold(id, owner).await?;
    let product = request.checkout.product(hold.product_id).ok_or(Stop::Missing)?;
    let payments = request.checkout.payments_for_hold(&hold).await?;
    let now = request.checkout.now();
    let told = Trouble::told(&request.query, &product, now);
    let paid_early = is_paid(&payments);
    let back = product.price.times(hold.qty.get()).map(|due| (payments, due));
    let body = match hold.state {
        HoldState::Active => active(&hold, &product, now, told, paid_early, sandbox),
        HoldState::Ordered { order_id } => {
            let way =
                view! { <a class="button button-main" href=paths::order(&order_id.to_string())>"Go to your order"</a> };
            ended(
                &product,
                &Notice::new("You have ordered this", "This reservation has become an order."),
                None,
                way.into_any(),
            )
        }
        HoldState::Expired => ended(&product, &words::refusal(&expired(&hold)), back, again(&product)),
        HoldState::Released => {
            ended(&product, &words::refusal(&checkout::model::Refusal::HoldReleased), back, again(&product))
        }
    };
    Ok(view! { <Title text="Your reservation" /> <Unlisted about="What we hold for you, and until when." /> {body} }
        .into_any())
}

fn expired(hold: &Hold) -> checkout::model::Refusal {
    checkout::model::Refusal::HoldExpired { expired_at: hold.expires_at }
}

fn again(product: &Product) -> AnyView {
    view! { <a class="button button-main" href=paths::product(product.slug.as_str())>"Back to the product"</a> }
        .into_any()
}

/// The payments ahead of an order that never came, and what was due.
type Back = (Vec<Payment>, Money);

/// Money that came before the order, and waits for it (P6).
fn is_paid(payments: &[Payment]) -> bool {
    payments.iter().any(|p| p.status == PaymentStatus::Success && p.outcome == EventOutcome::Parked)
}

fn active(
    hold: &Hold,
    product: &Arc<Product>,
    now: Timestamp,
    told: Option<Trouble>,
    paid_early: bool,
    sandbox: bool,
) -> AnyView {
    let (rendered_at, expires_at) = (now.as_millis(), hold.expires_at.as_millis());
    let id = hold.id.to_string();
    let refusal = told.map(|trouble| view! { <Refusal notice=trouble.words() /> });
    view! {
        <Refresh seconds=RECOUNT_SECONDS.min(seconds_left(rendered_at, expires_at) + 1) />
        <Steps at=1 />
        <div class="narrow">
            <h1>"Yours while you decide"</h1>
            {refusal}
            {paid_early.then(|| view! { <Info notice=words::paid_early() /> })}
            <section class="panel hold" aria-label="Your reservation">
                <p class="hold-clock">
                    <span>"Held for you for another"</span>
                    <HoldClock rendered_at expires_at />
                </p>
                <Basket product=product.clone() qty=hold.qty.get() />
                <div class="actions">
                    <form method="post" action=paths::ORDER>
                        <input type="hidden" name="hold" value=id.clone() />
                        <input type="hidden" name="key" value=Uuid::new_v4().to_string() />
                        <button class="button button-main" type="submit">"Confirm order"</button>
                    </form>
                    <form method="post" action=paths::RELEASE>
                        <input type="hidden" name="hold" value=id.clone() />
                        <button class="button button-quiet" type="submit">"Give back"</button>
                    </form>
                </div>
                {(!paid_early).then(|| {
                    let time = words::duration(product.pay_within);
                    view! { <p class="quiet">{format!("Confirming costs nothing yet: you then have {time} to pay.")}</p> }
                })}
                <MoreTime hold=hold.clone() product=product.clone() />
            </section>
            {(sandbox && !paid_early).then(|| view! {
                <p class="quiet aside">
                    "Test shop: " <a href=paths::sandbox_hold(&id)>"pay before ordering"</a>
                    ", to see that early money waits for its order."
                </p>
            })}
        </div>
    }
    .into_any()
}

/// What is reserved, and what it comes to.
#[component]
pub(crate) fn Basket(product: Arc<Product>, qty: u32) -> impl IntoView {
    let total = product.price.times(qty).map(money::price);
    view! {
        <div class="basket">
            <Picture image=product.image.clone() />
            <div class="basket-text">
                <p class="basket-name">
                    <a href=paths::product(product.slug.as_str())>{product.name.clone()}</a>
                </p>
                <p class="quiet">{format!("{} × {}", qty, money::price(product.price))}</p>
            </div>
            <p class="basket-total">{total}</p>
        </div>
    }
}

/// The one extension, where the sale allows it and it has not been used.
#[component]
fn MoreTime(hold: Hold, product: Arc<Product>) -> impl IntoView {
    let by = product.extend_by.filter(|_| !hold.extended);
    by.map(|by| {
        view! {
            <form class="more-time" method="post" action=paths::EXTEND>
                <input type="hidden" name="hold" value=hold.id.to_string() />
                <input type="hidden" name="key" value=Uuid::new_v4().to_string() />
                <p class="quiet">"Need longer? You can have more time once."</p>
                <button class="button button-quiet" type="submit">{format!("Add {}", words::duration(by))}</button>
            </form>
        }
    })
}

fn ended(product: &Product, notice: &Notice, back: Option<Back>, way_on: AnyView) -> AnyView {
    view! {
        <div class="narrow">
            {back.map(|(payments, amount)| view! { <Refunds payments amount /> })}
            <section class="panel ended" data-testid="hold-ended">
                <Picture image=product.image.clone() />
                <h1>{notice.title.clone()}</h1>
                <p>{notice.text.clone()}</p>
                <p class="actions">
                    {way_on}
                    <a class="button button-quiet" href="/">"All drops"</a>
                </p>
            </section>
        </div>
    }
    .into_any()
}
