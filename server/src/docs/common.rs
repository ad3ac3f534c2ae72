//! What many calls have in common: the one place where their problems, parameters, headers and ways of proving who is asking are
//! declared. A call names them; the document has each once.

use crate::{api::pagination::MAX_LIMIT, auth::SCOPE, problem::Kind};
use serde_json::json;
use utoipa::openapi::{
    Header as HeaderObject, HeaderBuilder, KnownFormat, ObjectBuilder, Ref, Required, SchemaFormat,
    SecurityRequirement, Type,
    path::{Parameter as ParameterObject, ParameterBuilder, ParameterIn},
    security::{
        ApiKey, ApiKeyValue, ClientCredentials, Flow, HttpAuthScheme, HttpBuilder, OAuth2, Scopes, SecurityScheme,
    },
};

/// Whatever is asked for.
pub const ALWAYS: &[Kind] = &[Kind::TooManyRequests, Kind::Fault, Kind::Busy, Kind::OutcomeUnknown];
/// Where a token is needed.
pub const OF_CLIENTS: &[Kind] = &[Kind::Unauthorized, Kind::InsufficientScope];
/// Where a body is read.
pub const OF_BODIES: &[Kind] = &[Kind::BrokenBody, Kind::Timeout, Kind::TooLarge];
/// Where that body is JSON.
pub const OF_JSON: &[Kind] = &[Kind::MalformedJson, Kind::NotJson, Kind::InvalidBody];
/// Where an idempotency key counts.
pub const OF_KEYS: &[Kind] = &[Kind::BadIdempotencyKey, Kind::KeyInProgress, Kind::KeyReused];

/// What requests may have in their headers and their query, besides what proves who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parameter {
    RequestId,
    IdempotencyKey,
    IfNoneMatch,
    LastEventId,
    Limit,
    Cursor,
    WebhookKey,
    WebhookTimestamp,
    StandardId,
    StandardTimestamp,
}

impl Parameter {
    /// All there are.
    pub const ALL: [Self; 10] = [
        Self::RequestId,
        Self::IdempotencyKey,
        Self::IfNoneMatch,
        Self::LastEventId,
        Self::Limit,
        Self::Cursor,
        Self::WebhookKey,
        Self::WebhookTimestamp,
        Self::StandardId,
        Self::StandardTimestamp,
    ];

    /// Its name among the document's components.
    pub fn component(self) -> String {
        format!("{self:?}")
    }

    /// Names it.
    pub fn reference(self) -> Ref {
        Ref::new(format!("#/components/parameters/{self:?}"))
    }

    /// What the document says of it.
    pub fn object(self) -> ParameterObject {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let (name, schema, example, says) = match self {
            Self::RequestId => (
                "X-Request-Id",
                text,
                "checkout-4711",
                "Your own id of the request. The answer and the server's log carry it, if it is 1 to 64 letters, digits, \
                 dots, hyphens and underscores; else they carry a new one.",
            ),
            Self::IdempotencyKey => (
                "Idempotency-Key",
                key(text),
                "8e03978e-40d5-43dd-bc93-6894a57f9324",
                "Makes the request safe to repeat: the same key with the same request gets the first one's answer, and has \
                 its effect once. Quoted or bare. Keys are your client's own.",
            ),
            Self::IfNoneMatch => (
                "If-None-Match",
                text,
                "W/\"5d9c68c6c50ed3d02a2fcf54\"",
                "The `ETag` of the answer that you have. If it still holds, the answer is 304, without a body.",
            ),
            Self::LastEventId => (
                "Last-Event-ID",
                text,
                "42",
                "The id of the last event that you saw; browsers send it when they come back. Either way the stream begins \
                 with the present state, so nothing that counts is missed.",
            ),
            Self::Limit => (
                "limit",
                ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(MAX_LIMIT)),
                "",
                "How many the page has at most; as many as there may be, if you say nothing.",
            ),
            Self::Cursor => (
                "cursor",
                text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
                "019ac4a0-6f80-7b52-9d1e-6a0c8f2b4e17",
                "Where the page begins: take it from the `Link` header of the page before.",
            ),
            Self::WebhookKey => (
                "Idempotency-Key",
                key(text),
                "evt-0001",
                "**Plain HMAC**: the event's id, the same however often it is delivered. The other schemes have it elsewhere.",
            ),
            Self::WebhookTimestamp => (
                "X-Webhook-Timestamp",
                digits(text),
                "1795766400",
                "**Plain HMAC**: when it was signed, in seconds since 1970; at most 300 seconds from the server's time.",
            ),
            Self::StandardId => (
                "webhook-id",
                visible(text),
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "**Standard Webhooks**: the event's id, the same however often it is delivered.",
            ),
            Self::StandardTimestamp => (
                "webhook-timestamp",
                digits(text),
                "1795766400",
                "**Standard Webhooks**: when it was signed, in seconds since 1970; at most 300 seconds from the server's time.",
            ),
        };
        let place = match self {
            Self::Limit | Self::Cursor => ParameterIn::Query,
            _ => ParameterIn::Header,
        };
        ParameterBuilder::new()
            .name(name)
            .parameter_in(place)
            .required(Required::False)
            .description(Some(says))
            .schema(Some(schema))
            .example(Some(if self == Self::Limit { json!(50) } else { json!(example) }))
            .build()
    }
}

fn visible(text: ObjectBuilder) -> ObjectBuilder {
    text.min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]+$"))
}

