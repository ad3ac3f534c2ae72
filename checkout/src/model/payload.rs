//! The payloads of payment events: the body of the first delivery, byte for byte.

use super::Timestamp;
use std::{fmt, sync::Arc};

/// Maximum size of a payload, in bytes. It is the largest body that a webhook accepts.
pub const MAX_PAYLOAD_SIZE: usize = 64 * 1024;

/// Longest content type that is kept, in characters.
const MAX_CONTENT_TYPE_LENGTH: usize = 255;

/// A payload to store with its event. No header but the content type is part of it, and so no signature.
#[derive(Clone, PartialEq, Eq)]
pub struct EventPayload {
    content_type: Option<Box<str>>,
    body: Arc<[u8]>,
}

impl EventPayload {
    /// Returns `None` if the body is larger than [`MAX_PAYLOAD_SIZE`]. A content type that is too long or has other characters
    /// than visible ASCII and spaces is left out.
    pub fn new(content_type: Option<&str>, body: &[u8]) -> Option<Self> {
        let is_printable = |text: &&str| text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
        let content_type = content_type.filter(|text| text.len() <= MAX_CONTENT_TYPE_LENGTH).filter(is_printable);
        (body.len() <= MAX_PAYLOAD_SIZE).then(|| Self { content_type: content_type.map(Into::into), body: body.into() })
    }

    /// The content type, if the delivery had one.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// A stored payload. Payloads are deleted after 90 days.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentPayload {
    /// The content type, if the delivery had one.
    pub content_type: Option<String>,
    /// The body as it came.
    pub body: Vec<u8>,
    /// When the event was first delivered.
    pub received_at: Timestamp,
}

/// Writes the size and not the body, which may contain personal data.
fn describe(f: &mut fmt::Formatter<'_>, name: &str, content_type: Option<&str>, body: &[u8]) -> fmt::Result {
    f.debug_struct(name).field("content_type", &content_type).field("bytes", &body.len()).finish_non_exhaustive()
}

impl fmt::Debug for EventPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, "EventPayload", self.content_type(), self.body())
    }
}

impl fmt::Debug for PaymentPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, "PaymentPayload", self.content_type.as_deref(), &self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_bounded_and_its_debug_text_has_no_body() {
        assert_eq!(EventPayload::new(None, &vec![b'x'; MAX_PAYLOAD_SIZE + 1]), None);
        let payload = EventPayload::new(Some("application/json"), b"secret").unwrap();
        assert_eq!((payload.content_type(), payload.body()), (Some("application/json"), &b"secret"[..]));
        let text = format!("{payload:?}");
        assert!(text.contains("bytes: 6") && !text.contains("secret"), "{text}");
        for odd in ["a\nb", "\u{e9}", &"x".repeat(256)] {
            assert_eq!(EventPayload::new(Some(odd), b"").unwrap().content_type(), None, "{odd:?}");
        }
    }
}
