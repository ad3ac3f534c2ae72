//! Every kind of problem that an answer can be: what its `type` names, and what the page at that address says. An answer
//! is made from an entry of this list and from nothing else, so there is no kind without a page.

use http::StatusCode;

/// What there is to know about one kind of problem, whenever it happens.
#[derive(Debug)]
pub struct Entry {
    /// The last part of its `type`.
    pub slug: &'static str,
    /// The status it is answered with.
    pub status: StatusCode,
    /// Its name, the same each time.
    pub title: &'static str,
    /// What happened.
    pub happened: &'static str,
    /// What whoever reads this can do about it.
    pub remedy: &'static str,
    /// What the answer says besides `type`, `title`, `status` and `detail`.
    pub members: &'static [Member],
}

/// A member of its own, for programs to read.
#[derive(Debug)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What its value looks like.
    pub shape: Shape,
    /// Is it there each time?
    pub always: bool,
    /// What it says.
    pub says: &'static str,
}

/// What a member's value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A number of units.
    Count,
    /// An instant, RFC 3339.
    Instant,
    /// An id.
    Id,
    /// Text.
    Text,
}

const fn member(name: &'static str, shape: Shape, says: &'static str) -> Member {
    Member { name, shape, always: true, says }
}

const fn sometimes(name: &'static str, shape: Shape, says: &'static str) -> Member {
    Member { name, shape, always: false, says }
}

macro_rules! catalogue {
    ($($status:ident $kind:ident $slug:literal $title:literal {
        happened: $happened:literal,
        remedy: $remedy:literal,
        $(members: [$($member:expr),* $(,)?],)?
    })*) => {
        /// A kind of problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $title] $kind,)*
        }

        impl Kind {
            /// All there are, by status.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// What there is to know about it.
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$kind => {
                        const ENTRY: Entry = Entry {
                            slug: $slug,
                            status: StatusCode::$status,
                            title: $title,
                            happened: $happened,
                            remedy: $remedy,
                            members: &[$($($member),*)?],
                        };
                        &ENTRY
                    })*
                }
            }
        }
    };
}

