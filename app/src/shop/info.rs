//! What the pages tell about the shop. The server provides it as a context.

/// What the pages tell about the shop.
#[derive(Debug, Clone, Default)]
pub struct ShopInfo {
    /// Where shoppers turn with questions: a text, and the address of its link.
    pub contact: Option<(String, String)>,
    /// Whether the shop sends mails.
    pub sends_mail: bool,
    /// Whether mails are kept in memory, where a developer reads them.
    pub has_mailbox: bool,
}
