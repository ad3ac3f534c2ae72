//! The content of each mail to an operator. They are in English, as the console is.

use super::{
    MailSettings, OperatorLink,
    i18n::Reader,
    letter::{Letter, amount, name_of},
    time,
};
use checkout::{
    model::{Order, Refund, RefundState},
    store::{DisabledReason, Endpoint, operators::LinkPurpose},
};
use url::Url;

/// A refund failed: to an operator who can do something about it.
pub(super) fn refund_failed(settings: &MailSettings, order: Option<&Order>, refund: &Refund) -> Option<Letter> {
    if refund.state != RefundState::Failed {
        return None;
    }
    let amount = amount(refund, Reader::operator(&settings.language));
    let text =
        "The payment provider could not return this money. The buyer was not told. See why, and decide what to do.";
    let mut letter = Letter::new(&format!("A refund failed: {amount}"), "A refund failed", text)
        .fact("Refund", amount)
        .fact("Transaction", refund.transaction_id.to_string());
    if let Some(order) = order {
        letter = letter.fact("Order", name_of(order));
    }
    Some(letter.button("Open the refund", format!("{}/admin/refunds/{}", settings.public_url, refund.id)))
}

/// An endpoint of webhooks was switched off by itself: to an operator who can switch it on. Its address may contain a token, so
/// that only the host is named.
pub(super) fn endpoint_disabled(settings: &MailSettings, endpoint: &Endpoint) -> Option<Letter> {
    let reason = match endpoint.disabled {
        Some(DisabledReason::Failing) => "It has failed for days.",
        Some(DisabledReason::Gone) => "It answered that it is gone (410).",
        // Somebody has switched it on since, or off on purpose.
        Some(DisabledReason::Operator) | None => return None,
    };
    let host = Url::parse(&endpoint.url).ok().and_then(|url| url.host_str().map(str::to_owned))?;
    let text = format!(
        "{reason} Nothing more is sent to it, and its webhooks wait. Once it works again, switch it on: then they are sent."
    );
    let subject = format!("A webhook endpoint was switched off: {host}");
    let mut letter = Letter::new(&subject, "A webhook endpoint was switched off", text).fact("Endpoint", host);
    if let Some(since) = endpoint.failing_since {
        letter =
            letter.fact("Failing since", time::format(since, Reader::operator(&settings.language), &settings.zone));
    }
    Some(letter.button("Open the endpoint", format!("{}/admin/webhooks/{}", settings.public_url, endpoint.id)))
}

/// A one-time link for an operator.
pub(super) fn operator_link(settings: &MailSettings, purpose: LinkPurpose, link: &OperatorLink) -> Letter {
    let (shop, hours) = (&settings.shop_name, link.hours);
    let (subject, heading, text) = match purpose {
        LinkPurpose::Invitation => {
            (format!("You’re invited to {shop}"), "Welcome", format!("You were invited to the console of {shop}."))
        }
        LinkPurpose::Reset => (
            format!("Set a new password for {shop}"),
            "Set a new password",
            format!("Somebody asked for a new password for your account at the console of {shop}."),
        ),
    };
    let time = if hours == 1 { "an hour".to_owned() } else { format!("{hours} hours") };
    let note = format!("The link works once, within {time}. If you expected no such mail, leave it alone.");
    let letter = Letter::new(&subject, heading, text)
        .button("Set your password", format!("{}{}", settings.public_url, link.path));
    Letter { note: Some(note), ..letter }
}