catalogue! {
    BAD_REQUEST MalformedJson "malformed-json" "The body is not JSON" {
        happened: "The body ends too early, has something after its end, or is not JSON at all. Nothing was done.",
        remedy: "Send one JSON value, in UTF-8 and without a byte order mark. The detail says where the reading stopped.",
    }
    BAD_REQUEST BadQuery "bad-query" "The query is not as it should be" {
        happened: "What stands behind the question mark of the address has a field that is unknown, there twice or out of range.",
        remedy: "Correct what the detail names. Cursors are taken as they are from the Link header of the page before.",
    }
    BAD_REQUEST BadTarget "bad-target" "It is not clear what is asked for" {
        happened: "The request has no `Host` header, or more than one, or no path. Nothing was done.",
        remedy: "Send one `Host`, and a path, as every HTTP library does.",
    }
    BAD_REQUEST BrokenBody "broken-body" "The body broke off" {
        happened: "The connection ended, or the body's framing was wrong, before the whole body had arrived. Nothing was done.",
        remedy: "Send the request again.",
    }
    BAD_REQUEST BadIdempotencyKey "bad-idempotency-key" "The idempotency key cannot be read" {
        happened: "There is more than one `Idempotency-Key` header, or its value is not 1 to 255 visible ASCII characters. \
                   Nothing was done.",
        remedy: "Send one key, quoted or bare. A new UUID for each new request is a good one.",
    }
    BAD_REQUEST UnreadableEvent "unreadable-event" "The event cannot be read" {
        happened: "The webhook's signature holds, but its body is not an event as agreed on, or its key is missing. \
                   Nothing was stored.",
        remedy: "Correct the sender; the detail says what is wrong. To deliver the same bytes again changes nothing.",
    }
    BAD_REQUEST UnreadableForm "unreadable-form" "The form cannot be read" {
        happened: "A form of the storefront came with a field too many, too few or twice.",
        remedy: "Use the shop's own pages. Programs are better served by the API.",
    }
    UNAUTHORIZED Unauthorized "unauthorized" "A valid token is needed" {
        happened: "The request has no access token, or one that has expired or was not issued here.",
        remedy: "Get a token from `POST /api/token` with your client's id and secret, and send it as `Authorization: Bearer`. \
                 A token lasts an hour; get the next one before that, and use it for all requests.",
    }
    FORBIDDEN InsufficientScope "insufficient-scope" "Not with this token" {
        happened: "The token is good, but it does not carry the scope that this call needs.",
        remedy: "Ask for the scope `checkout` when you get the token, or leave scope out.",
    }
    FORBIDDEN BadSignature "bad-signature" "The signature does not hold" {
        happened: "The webhook is not signed, its signature was not made with a secret of this shop, or its timestamp is more \
                   than five minutes from the server's time. Nothing was read or stored.",
        remedy: "Sign the raw bytes of the body as they are sent, with the shop's secret, at the time of sending. If all \
                 deliveries fail, compare the secrets; if some do, the clocks.",
    }
    FORBIDDEN CrossSite "cross-site" "Not from another site" {
        happened: "A page of another site made a browser send a form to the storefront. Nothing was done.",
        remedy: "Use the shop's own pages.",
    }
    NOT_FOUND NotFound "not-found" "Nothing is here" {
        happened: "The API has no such address.",
        remedy: "Check the path against the list of calls. Paths have no slash at the end.",
    }
    NOT_FOUND UnknownProduct "unknown-product" "No such product" {
        happened: "No product has that id or slug.",
        remedy: "Take the id from `GET /api/products`.",
    }
    NOT_FOUND UnknownHold "unknown-hold" "No such hold" {
        happened: "No hold has that id, or it belongs to another client: the answer is the same, so that nobody learns of what \
                   is not theirs.",
        remedy: "Use the `hold_id` that `POST /api/holds` answered with, and a token of the same client.",
    }
    NOT_FOUND UnknownOrder "unknown-order" "No such order" {
        happened: "No order has that id, or it belongs to another client: the answer is the same, so that nobody learns of \
                   what is not theirs.",
        remedy: "Use the `order_id` that `POST /api/orders` answered with, and a token of the same client.",
    }
    METHOD_NOT_ALLOWED MethodNotAllowed "method-not-allowed" "Not with this method" {
        happened: "The address exists, for other methods.",
        remedy: "Use a method that the answer's `Allow` header names.",
    }
    REQUEST_TIMEOUT Timeout "timeout" "The body took too long" {
        happened: "The body had not arrived in full when the time for it was over. Nothing was done.",
        remedy: "Send the request again, over a better connection if need be.",
    }
    CONFLICT KeyInProgress "key-in-progress" "The same request is under way" {
        happened: "Your client sent a request with this `Idempotency-Key` a moment ago, and it is not answered yet. This one did \
                   nothing.",
        remedy: "Repeat the request after the time in `Retry-After`: it will be told the first one's answer.",
    }
    CONFLICT SoldOut "sold-out" "Not enough stock" {
        happened: "Fewer units are available than were asked for. Nothing was held.",
        remedy: "Ask for at most `available`. Where that is zero and `may_return` is not, units may come back from holds that \
                 run out and orders that are not paid: watch `GET /api/products/{id}/events` and ask again when they do.",
        members: [
            member("available", Shape::Count, "Units anyone may hold now."),
            member("may_return", Shape::Count, "Units in holds and unpaid orders: they may come back."),
        ],
    }
    CONFLICT SaleNotOpen "sale-not-open" "The sale is not open" {
        happened: "The product is sold between two instants, and now is not between them.",
        remedy: "Before the sale, ask again at `starts_at`, by the server's clock (the Date header). After it there is \
                 nothing to be had.",
        members: [
            sometimes("starts_at", Shape::Instant, "When the sale opens, where it has yet to."),
            sometimes("ended_at", Shape::Instant, "When the sale ended, where it has."),
        ],
    }
    CONFLICT LimitReached "limit-reached" "The limit for one shopper is reached" {
        happened: "The sale gives each shopper a limited number of units, and this shopper's active holds, unpaid orders and \
                   paid orders leave too few for this request.",
        remedy: "Ask for at most `limit` minus `taken`. Name your customer in `shopper`: without it, your client itself is \
                 the shopper, and has one limit for all of its customers.",
        members: [
            member("limit", Shape::Count, "The most one shopper may have."),
            member("taken", Shape::Count, "What this shopper has."),
        ],
    }
    CONFLICT HoldUsed "hold-used" "The hold is an order already" {
        happened: "A hold becomes one order, and this one has.",
        remedy: "Go on with the order that `order_id` names; to give its units back, cancel it.",
        members: [member("order_id", Shape::Id, "The order it became.")],
    }
    CONFLICT NoExtension "no-extension" "No further extension" {
        happened: "The sale allows no extension of holds, or this hold has had its one.",
        remedy: "Order before the hold runs out.",
    }
    CONFLICT OrderPaid "order-paid" "The order is paid" {
        happened: "A paid order cannot be cancelled.",
        remedy: "Refund the payment with your payment provider, if that is what your customer wants.",
    }
    CONFLICT SlugTaken "slug-taken" "The slug is taken" {
        happened: "Another product has that name in addresses.",
        remedy: "Choose another slug.",
    }
    CONFLICT StockCommitted "stock-committed" "The stock is committed" {
        happened: "The total would be less than what is held, ordered and sold already.",
        remedy: "Set a total of at least `committed`.",
        members: [member("committed", Shape::Count, "Units held, pending or sold: the least the total can be.")],
    }
    GONE HoldExpired "hold-expired" "The hold has expired" {
        happened: "The hold was not ordered before its `expires_at`. Its units are for sale again.",
        remedy: "Place a new hold.",
        members: [member("expired_at", Shape::Instant, "When it ran out.")],
    }
    GONE HoldReleased "hold-released" "The hold was given back" {
        happened: "The hold was given back, and its units are for sale again.",
        remedy: "Place a new hold.",
    }
    PAYLOAD_TOO_LARGE TooLarge "too-large" "The body is too large" {
        happened: "The body has more than 65,536 bytes. Nothing was done.",
        remedy: "Send less; nothing in this API needs as much.",
    }
    UNSUPPORTED_MEDIA_TYPE NotJson "not-json" "The body is of another type" {
        happened: "The `Content-Type` header is missing, or names something other than JSON. Nothing was done.",
        remedy: "Send JSON, with `Content-Type: application/json`.",
    }
    UNPROCESSABLE_ENTITY InvalidBody "invalid-body" "The body is not as it should be" {
        happened: "The body is JSON, but a field is missing, unknown, of the wrong type or out of range. Nothing was done.",
        remedy: "Correct the field that the detail names.",
    }
    UNPROCESSABLE_ENTITY KeyReused "key-reused" "The idempotency key stands for another request" {
        happened: "Your client sent this `Idempotency-Key` before, with another payload or to another address. Nothing was done.",
        remedy: "Repeat a request exactly as it was to learn its outcome; for a new request, choose a new key.",
    }
    TOO_MANY_REQUESTS TooManyRequests "too-many-requests" "Too many requests" {
        happened: "Your client, or your address where you sent no token, has used up what it may ask for now. Nothing was done.",
        remedy: "Wait for the seconds in `Retry-After`. The `RateLimit` headers of every answer say how much is left.",
    }
    INTERNAL_SERVER_ERROR Fault "fault" "Something broke on our side" {
        happened: "The server met something that it is not made for. The whole story is in its log, under the reference.",
        remedy: "Repeat the request with the same `Idempotency-Key`: it has either happened in full or not at all. If it \
                 fails again, report the reference.",
        members: [member("reference", Shape::Text, "What to name when you report this.")],
    }
    SERVICE_UNAVAILABLE Busy "busy" "The checkout is busy" {
        happened: "More requests came than can wait in line, so this one was turned away at once. Nothing was done.",
        remedy: "Send it again after the seconds in `Retry-After`. With an `Idempotency-Key` that is safe in any case.",
    }
    SERVICE_UNAVAILABLE OutcomeUnknown "outcome-unknown" "The outcome is not known yet" {
        happened: "The connection to the database broke in the very moment of the commit, or the answer took too long. The \
                   request has happened in full or not at all, and the server could not find out which.",
        remedy: "Repeat the request with the same `Idempotency-Key`: the answer is then the outcome. Without a key, look at \
                 your holds and orders before you repeat anything.",
    }
}

impl Kind {
    /// Its `type`, and the address of its page.
    pub fn uri(self) -> String {
        format!("/problems/{}", self.entry().slug)
    }

    /// The kind of that slug.
    pub fn find(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.entry().slug == slug)
    }
}
