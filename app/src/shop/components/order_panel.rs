//! An order's state, live: waiting, paid or cancelled, what that means and what to do.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{
    connection::Connection,
    countdown::Countdown,
    hold::ask_when_over,
    steps::Steps,
    when::{Moment, When},
};
use crate::{
    clock::server_time,
    live::{Link, follow},
    paths,
    reload::reload,
    words,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize, de::IgnoredAny};
use std::time::Duration;

/// The server cancels what is due soon, and says so by the stream; this much later it is asked.
const GRACE: Duration = Duration::from_secs(2);

/// What the server says of an order when it draws the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Standing {
    /// Which order.
    pub id: String,
    /// How it stands.
    pub state: State,
    /// The server's time by then.
    pub rendered_at: i64,
    /// Until when it waits for its money.
    pub pay_by: i64,
    /// What is due.
    pub amount: String,
    /// Where to pay, where that can be done here.
    pub pay_at: Option<String>,
    /// The product's page, for another try.
    pub product: String,
}

/// How an order stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// `pending`, `paid` or `cancelled`.
    pub status: String,
    /// Why it was cancelled.
    pub reason: Option<String>,
    /// When it was paid or cancelled.
    pub ended: Option<Moment>,
    /// What paid it.
    pub transaction: Option<String>,
    /// How many payments for it went back, or must.
    pub refunds: usize,
}

/// What the stream tells of an order: `Order` of the API's document.
#[derive(Deserialize)]
struct News {
    status: String,
    reason: Option<String>,
    paid_at: Option<String>,
    cancelled_at: Option<String>,
    transaction_id: Option<String>,
    #[serde(default)]
    refunds: Vec<IgnoredAny>,
}

impl From<News> for State {
    fn from(news: News) -> Self {
        let News { status, reason, paid_at, cancelled_at, transaction_id: transaction, refunds } = news;
        let ended = paid_at.or(cancelled_at).map(Moment::told);
        Self { status, reason, ended, transaction, refunds: refunds.len() }
    }
}

impl State {
    /// Orders go from pending to cancelled to paid, and never back, and refunds only grow: a lower rank is older news.
    fn rank(&self) -> (u8, usize) {
        let stage = match self.status.as_str() {
            "pending" => 0,
            "cancelled" => 1,
            _ => 2,
        };
        (stage, self.refunds)
    }
}

/// The state as the stream tells it, and how the stream is doing. `owed` is called when one more payment goes back.
fn live_state(id: &str, drawn: State, owed: fn()) -> (ReadSignal<State>, Signal<Link>) {
    let (state, set_state) = signal(drawn);
    let link = follow(paths::order_events(id), "order", move |data| {
        let Ok(news) = serde_json::from_str::<News>(data) else { return };
        let news = State::from(news);
        let (known, refunds) = state.with_untracked(|s| (s.rank(), s.refunds));
        if news.refunds > refunds {
            owed();
        }
        if news.rank() > known {
            set_state.set(news);
        }
    });
    (state, link)
}

/// The way to here. An order that has ended without its money is on no way any more.
#[island]
pub fn OrderSteps(id: String, state: State) -> impl IntoView {
    let (state, _) = live_state(&id, state, || {});
    let at = Signal::derive(move || if state.with(|s| s.status == "paid") { 3 } else { 2 });
    let is_over = move || state.with(|s| s.status == "cancelled");
    // Where it ends while it is looked at, the room stays: nothing may move under the finger.
    let was_over = untrack(is_over);
    view! {
        <div hidden=was_over class:unseeable=is_over>
            <Steps at />
        </div>
    }
}

