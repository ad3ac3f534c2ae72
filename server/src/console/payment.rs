//! The screen of one payment event, and its repeated processing.

use super::{Fields, html, operation::context, redirect};
use crate::{
    operators::SignedIn,
    problem::{Kind, Problem},
    state::AppState,
};
use app::admin::{
    confirm::ReasonField,
    layout::Flash,
    order::name_of,
    payment::{self as view, Payload, PaymentPage},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Error,
    model::{Order, Payment, PaymentPayload, Reference, Refusal, WebhookId},
    store::{
        listings::{OrderFilter, OrderSearch, PageRequest},
        operators::Permission,
    },
};
use http::{StatusCode, Uri};

/// `GET /admin/payments/{id}`
pub async fn page(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let payment = find(&state, &id).await?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let standing = view::standing(payment.outcome);
    let flash = match query.get("done") {
        "payment-changed" => Some(Flash::done(format!("Processed again: {standing}"))),
        "payment-unchanged" => Some(Flash::done(format!("Nothing changed: {standing}"))),
        _ => None,
    };
    render(&state, &signed_in, StatusCode::OK, payment, ReasonField::default(), flash).await
}

/// `POST /admin/payments/{id}/replay`
pub async fn replay(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let before = find(&state, &id).await?;
    let reason = match fields.required_reason() {
        Ok(reason) => reason,
        Err(refused) => {
            return render(&state, &signed_in, StatusCode::UNPROCESSABLE_ENTITY, before, refused, None).await;
        }
    };
    state.checkout.replay_payment(before.id, context(&signed_in, Some(reason))).await?;
    let after = state.checkout.payment(before.id).await?;
    let done = if after.outcome == before.outcome { "payment-unchanged" } else { "payment-changed" };
    Ok(redirect(&format!("{}?done={done}", view::path(&after))))
}

async fn find(state: &AppState, id: &str) -> Result<Payment, Problem> {
    let id: WebhookId = id.parse().map_err(|_| Problem::new(Kind::NotFound, "There is no such payment."))?;
    Ok(state.checkout.payment(id).await?)
}

async fn render(
    state: &AppState,
    signed_in: &SignedIn,
    status: StatusCode,
    payment: Payment,
    replay: ReasonField,
    flash: Option<Flash>,
) -> Result<Response, Problem> {
    let payload = if signed_in.operator.role.may(Permission::Payments) {
        state.checkout.payment_payload(payment.id).await?.map(shown)
    } else {
        None
    };
    let page = PaymentPage {
        order: order_of(state, payment.reference).await?.map(|order| (order.id.to_string(), name_of(&order))),
        product: payment.product_id.and_then(|id| state.checkout.product(id)),
        payload,
        replay,
        payment,
    };
    Ok(html(status, view::payment(signed_in.page_operator().await, page, flash)))
}

/// Returns the order that an event is about, if it exists.
async fn order_of(state: &AppState, reference: Reference) -> Result<Option<Order>, Error> {
    match reference {
        Reference::Order(id) => match state.checkout.order_of_any_owner(id).await {
            Err(Error::Refused(Refusal::UnknownOrder)) => Ok(None),
            found => found.map(Some),
        },
        Reference::Hold(id) => {
            let filter = OrderFilter { search: Some(OrderSearch::Id(id.0)), ..OrderFilter::default() };
            let page = PageRequest::first(1);
            Ok(state.checkout.list_orders(&filter, page).await?.items.pop())
        }
    }
}

fn shown(payload: PaymentPayload) -> Payload {
    let PaymentPayload { content_type, body, received_at } = payload;
    let text = String::from_utf8_lossy(&body);
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
    let text = if is_json { indent(&text) } else { text.into_owned() };
    Payload { text, content_type, size: body.len(), received_at }
}

/// Indents valid JSON. Only white space between tokens changes: parsing and writing it again would change numbers that are
/// no double, and drop repeated keys.
fn indent(json: &str) -> String {
    let (mut text, mut depth, mut in_string, mut is_escaped) = (String::with_capacity(json.len() * 2), 0, false, false);
    let new_line = |text: &mut String, depth: usize| {
        text.push('\n');
        // Deeply nested JSON would otherwise grow with the square of its size.
        text.extend(std::iter::repeat_n("  ", depth.min(MAX_INDENT)));
    };
    let mut letters = json.chars().filter(|letter| !letter.is_ascii_control()).peekable();
    while let Some(letter) = letters.next() {
        if in_string {
            text.push(letter);
            in_string = is_escaped || letter != '"';
            is_escaped = !is_escaped && letter == '\\';
            continue;
        }
        match letter {
            ' ' => {}
            '{' | '[' => {
                text.push(letter);
                while letters.next_if_eq(&' ').is_some() {}
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    new_line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut text, depth);
                text.push(letter);
            }
            ',' => {
                text.push(letter);
                new_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            other => {
                in_string = other == '"';
                text.push(other);
            }
        }
    }
    text
}

/// Deepest indentation of a payload, in levels.
const MAX_INDENT: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_and_otherwise_kept_as_it_came() {
        let came = r#"{"a":[1,2.50000000000000000001],"a": { } ,"s":"x, \"{\\\":[", "e":[ ]}"#;
        let shown = indent(came);
        let expected = [
            "{",
            "  \"a\": [",
            "    1,",
            "    2.50000000000000000001",
            "  ],",
            "  \"a\": {},",
            r#"  "s": "x, \"{\\\":[","#,
            "  \"e\": []",
            "}",
        ];
        assert_eq!(shown, expected.join("\n"));
        assert_eq!(indent("7"), "7");
        let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        assert!(indent(&deep).len() < 100_000);
    }
}