/// Quoted or bare.
fn key(text: ObjectBuilder) -> ObjectBuilder {
    text.min_length(Some(1)).max_length(Some(257)).pattern(Some(r#"^(?:"[!#-~]{1,255}"|[!#-~]{1,255})$"#))
}

fn digits(text: ObjectBuilder) -> ObjectBuilder {
    text.pattern(Some("^[0-9]{1,19}$"))
}

/// The part of a path with that name.
pub fn path_parameter(name: &str) -> ParameterObject {
    let (says, format) = match name {
        "product" => ("The product's id or slug.", None),
        "hold" => ("The hold's id.", Some(KnownFormat::Uuid)),
        _ => ("The order's id.", Some(KnownFormat::Uuid)),
    };
    let example = if format.is_none() { "flash-phone" } else { "019ac4a0-6f80-7b52-9d1e-6a0c8f2b4e17" };
    let schema = ObjectBuilder::new().schema_type(Type::String).format(format.map(SchemaFormat::KnownFormat));
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(says))
        .schema(Some(schema))
        .example(Some(json!(example)))
        .build()
}

/// The headers that answers may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    RequestId,
    Location,
    Link,
    IdempotencyReplayed,
    ETag,
    RetryAfter,
    RateLimit,
    RateLimitPolicy,
    Challenge,
}

impl Header {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::RequestId,
        Self::Location,
        Self::Link,
        Self::IdempotencyReplayed,
        Self::ETag,
        Self::RetryAfter,
        Self::RateLimit,
        Self::RateLimitPolicy,
        Self::Challenge,
    ];

    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::RequestId => "X-Request-Id",
            Self::Location => "Location",
            Self::Link => "Link",
            Self::IdempotencyReplayed => "Idempotency-Replayed",
            Self::ETag => "ETag",
            Self::RetryAfter => "Retry-After",
            Self::RateLimit => "RateLimit",
            Self::RateLimitPolicy => "RateLimit-Policy",
            Self::Challenge => "WWW-Authenticate",
        }
    }

    /// Its name among the document's components.
    pub fn component(self) -> String {
        format!("{self:?}")
    }

    /// Names it.
    pub fn reference(self) -> Ref {
        Ref::new(format!("#/components/headers/{self:?}"))
    }

    /// What the document says of it.
    pub fn object(self) -> HeaderObject {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let (schema, says) = match self {
            Self::RequestId => (text, "The id of this request in the server's log: yours, or a new one."),
            Self::Location => (text, "The address of what was made."),
            Self::Link => (text, "The address of the next page, as `rel=\"next\"`, where there is one."),
            Self::IdempotencyReplayed => (
                text.enum_values(Some(["true"])),
                "There, and `true`, where this is the stored answer to an earlier request.",
            ),
            Self::ETag => (text, "Names this answer, for `If-None-Match`."),
            Self::RetryAfter => (
                ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)),
                "Seconds to wait before you ask again.",
            ),
            Self::RateLimit => (
                text,
                "Where a limit is set: the requests that are left (`r`), and the seconds until all are there again (`t`).",
            ),
            Self::RateLimitPolicy => {
                (text, "Where a limit is set: so many requests (`q`) in so many seconds (`w`), for each client.")
            }
            Self::Challenge => (text, "What is wrong with the token (RFC 6750)."),
        };
        HeaderBuilder::new().schema(Some(schema)).description(Some(says)).build()
    }
}

/// The ways of proving who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    OAuth2,
    Bearer,
    ClientSecret,
    PlainHmac,
    StandardWebhooks,
    Stripe,
}

impl Security {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::OAuth2, Self::Bearer, Self::ClientSecret, Self::PlainHmac, Self::StandardWebhooks, Self::Stripe];

    /// Its name among the document's components.
    pub fn component(self) -> &'static str {
        match self {
            Self::OAuth2 => "oauth2",
            Self::Bearer => "bearer",
            Self::ClientSecret => "clientSecret",
            Self::PlainHmac => "plainHmac",
            Self::StandardWebhooks => "standardWebhooks",
            Self::Stripe => "stripe",
        }
    }

    /// That it is needed.
    pub fn requirement(self) -> SecurityRequirement {
        let scopes = if self == Self::OAuth2 { vec![SCOPE] } else { Vec::new() };
        SecurityRequirement::new(self.component(), scopes)
    }

    /// What the document says of it.
    pub fn object(self) -> SecurityScheme {
        let header =
            |name, says: &str| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, says)));
        match self {
            Self::OAuth2 => {
                let scopes = Scopes::one(SCOPE, "Place and see your client's holds and orders.");
                let flow = Flow::ClientCredentials(ClientCredentials::new("/api/token", scopes));
                SecurityScheme::OAuth2(OAuth2::with_description([flow], "A token by your client's id and secret."))
            }
            Self::Bearer => {
                let says = "A token of `POST /api/token`, which lasts an hour.";
                let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
                SecurityScheme::Http(bearer.description(Some(says)).build())
            }
            Self::ClientSecret => {
                let says = "Your client's id and secret. They may also be fields of the form.";
                let basic = HttpBuilder::new().scheme(HttpAuthScheme::Basic);
                SecurityScheme::Http(basic.description(Some(says)).build())
            }
            Self::PlainHmac => header(
                "X-Webhook-Signature",
                "The hexadecimal HMAC-SHA256, under the webhook secret, of `X-Webhook-Timestamp`, a dot and the raw body.",
            ),
            Self::StandardWebhooks => header(
                "webhook-signature",
                "[Standard Webhooks](https://www.standardwebhooks.com): `v1,` and the base64 of the HMAC-SHA256 of \
                 `webhook-id`, a dot, `webhook-timestamp`, a dot and the raw body; several with spaces between.",
            ),
            Self::Stripe => header(
                "Stripe-Signature",
                "As [Stripe](https://docs.stripe.com/webhooks) sends it: `t=` the time, `v1=` the hexadecimal HMAC-SHA256, \
                 under the endpoint's secret, of the time, a dot and the raw body.",
            ),
        }
    }
}
