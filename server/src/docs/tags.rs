//! The groups of calls in the OpenAPI document.

/// Groups of calls, in the order of a sale.
pub const TAGS: [(&str, &str); 13] = [
    ("Access", "Access tokens. A client gets one per hour and sends it with each call for holds and orders."),
    (
        "Products",
        "The products on sale and their stock. Public, served from memory, and never older than the last commit that this \
         server has seen.",
    ),
    (
        "Holds",
        "A hold reserves units for one shopper while they decide. Either one order is placed from it, or its units return \
         to sale when it is released or expires.",
    ),
    ("Orders", "An order is placed from a hold, and must be paid by `pay_by`."),
    (
        "Payments",
        "Webhooks of the payment provider. Each event takes effect once, even if it arrives repeatedly, late or out of \
         order.",
    ),
    (
        "Admin products",
        "Products as the shop's people manage them. Calls of the admin API need a token with the scope that each call names.",
    ),
    ("Admin orders", "The orders of all shoppers and clients."),
    ("Admin payments", "The events of the payment provider, with their outcomes."),
    ("Admin refunds", "Money that goes back to shoppers: by an operator, or because the shop must not keep it."),
    ("Admin outbox", "Mails, webhooks and calls of the payment provider that follow from a sale."),
    ("Admin audit log", "The changes that people and programs made: who, when, what and why."),
    ("Admin clients", "API clients and their scopes. A client can give others only the scopes that it has itself."),
    (
        "Admin webhooks",
        "Endpoints of your other systems, which are told of orders, refunds and stock, and the attempts to deliver to them.",
    ),
];
