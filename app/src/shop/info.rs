//! Facts of the shop for its pages. The server provides them as a context.

/// Facts of the shop for its pages.
#[derive(Debug, Clone, Default)]
pub struct ShopInfo {
    /// Name of the shop.
    pub name: String,
    /// Contact for questions of shoppers: a text, and the address of its link.
    pub contact: Option<(String, String)>,
    /// Whether the shop sends mails.
    pub sends_mail: bool,
    /// Whether mails are kept in memory, where a developer reads them.
    pub has_mailbox: bool,
}
