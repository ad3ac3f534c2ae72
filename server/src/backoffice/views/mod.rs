//! Orders, payments, payment pages, refunds and products as operators see them. The admin API, exports and the command line print them
//! with the same fields.

mod attempt;
mod enums;
mod job;
mod order;
mod payment;
mod product;
mod refund;

pub use attempt::AdminAttemptView;
pub use enums::{AttemptState, PaymentOutcome, PaymentProvider, PaymentStatus, ProductStatus, RefundState};
pub use job::AdminJobView;
pub use order::AdminOrderView;
pub use payment::AdminPaymentView;
pub use product::AdminProductView;
pub use refund::AdminRefundView;
