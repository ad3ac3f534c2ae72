//! What the document says of each call, one file for each group.

pub mod holds;
pub mod orders;
pub mod payments;
pub mod products;
pub mod token;

/// What an integrator reads first.
pub const INTRODUCTION: &str = include_str!("introduction.md");

pub const ACCESS: &str = "Access";
pub const PRODUCTS: &str = "Products";
pub const HOLDS: &str = "Holds";
pub const ORDERS: &str = "Orders";
pub const PAYMENTS: &str = "Payments";

/// The groups, in the order in which a sale meets them.
pub const TAGS: [(&str, &str); 5] = [
    (ACCESS, "A client proves who it is once an hour, and sends the token with every call for holds and orders."),
    (
        PRODUCTS,
        "What is on sale and how much of it is left, for everybody. Answered from memory, and never older than the \
                last commit that this server has seen.",
    ),
    (
        HOLDS,
        "A hold sets units aside for one shopper while they decide. It becomes one order, or its units go back: when it is \
             given back, or when its time is over.",
    ),
    (ORDERS, "An order is what a hold became. It waits for its payment, until `pay_by`."),
    (
        PAYMENTS,
        "What the payment provider tells the shop: however often, late or out of order, each event has one effect.",
    ),
];
