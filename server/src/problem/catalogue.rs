//! The catalogue of problems: status, title and texts of each `type`. Every problem response is built from an entry, and
//! every entry has a page, so no `type` lacks documentation.

mod entry;

pub use entry::{Entry, Member, Shape, Source};

use entry::{catalogue, member, optional, source};
use http::StatusCode;
use serde::{Serialize, Serializer};

catalogue! {
    BAD_REQUEST MalformedJson "malformed-json" "Malformed JSON" {
        cause: "The body is not valid JSON: it ends too early, has text after its end, or is not JSON at all. Nothing was done.",
        resolution: "Send one JSON value in UTF-8, without a byte order mark. `detail` gives the position of the error.",
    }
    BAD_REQUEST BadQuery "bad-query" "Invalid query parameters" {
        cause: "A query parameter is unknown, repeated or out of range.",
        resolution: "Correct the parameter that `detail` names. Copy `cursor` unchanged from the `Link` header of the \
                     previous page.",
    }
    BAD_REQUEST BadTarget "bad-target" "Invalid request target" {
        cause: "The request has no path, or not exactly one `Host` header. Nothing was done.",
        resolution: "Send one `Host` header and a path. Every HTTP library does so by default.",
        source: AnyRequest,
    }
    BAD_REQUEST BrokenBody "broken-body" "Incomplete body" {
        cause: "The connection closed, or the body's framing was invalid, before the whole body arrived. Nothing was done.",
        resolution: "Send the request again.",
    }
    BAD_REQUEST BadIdempotencyKey "bad-idempotency-key" "Invalid idempotency key" {
        cause: "The request has several `Idempotency-Key` headers, or the key is not 1 to 255 visible ASCII characters. \
                Nothing was done.",
        resolution: "Send one key, quoted or bare. Use a new UUID for each new request.",
    }
    BAD_REQUEST UnreadableEvent "unreadable-event" "Invalid webhook event" {
        cause: "The webhook's signature is valid, but its body is not a valid event, or its idempotency key is missing. \
                Nothing was stored.",
        resolution: "Correct the sender; `detail` says what is wrong. Sending the same bytes again fails again.",
    }
    BAD_REQUEST UnreadableForm "unreadable-form" "Invalid form" {
        cause: "A form of the storefront has a missing, unknown or repeated field.",
        resolution: "Use the shop's own pages. Programs should call the API instead.",
        source: Storefront,
    }
    UNAUTHORIZED Unauthorized "unauthorized" "Access token required" {
        cause: "The request has no access token, or its token has expired or was not issued by this shop.",
        resolution: "Get a token from `POST /api/token` with your client's id and secret. Send it as `Authorization: Bearer`. \
                     A token lasts one hour; use it for all requests in that time.",
    }
    FORBIDDEN InsufficientScope "insufficient-scope" "Insufficient scope" {
        cause: "The token is valid, but lacks the scope that this call requires.",
        resolution: "Request the scope `checkout` when you get the token, or omit `scope`.",
    }
    FORBIDDEN BadSignature "bad-signature" "Invalid webhook signature" {
        cause: "The webhook is unsigned, its signature does not match the shop's secrets, or its timestamp differs from the \
                server's time by more than five minutes. Nothing was stored.",
        resolution: "Sign the raw bytes of the body with the shop's secret when you send it. If every delivery fails, compare \
                     the secrets. If only some fail, check the clocks.",
    }
    FORBIDDEN CrossSite "cross-site" "Cross-site request" {
        cause: "A page of another site made the browser submit a form to the storefront. Nothing was done.",
        resolution: "Use the shop's own pages.",
        source: Storefront,
    }
    NOT_FOUND NotFound "not-found" "Not found" {
        cause: "The API has no such path.",
        resolution: "Check the path against the API reference. Paths have no trailing slash.",
        source: AnyRequest,
    }
    NOT_FOUND UnknownProduct "unknown-product" "Product not found" {
        cause: "No product has this id or slug.",
        resolution: "Get the product's id from `GET /api/products`.",
    }
    NOT_FOUND UnknownHold "unknown-hold" "Hold not found" {
        cause: "No hold has this id, or it belongs to another client. The response is the same in both cases.",
        resolution: "Use the `hold_id` that `POST /api/holds` returned, with a token of the same client.",
    }
    NOT_FOUND UnknownOrder "unknown-order" "Order not found" {
        cause: "No order has this id, or it belongs to another client. The response is the same in both cases.",
        resolution: "Use the `order_id` that `POST /api/orders` returned, with a token of the same client.",
    }
    NOT_FOUND UnknownPicture "unknown-picture" "Picture not found" {
        cause: "The product has no picture with this id.",
        resolution: "Read the product: `pictures` has the id of each.",
    }
    NOT_FOUND UnknownRefund "unknown-refund" "Refund not found" {
        cause: "No refund has this id.",
        resolution: "Use the id that the refund got when it was issued.",
    }
    NOT_FOUND UnknownClient "unknown-client" "No such client" {
        cause: "No API client has this id.",
        resolution: "List the clients to find the id.",
    }
    NOT_FOUND UnknownEndpoint "unknown-endpoint" "Endpoint not found" {
        cause: "No webhook endpoint has this id.",
        resolution: "List the endpoints to find the id.",
    }
    NOT_FOUND UnknownDelivery "unknown-delivery" "Delivery not found" {
        cause: "No delivery has this id, or it is older than 30 days.",
        resolution: "List the deliveries to find the id.",
    }
    NOT_FOUND UnknownPayment "unknown-payment" "Payment event not found" {
        cause: "No stored payment event has this id.",
        resolution: "Use the shop's id of the event, not the provider's.",
    }
    NOT_FOUND UnknownJob "unknown-job" "Job not found" {
        cause: "No job of the outbox has this id. Jobs that are done are deleted after seven days.",
        resolution: "List the jobs to find the id.",
    }
    METHOD_NOT_ALLOWED MethodNotAllowed "method-not-allowed" "Method not allowed" {
        cause: "The path exists, but does not support this method.",
        resolution: "Use one of the methods in the response's `Allow` header.",
        source: AnyRequest,
    }
    REQUEST_TIMEOUT Timeout "timeout" "Request timeout" {
        cause: "The body did not arrive in time. Nothing was done.",
        resolution: "Send the request again.",
    }
    CONFLICT KeyInProgress "key-in-progress" "Request in progress" {
        cause: "An earlier request with the same `Idempotency-Key` is still in progress. This one did nothing.",
        resolution: "Repeat the request after the seconds in `Retry-After`. It then gets the first request's response.",
    }
    CONFLICT SoldOut "sold-out" "Not enough stock" {
        cause: "Fewer units are available than were requested. Nothing was held.",
        resolution: "Request at most `available` units. If `may_return` is above zero, units may come back when holds expire \
                     or orders stay unpaid. Watch `GET /api/products/{product}/events` and try again then.",
        members: [
            member("available", Shape::Count, "Units available to hold now."),
            member("may_return", Shape::Count, "Units in holds and unpaid orders, which may become available again."),
        ],
    }
    CONFLICT SaleNotOpen "sale-not-open" "Sale not open" {
        cause: "The product's sale has not started yet, or has ended.",
        resolution: "Before the sale, try again at `starts_at`, by the server's clock (the `Date` header). After the sale, \
                     the product can no longer be bought.",
        members: [
            optional("starts_at", Shape::Instant, "Start of the sale, if it has not started."),
            optional("ended_at", Shape::Instant, "End of the sale, if it has ended."),
        ],
    }
    CONFLICT SalePaused "sale-paused" "Sale paused" {
        cause: "The shop has paused the product's sale. Nothing was held. Existing holds and orders are not affected.",
        resolution: "Try again later. `sale` of the product is `paused` until the shop resumes the sale.",
    }
    CONFLICT LimitReached "limit-reached" "Per-shopper limit reached" {
        cause: "The sale limits the units per shopper. This shopper's active holds, unpaid orders and paid orders leave too \
                few for this request.",
        resolution: "Request at most `limit` minus `taken` units. Identify your customer in `shopper`; without it, all your \
                     customers share one limit.",
        members: [
            member("limit", Shape::Count, "Maximum number of units per shopper."),
            member("taken", Shape::Count, "Units that this shopper already has."),
        ],
    }
    CONFLICT HoldUsed "hold-used" "Hold already ordered" {
        cause: "An order was already placed from this hold.",
        resolution: "Use the order in `order_id`. To give its units back, cancel the order.",
        members: [member("order_id", Shape::Id, "The order placed from this hold.")],
    }
    CONFLICT NoExtension "no-extension" "Hold cannot be extended" {
        cause: "The product allows no extension of its holds, or this hold was already extended once.",
        resolution: "Place the order before the hold expires. A product's `extend_seconds` is null if it allows no extension.",
    }
    CONFLICT OrderPaid "order-paid" "Order already paid" {
        cause: "A paid order cannot be cancelled.",
        resolution: "To return the money, refund the payment with your payment provider.",
    }
    CONFLICT NoReceipt "no-receipt" "No receipt to send" {
        cause: "The order is not paid, has no contact, or has had as many mails as an order may have.",
        resolution: "Read the order: only a paid order with a contact has a receipt.",
    }
    CONFLICT OrderNotPayable "order-not-payable" "Order not payable" {
        cause: "The order is paid, cancelled or refunded, or its time to pay is over, so there is nothing to pay. Nothing was \
                charged.",
        resolution: "Read the order. If it was cancelled, place a new hold and order that.",
        members: [member("order_status", Shape::Text, "Status of the order: `paid`, `cancelled` or `refunded`.")],
    }
    CONFLICT PaymentProcessing "payment-processing" "Payment in progress" {
        cause: "Your customer has finished the payment page, and the payment provider has not confirmed the payment yet.",
        resolution: "Do not ask for another payment. Watch `GET /api/orders/{order}/events` until the order is paid.",
    }
    CONFLICT NoPaymentProvider "no-payment-provider" "No payment provider" {
        cause: "The shop has no payment provider of its own: your system takes the payment.",
        resolution: "Take the payment with your provider, and let it deliver its event to `POST /api/webhooks/payment`.",
    }
    CONFLICT PaymentRefused "payment-refused" "Payment page refused" {
        cause: "The payment provider refused to open a payment page for this order, for example because the amount is below \
                its minimum. Nothing was charged.",
        resolution: "Send the request again. If it keeps failing, ask the shop's operator: the log has the provider's reason.",
    }
    CONFLICT RefundNotAtProvider "refund-not-at-provider" "Refund not at the provider" {
        cause: "The shop's payment provider did not take this refund's money, or the shop has none.",
        resolution: "Return the money where it was paid, and mark the refund as done with `POST /api/admin/refunds/{refund}/done`.",
    }
    CONFLICT ReconciliationRunning "reconciliation-running" "Reconciliation under way" {
        cause: "The shop reconciles with its payment provider already, on this or another server. One run takes place at a time.",
        resolution: "Wait for the run that is under way, and send the request again if you still need it.",
    }
    CONFLICT SlugTaken "slug-taken" "Slug already taken" {
        cause: "Another product has this slug.",
        resolution: "Choose another slug.",
    }
    CONFLICT StockCommitted "stock-committed" "Stock already committed" {
        cause: "The new total is less than the units already held, ordered or sold.",
        resolution: "Set a total of at least `committed`.",
        members: [member("committed", Shape::Count, "Units held, pending or sold: the smallest possible total.")],
    }
    CONFLICT StaleRevision "stale-revision" "Product edited meanwhile" {
        cause: "Somebody edited the product after you read it. Nothing was changed.",
        resolution: "Read the product again, compare it with your edit, and send the edit with the `current` revision.",
        members: [
            member("seen", Shape::Count, "The revision that you read."),
            member("current", Shape::Count, "The product's revision now."),
            optional("changes", Shape::Edits, "The edits since `seen`, newest first: what changed, and by whom."),
        ],
    }
    CONFLICT ProductInUse "product-in-use" "Product in use" {
        cause: "The product has units in holds or unpaid orders, so it cannot be archived. Nothing was changed.",
        resolution: "Pause the product, wait until its holds and unpaid orders have ended, and archive it then.",
        members: [member("units", Shape::Count, "Units in holds and unpaid orders.")],
    }
    CONFLICT OrderNotPaid "order-not-paid" "Order not paid" {
        cause: "The order is not paid, so there is nothing to refund.",
        resolution: "Cancel a pending order instead.",
    }
    CONFLICT AlreadyRestocked "already-restocked" "Units already put back" {
        cause: "Each unit of an order is put back on sale once. Fewer units are left than the request would put back. Nothing \
                was refunded.",
        resolution: "Put back at most `left` units, or none.",
        members: [member("left", Shape::Count, "Units of the order that were not put back yet.")],
    }
    CONFLICT DisputeOpen "dispute-open" "Payment disputed" {
        cause: "The shopper disputes the payment at their bank. A refund beside the dispute could return the money twice. \
                Nothing was refunded.",
        resolution: "Answer the dispute at the payment provider. Once the provider reports that it is closed, the refund can \
                     be issued and sent.",
    }
    CONFLICT RefundState "refund-state" "Refund in another state" {
        cause: "The state of the refund does not allow this step, or the step is about an earlier attempt. Nothing was changed.",
        resolution: "Read the refund again. Only a failed refund can be retried, and only one that is due or failed can be \
                     marked as done elsewhere.",
        members: [
            member("state", Shape::Text, "State of the refund: `due`, `sending`, `succeeded`, `failed` or `withdrawn`."),
            member("attempt", Shape::Count, "Number of the current attempt, from 1."),
        ],
    }
    CONFLICT ClientRevoked "client-revoked" "Client revoked" {
        cause: "The API client is revoked, and a revocation is final. Nothing was changed.",
        resolution: "Create a new client.",
    }
    CONFLICT EndpointChanged "endpoint-changed" "Endpoint changed meanwhile" {
        cause: "The endpoint has another version than the one that you read. Nothing was changed.",
        resolution: "Read the endpoint again, and send the change with its `version` if you still want it.",
    }
    CONFLICT TooManyEndpoints "too-many-endpoints" "Too many endpoints" {
        cause: "The shop has 20 webhook endpoints, which is the maximum. Nothing was created.",
        resolution: "Remove an endpoint that is not needed any more.",
    }
    CONFLICT DeliveryNotKept "delivery-not-kept" "Content not kept" {
        cause: "The webhook of this delivery cannot be sent again: its content is not kept any more, or it was a test event.",
        resolution: "Read the order or the refund instead, or send another test event.",
    }
    CONFLICT ClientChanged "client-changed" "Client changed meanwhile" {
        cause: "Somebody changed the scopes of the API client while this request was handled. Nothing was changed.",
        resolution: "Read the client again, and send the request again if you still want the change.",
    }
    GONE HoldExpired "hold-expired" "Hold expired" {
        cause: "The hold was not ordered before its `expires_at`. Its units are for sale again.",
        resolution: "Place a new hold.",
        members: [member("expired_at", Shape::Instant, "Time at which the hold expired.")],
    }
    GONE HoldReleased "hold-released" "Hold released" {
        cause: "The hold was released, and its units are for sale again.",
        resolution: "Place a new hold.",
    }
    PAYLOAD_TOO_LARGE TooLarge "too-large" "Body too large" {
        cause: "The body is larger than 65,536 bytes or, where it is a picture, than 10,485,760 bytes. Nothing was done.",
        resolution: "Send a smaller body. No call of this API needs a larger one.",
    }
    UNSUPPORTED_MEDIA_TYPE NotJson "not-json" "Content type not JSON" {
        cause: "The `Content-Type` header is missing or is not `application/json`. Nothing was done.",
        resolution: "Send JSON with `Content-Type: application/json`.",
    }
    UNSUPPORTED_MEDIA_TYPE NotPicture "not-picture" "Content type not a picture" {
        cause: "The `Content-Type` header is missing, or is none of `image/png`, `image/jpeg` and `image/webp`. Nothing was done.",
        resolution: "Send the file itself as the body, with its content type.",
    }
    UNPROCESSABLE_ENTITY InvalidPicture "invalid-picture" "Invalid picture" {
        cause: "The body is no PNG, JPEG or WebP file, is incomplete or damaged, or has too many pixels. Nothing was changed.",
        resolution: "Send another file; `detail` says what is wrong with this one.",
    }
    UNPROCESSABLE_ENTITY InvalidBody "invalid-body" "Invalid body" {
        cause: "The body is valid JSON, but a field is missing, unknown, of the wrong type or out of range. Nothing was done.",
        resolution: "Correct the field that `detail` names.",
    }
    UNPROCESSABLE_ENTITY InvalidProduct "invalid-product" "Invalid product" {
        cause: "The product would not be valid after this change. Nothing was changed.",
        resolution: "Correct what `detail` names.",
    }
    UNPROCESSABLE_ENTITY InvalidContact "invalid-contact" "Invalid contact" {
        cause: "A field of the order's contact is missing or cannot be used. Nothing was ordered.",
        resolution: "Correct each field in `fields`, and send the request again with a new `Idempotency-Key`.",
        members: [member("fields", Shape::Fields, "The fields that cannot be used: the path of each, and what is wrong with it.")],
    }
    UNPROCESSABLE_ENTITY RefundTooLarge "refund-too-large" "Refund too large" {
        cause: "The order's refunds would exceed the amount paid. Refunds that have not failed count. Nothing was refunded.",
        resolution: "Refund at most `left`.",
        members: [member("left", Shape::Count, "Amount that is left to refund, in minor units.")],
    }
    UNPROCESSABLE_ENTITY KeyReused "key-reused" "Idempotency key reused" {
        cause: "Your client already used this `Idempotency-Key` for a request with another method, path or body. Nothing was \
                done.",
        resolution: "Use a new key for each new request. To repeat a request, send it exactly as before.",
    }
    TOO_MANY_REQUESTS TooManyRequests "too-many-requests" "Too many requests" {
        cause: "Your client has used up its request quota. Requests without a token count against your network address. Or \
                an operator has too many Live screens open. Nothing was done.",
        resolution: "Wait for the seconds in `Retry-After`, or close a Live screen. The `RateLimit` headers of each response tell \
                     how much is left.",
    }
    INTERNAL_SERVER_ERROR Fault "fault" "Internal error" {
        cause: "An unexpected error occurred in the server. The server's log has the details under `reference`.",
        resolution: "Repeat the request with the same `Idempotency-Key`; it took effect either completely or not at all. If it \
                     fails again, report the `reference` to the shop's operator.",
        members: [member("reference", Shape::Text, "Identifies this error in the server's log.")],
    }
    SERVICE_UNAVAILABLE Busy "busy" "Server busy" {
        cause: "The server has more requests than it can queue, so it rejected this one. Nothing was done.",
        resolution: "Send the request again after the seconds in `Retry-After`.",
    }
    SERVICE_UNAVAILABLE PaymentProviderBusy "payment-provider-busy" "Payment provider busy" {
        cause: "The payment provider did not answer in time, or asks to be called less often. Nothing was charged.",
        resolution: "Send the request again after the seconds in `Retry-After`. It leads to the same payment page.",
    }
    SERVICE_UNAVAILABLE OutcomeUnknown "outcome-unknown" "Outcome unknown" {
        cause: "The database connection broke during the commit, or the response took too long. The request took effect \
                completely or not at all, but the server could not find out which.",
        resolution: "Repeat the request with the same `Idempotency-Key` to learn the outcome. Without a key, read your holds \
                     and orders before you repeat the request.",
    }
}

impl Kind {
    /// Returns the `type`, which is also the path of the problem's page.
    pub fn uri(self) -> String {
        format!("/problems/{}", self.entry().slug)
    }
}

/// Serialises as the slug.
impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.entry().slug)
    }
}
