//! Differences between the shop and the provider, in words.

use checkout::model::{
    Currency, Money, OrderId, RefundId, RefundReference, RefundState, ReportedRefundState, TransactionId,
};
use serde::{Serialize, Serializer};
use std::fmt;

/// Something that shop and provider know differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "difference", rename_all = "snake_case")]
pub enum Difference {
    /// The order is paid, and the provider does not know its transaction as paid.
    NotPaidAtProvider {
        /// The order.
        order: OrderId,
        /// The transaction.
        transaction: TransactionId,
    },
    /// The provider took money for an order that it did not pay, and no refund returns it.
    MoneyWithoutOrder {
        /// The order that the money was for.
        order: OrderId,
        /// The transaction.
        transaction: TransactionId,
        /// The amount.
        amount: Option<Money>,
    },
    /// The refund succeeded, and the provider knows none.
    RefundNotAtProvider {
        /// The refund.
        refund: RefundId,
        /// The transaction.
        transaction: TransactionId,
    },
    /// The provider has made a refund that the shop does not know.
    RefundNotRecorded {
        /// The provider's id.
        reference: RefundReference,
        /// The transaction.
        transaction: TransactionId,
        /// The amount.
        amount: Money,
    },
    /// The refund has another state at the provider.
    RefundState {
        /// The refund.
        refund: RefundId,
        /// The state in the shop.
        here: RefundState,
        /// The state at the provider.
        #[serde(serialize_with = "state_name")]
        there: ReportedRefundState,
    },
    /// The refund has another amount at the provider.
    RefundAmount {
        /// The refund.
        refund: RefundId,
        /// The amount in the shop, in minor units.
        here: i64,
        /// Its currency.
        currency: Option<Currency>,
        /// The amount at the provider.
        there: Money,
    },
    /// The comparison reached its limit of look-ups, and later orders or refunds were not compared.
    Incomplete {
        /// The number of look-ups.
        lookups: u32,
    },
}

fn name_of(state: ReportedRefundState) -> &'static str {
    match state {
        ReportedRefundState::Pending => "pending",
        ReportedRefundState::Succeeded => "succeeded",
        ReportedRefundState::Failed => "failed",
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn state_name<S: Serializer>(state: &ReportedRefundState, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name_of(*state))
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPaidAtProvider { order, transaction } => {
                write!(f, "Order {order} is paid by {transaction}, which the provider does not know as paid.")
            }
            Self::MoneyWithoutOrder { order, transaction, amount } => {
                f.write_str("The provider took ")?;
                match amount {
                    Some(Money { minor, currency }) => write!(f, "{minor} minor units of {currency}")?,
                    None => f.write_str("money")?,
                }
                write!(f, " by {transaction} for order {order}, which it did not pay, and no refund returns it.")
            }
            Self::RefundNotAtProvider { refund, transaction } => {
                write!(f, "Refund {refund} of {transaction} has succeeded, and the provider does not know it.")
            }
            Self::RefundNotRecorded { reference, transaction, amount: Money { minor, currency } } => {
                let reference = reference.as_str();
                write!(
                    f,
                    "The provider made refund {reference} of {transaction} over {minor} minor units of {currency}, "
                )?;
                f.write_str("which the shop does not know.")
            }
            Self::RefundState { refund, here, there } => {
                write!(f, "Refund {refund} is {} in the shop and {} at the provider.", here.name(), name_of(*there))
            }
            Self::RefundAmount { refund, here, there: Money { minor, currency }, .. } => {
                write!(
                    f,
                    "Refund {refund} is over {here} minor units in the shop and {minor} minor units of {currency} "
                )?;
                f.write_str("at the provider.")
            }
            Self::Incomplete { lookups } => {
                write!(f, "The comparison ended after {lookups} look-ups. Compare a shorter period.")
            }
        }
    }
}