/// State, countdown and what can be done.
#[island]
pub fn OrderPanel(standing: Standing) -> impl IntoView {
    let Standing { id, state, rendered_at, pay_by, amount, pay_at, product } = standing;
    // Money that goes back is told in words and sums of which the browser knows nothing.
    let (state, link) = live_state(&id, state, reload);
    let now = server_time(rendered_at);
    let words = Memo::new(move |_| state.with(|s| words::order_state(&s.status, s.reason.as_deref(), s.refunds > 0)));
    let status = move || state.with(|s| s.status.clone());
    let (id, product) = (StoredValue::new(id), StoredValue::new(product));
    let (amount, pay_at) = (StoredValue::new(amount), StoredValue::new(pay_at));
    let actions = move || {
        match status().as_str() {
            "pending" => view! {
                <Pending now pay_by amount=amount.get_value() pay_at=pay_at.get_value() id=id.get_value() />
            }
            .into_any(),
            // As high as what was there before, so that nothing below it jumps: one row of facts, and two buttons.
            "paid" => view! {
                <p class="due"><span>"Paid " <strong>{amount.get_value()}</strong></span></p>
                <p class="actions">
                    <a class="button button-main" href="/">"Back to the drops"</a>
                    <a class="button button-quiet" href="/orders">"My orders"</a>
                </p>
            }
            .into_any(),
            _ => view! {
                <p class="due"><span>"Was due " <strong>{amount.get_value()}</strong></span></p>
                <p class="actions">
                    <a class="button button-main" href=product.get_value()>"Back to the product"</a>
                    <a class="button button-quiet" href="/">"All drops"</a>
                </p>
            }
            .into_any(),
        }
    };
    view! {
        <section class="panel order-panel" data-status=status aria-labelledby="order-state">
            <div class="panel-head">
                <p class="badge" data-testid="order-status" data-status=status>
                    {move || state.with(|s| words::order_badge(&s.status))}
                </p>
                <Connection link />
            </div>
            <div class="order-state" role="status">
                <h2 id="order-state">{move || words.get().title}</h2>
                <p>{move || words.get().text}</p>
            </div>
            {actions}
        </section>
    }
}

#[component]
fn Pending(now: ReadSignal<i64>, pay_by: i64, amount: String, pay_at: Option<String>, id: String) -> impl IntoView {
    ask_when_over(now, pay_by, GRACE);
    view! {
        <p class="due">
            <span>"Due now " <strong>{amount}</strong></span>
            <span>"Time left to pay " <strong><Countdown now end=pay_by left="left to pay" over="The time is up: asking the shop." /></strong></span>
        </p>
        <div class="actions">
            {pay_at.map(|href| view! { <a class="button button-main" href=href>"Pay now"</a> })}
            <form method="post" action=paths::CANCEL>
                <input type="hidden" name="order" value=id />
                <button class="button button-quiet" type="submit">"Cancel order"</button>
            </form>
        </div>
    }
}

/// An order's state in a list, live where that is asked for: every stream is one of the few connections a browser has.
#[island]
pub fn OrderBadge(id: String, state: State, live: bool) -> impl IntoView {
    let state = if live { live_state(&id, state, || {}).0 } else { signal(state).0 };
    view! {
        <p class="badge" data-status=move || state.with(|s| s.status.clone())>
            {move || state.with(|s| words::order_badge(&s.status))}
        </p>
    }
}

/// What does not change of an order, for the list of facts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Placed {
    /// Which order.
    pub id: String,
    /// How many of what.
    pub what: String,
    /// When it was placed.
    pub at: Moment,
    /// Payments that the provider declined.
    pub declined: usize,
}

/// The facts of an order, with those that are still to come.
#[island]
pub fn OrderFacts(placed: Placed, state: State) -> impl IntoView {
    let Placed { id, what, at, declined } = placed;
    let (state, _) = live_state(&id, state, || {});
    let ended = move || {
        let State { status, ended, .. } = state.get();
        let name = if status == "paid" { "Paid" } else { "Cancelled" };
        ended.map(|moment| view! { <div><dt>{name}</dt><dd><When moment /></dd></div> })
    };
    let transaction = move || {
        let transaction = state.with(|s| s.transaction.clone());
        transaction.map(|id| view! { <div><dt>"Payment"</dt><dd class="code">{id}</dd></div> })
    };
    view! {
        <dl class="facts">
            <div><dt>"Order"</dt><dd class="code">{id}</dd></div>
            <div><dt>"Quantity"</dt><dd>{what}</dd></div>
            <div><dt>"Placed"</dt><dd><When moment=at /></dd></div>
            {ended}
            {transaction}
            {(declined > 0).then(|| view! { <div><dt>"Declined payments"</dt><dd>{declined}</dd></div> })}
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_streams_order_and_knows_older_news() {
        let read = |news| State::from(serde_json::from_str::<News>(news).unwrap());
        let at = "2026-11-23T12:00:00Z";
        let news =
            format!(r#"{{"order_id":"x","status":"cancelled","reason":"expired","qty":1,"cancelled_at":"{at}"}}"#);
        let cancelled = read(&news);
        assert_eq!((cancelled.reason.as_deref(), &cancelled.ended.as_ref().unwrap().iso[..]), (Some("expired"), at));
        let paid = read(r#"{"status":"paid","transaction_id":"tx"}"#);
        assert_eq!(paid.transaction.as_deref(), Some("tx"));
        assert!(paid.rank() > cancelled.rank());
        let owed = read(r#"{"status":"paid","transaction_id":"tx","refunds":[{"status":"refund_due"}]}"#);
        assert!(owed.rank() > paid.rank());
    }
}
