//! An order's state, live: waiting, paid or cancelled, what that means and what to do.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{connection::Connection, countdown::Countdown, steps::Steps};
use crate::{
    clock::server_time,
    live::{Link, follow},
    paths, words,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

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
    pub product: Option<String>,
}

/// A state by its wire names, as the stream tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// `pending`, `paid` or `cancelled`.
    pub status: String,
    /// Why it was cancelled.
    #[serde(default, alias = "cancel_reason")]
    pub reason: Option<String>,
}

impl State {
    /// Orders go from pending to cancelled to paid, and never back: a lower rank is older news.
    fn rank(&self) -> u8 {
        match self.status.as_str() {
            "pending" => 0,
            "cancelled" => 1,
            _ => 2,
        }
    }
}

/// The state as the stream tells it, and how the stream is doing.
fn live_state(id: &str, drawn: State) -> (ReadSignal<State>, Signal<Link>) {
    let (state, set_state) = signal(drawn);
    let link = follow(paths::order_events(id), "order", move |data| {
        let Ok(news) = serde_json::from_str::<State>(data) else { return };
        if news.rank() > state.with_untracked(State::rank) {
            set_state.set(news);
        }
    });
    (state, link)
}

/// The way to here. An order that has ended without its money is on no way any more.
#[island]
pub fn OrderSteps(id: String, state: State) -> impl IntoView {
    let (state, _) = live_state(&id, state);
    let at = Signal::derive(move || if state.with(|s| s.status == "paid") { 3 } else { 2 });
    view! {
        <div hidden=move || state.with(|s| s.status == "cancelled")>
            <Steps at />
        </div>
    }
}

/// State, countdown and what can be done.
#[island]
pub fn OrderPanel(standing: Standing) -> impl IntoView {
    let Standing { id, state, rendered_at, pay_by, amount, pay_at, product } = standing;
    let (state, link) = live_state(&id, state);
    let now = server_time(rendered_at);
    let words = Memo::new(move |_| state.with(|s| words::order_state(&s.status, s.reason.as_deref())));
    let status = move || state.with(|s| s.status.clone());
    let (id, product) = (StoredValue::new(id), StoredValue::new(product));
    let (amount, pay_at) = (StoredValue::new(amount), StoredValue::new(pay_at));
    let actions = move || {
        match status().as_str() {
        "pending" => view! {
            <Pending now pay_by amount=amount.get_value() pay_at=pay_at.get_value() id=id.get_value() />
        }
        .into_any(),
        "paid" => view! { <p class="actions"><a class="button button-quiet" href="/">"Back to the drops"</a></p> }.into_any(),
        _ => product
            .get_value()
            .map(|href| view! { <p class="actions"><a class="button button-main" href=href>"Back to the product"</a></p> })
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
            <div role="status">
                <h2 id="order-state">{move || words.get().title}</h2>
                <p>{move || words.get().text}</p>
            </div>
            {actions}
        </section>
    }
}

#[component]
fn Pending(now: ReadSignal<i64>, pay_by: i64, amount: String, pay_at: Option<String>, id: String) -> impl IntoView {
    view! {
        <p class="due">
            <span>"Due now " <strong>{amount}</strong></span>
            <span>"Time left to pay " <Countdown now end=pay_by left="left to pay" over="The time to pay is over." /></span>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_streams_order_and_knows_older_news() {
        let news = r#"{"order_id":"x","status":"cancelled","reason":"expired","qty":1}"#;
        let cancelled: State = serde_json::from_str(news).unwrap();
        assert_eq!(cancelled.reason.as_deref(), Some("expired"));
        let paid: State = serde_json::from_str(r#"{"status":"paid"}"#).unwrap();
        assert!(paid.rank() > cancelled.rank());
    }
}
