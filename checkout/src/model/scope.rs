//! Scopes of API clients. A scope lets a client make one group of calls.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Permission of an API client for one group of calls. Writing does not include reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Scope {
    /// Place and read the client's own holds and orders.
    Checkout,
    /// Read all products.
    CatalogRead,
    /// Create and change products.
    CatalogWrite,
    /// Read the orders of all owners, and their refunds.
    OrdersRead,
    /// Cancel orders and erase customers.
    OrdersWrite,
    /// Read payment events.
    PaymentsRead,
    /// Process payment events again.
    PaymentsWrite,
    /// Issue refunds and settle them.
    RefundsWrite,
    /// Read the audit log.
    AuditRead,
    /// Read API clients.
    ClientsRead,
    /// Create, change and revoke API clients.
    ClientsWrite,
    /// Read endpoints of webhooks and deliveries.
    WebhooksRead,
    /// Manage endpoints of webhooks, and send webhooks again.
    WebhooksWrite,
}

/// A name that no scope has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no such scope; the scopes are {}", ScopeSet::ALL)]
pub struct ScopeError;

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 13] = [
        Self::Checkout,
        Self::CatalogRead,
        Self::CatalogWrite,
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::PaymentsRead,
        Self::PaymentsWrite,
        Self::RefundsWrite,
        Self::AuditRead,
        Self::ClientsRead,
        Self::ClientsWrite,
        Self::WebhooksRead,
        Self::WebhooksWrite,
    ];

    /// The name in tokens, in JSON and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Checkout => "checkout",
            Self::CatalogRead => "catalog:read",
            Self::CatalogWrite => "catalog:write",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::PaymentsRead => "payments:read",
            Self::PaymentsWrite => "payments:write",
            Self::RefundsWrite => "refunds:write",
            Self::AuditRead => "audit:read",
            Self::ClientsRead => "clients:read",
            Self::ClientsWrite => "clients:write",
            Self::WebhooksRead => "webhooks:read",
            Self::WebhooksWrite => "webhooks:write",
        }
    }

    /// Returns the scope of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Scope> for &'static str {
    fn from(scope: Scope) -> Self {
        scope.name()
    }
}

impl TryFrom<String> for Scope {
    type Error = ScopeError;

    fn try_from(name: String) -> Result<Self, ScopeError> {
        Self::from_name(&name).ok_or(ScopeError)
    }
}

/// A set of scopes. As text it is the names with spaces between them, as in OAuth (RFC 6749 §3.3); in JSON, a list.
///
/// ```
/// use checkout::model::{Scope, ScopeSet};
///
/// let scopes: ScopeSet = "refunds:write checkout".parse()?;
/// assert!(scopes.contains(Scope::Checkout));
/// assert_eq!(scopes.to_string(), "checkout refunds:write");
/// # Ok::<(), checkout::model::ScopeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Scope>", into = "Vec<Scope>")]
pub struct ScopeSet(u16);

impl ScopeSet {
    /// No scope.
    pub const EMPTY: Self = Self(0);
    /// All scopes.
    pub const ALL: Self = Self((1 << Scope::ALL.len()) - 1);
    /// The scope of a client for which none was chosen.
    pub const CHECKOUT: Self = Self(Scope::Checkout.bit());

    /// Whether the scope is in the set.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether there is no scope.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The scopes that are in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The scopes that are in this set and not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The scopes, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }

    /// Parses a stored set. Names that a later version stored mean nothing to this one.
    pub fn from_stored(text: &str) -> Self {
        text.split(' ').filter_map(Scope::from_name).collect()
    }
}

impl FromStr for ScopeSet {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let names = text.split(' ').filter(|name| !name.is_empty());
        names.map(|name| Scope::from_name(name).ok_or(ScopeError)).collect()
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, scope) in self.iter().enumerate() {
            f.write_str(if nth == 0 { "" } else { " " })?;
            f.write_str(scope.name())?;
        }
        Ok(())
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |bits, scope| bits | scope.bit()))
    }
}

impl From<Scope> for ScopeSet {
    fn from(scope: Scope) -> Self {
        Self(scope.bit())
    }
}

impl From<Vec<Scope>> for ScopeSet {
    fn from(scopes: Vec<Scope>) -> Self {
        scopes.into_iter().collect()
    }
}

impl From<ScopeSet> for Vec<Scope> {
    fn from(scopes: ScopeSet) -> Self {
        scopes.iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_as_it_was_written() {
        for scope in Scope::ALL {
            let set = ScopeSet::from(scope);
            assert_eq!((set.to_string().parse(), set.iter().collect::<Vec<_>>()), (Ok(set), vec![scope]));
            assert_eq!(serde_json::to_string(&set).unwrap(), format!("[\"{scope}\"]"));
        }
        assert_eq!(ScopeSet::ALL.to_string().parse(), Ok(ScopeSet::ALL));
        assert_eq!(ScopeSet::ALL.iter().count(), Scope::ALL.len());
        assert_eq!(
            " orders:read  checkout orders:read ".parse::<ScopeSet>().unwrap().to_string(),
            "checkout orders:read"
        );
        assert_eq!("".parse(), Ok(ScopeSet::EMPTY));
        for text in ["admin", "checkout,orders:read", "Checkout", "checkout\torders:read", "orders"] {
            assert_eq!(text.parse::<ScopeSet>(), Err(ScopeError), "{text}");
        }
    }

    #[test]
    fn a_name_of_a_later_version_means_nothing() {
        assert_eq!(ScopeSet::from_stored("checkout moon:read"), ScopeSet::CHECKOUT);
    }

    #[test]
    fn sets_are_compared() {
        let both: ScopeSet = [Scope::Checkout, Scope::OrdersRead].into_iter().collect();
        assert_eq!(both.without(ScopeSet::CHECKOUT), Scope::OrdersRead.into());
        assert_eq!(both.intersection(ScopeSet::CHECKOUT), ScopeSet::CHECKOUT);
        assert!(!ScopeSet::CHECKOUT.contains(Scope::OrdersRead) && ScopeSet::EMPTY.is_empty());
    }
}
