//! The values of the shop and their state transitions. No I/O, no clock, no random source. The model also compiles to
//! WebAssembly, so that the browser and the server share its types.

mod audit_entry;
#[cfg(feature = "engine")]
mod contact;
mod email;
mod hold;
mod ids;
mod locale;
mod money;
mod order;
mod order_number;
mod outbox;
mod payload;
mod payment;
mod payment_attempt;
mod picture;
mod place;
mod product;
mod quantity;
mod refund;
mod refusal;
mod reported_refund;
mod sale;
mod scope;
mod shopper;
mod slug;
mod specification;
mod stock;
mod text;
mod time;

pub use audit_entry::{Actor, ActorKind, AuditEntry, AuditObject, ChangeReason, ChangeReasonError};
#[cfg(feature = "engine")]
pub use contact::{
    Address, AddressDraft, Contact, ContactDraft, ContactError, ContactField, ContactProblem, Country, CountryError,
    MAX_CONTACT_TEXT_CHARS, MAX_POSTAL_CODE_CHARS, StoredContact,
};
pub use email::{EmailAddress, EmailError, MAX_EMAIL_LENGTH};
pub use hold::{Hold, HoldState};
pub use ids::{
    AttemptId, AuditId, BatchId, DeliveryId, EndpointId, HoldId, JobId, OrderId, ProductId, RefundId, WebhookId,
};
pub use locale::{DateOrder, Language, LanguageError, Locale, MAX_LANGUAGE_CHARS};
pub use money::{Currency, Money, MoneyError};
pub use order::{CancelReason, Order, OrderRefunds, OrderState, OrderStatus};
pub use order_number::OrderNumber;
pub use outbox::{Job, JobKind, JobState, JobSubject, NewJob, Topic};
pub use payload::{EventPayload, MAX_PAYLOAD_SIZE, PaymentPayload};
pub use payment::{
    DisputeId, EventKey, EventOutcome, Payment, PaymentReport, PaymentStatus, Reference, RefundReason, ReportedAmount,
    TransactionId, open_disputes,
};
pub use payment_attempt::{AttemptState, PaymentAttempt, ProviderName, SessionId};
pub use picture::{MAX_ALT_CHARS, MAX_PICTURES, Picture, PictureFacts, PictureId, PictureIdError, PictureSize};
pub use place::{PaidBefore, Place};
pub use product::{
    HUES, MAX_STOCK, MAX_STORY_CHARS, MAX_TAGLINE_CHARS, Product, ProductDetails, ProductDraft, ProductError,
};
pub use quantity::{MAX_QUANTITY, Quantity, QuantityError};
pub use refund::{Refund, RefundReference, RefundState, RefundStep};
pub use refusal::Refusal;
pub use reported_refund::{ReportedRefund, ReportedRefundState};
pub use sale::{ProductStatus, SalePhase, SaleWindow};
pub use scope::{Scope, ScopeError, ScopeSet};
pub use shopper::{Owner, Shopper, ShopperError};
pub use slug::Slug;
pub use specification::{
    MAX_SPECIFICATION_NAME_CHARS, MAX_SPECIFICATION_ROWS, MAX_SPECIFICATION_VALUE_CHARS, SpecificationRow,
    SpecificationRowError,
};
pub use stock::{Stock, StockDelta, StockSnapshot};
pub use text::{ForbiddenChar, check_line, check_lines, is_unseen};
pub use time::{Timestamp, TimestampError};
