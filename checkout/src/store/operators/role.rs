//! Roles and their permissions.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The role of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything and changes nothing.
    Viewer,
    /// Manages products, stock and orders.
    Seller,
    /// Manages refunds and payments.
    Money,
    /// Does everything, and manages operators and API clients.
    Admin,
}

/// The text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is viewer, seller, money or admin")]
pub struct RoleError;

/// Something that an operator may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See all screens that have no permission of their own, and the audit log.
    See,
    /// Change products and stock.
    Products,
    /// Cancel orders and export them.
    Orders,
    /// Refund orders.
    Refunds,
    /// Process stored payment events again.
    Payments,
    /// See and manage operators.
    Operators,
    /// See and manage API clients.
    Clients,
    /// Send receipts again.
    Receipts,
    /// Erase the contacts of customers.
    Customers,
    /// Manage webhook endpoints. Others see them without their secrets and paths.
    Webhooks,
    /// Change the shop's settings. No route needs it yet.
    Settings,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 11] = [
        Self::See,
        Self::Products,
        Self::Orders,
        Self::Refunds,
        Self::Payments,
        Self::Operators,
        Self::Clients,
        Self::Receipts,
        Self::Customers,
        Self::Webhooks,
        Self::Settings,
    ];

    /// The name in the audit log.
    pub fn name(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Products => "products",
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Payments => "payments",
            Self::Operators => "operators",
            Self::Clients => "clients",
            Self::Receipts => "receipts",
            Self::Customers => "customers",
            Self::Webhooks => "webhooks",
            Self::Settings => "settings",
        }
    }
}

impl Role {
    /// All roles, the least powerful first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Seller, Self::Money, Self::Admin];

    /// The name in forms and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Seller => "seller",
            Self::Money => "money",
            Self::Admin => "admin",
        }
    }

    /// The permissions of the role, in a few words.
    pub fn description(self) -> &'static str {
        match self {
            Self::Viewer => "sees everything, changes nothing",
            Self::Seller => "products, stock and orders",
            Self::Money => "refunds and payments",
            Self::Admin => "everything, and operators, API clients, webhooks and settings",
        }
    }

    /// The permissions of the role.
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Viewer => &[Permission::See],
            Self::Seller => &[Permission::See, Permission::Products, Permission::Orders, Permission::Receipts],
            Self::Money => &[Permission::See, Permission::Refunds, Permission::Payments, Permission::Receipts],
            Self::Admin => &Permission::ALL,
        }
    }

    /// Whether the role has this permission.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(name: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or(RoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_of_roles_and_permissions() {
        let row = |permission: Permission| {
            let marks = Role::ALL.map(|role| if role.may(permission) { 'x' } else { '-' });
            format!("{:9} {}", permission.name(), String::from_iter(marks))
        };
        // The columns are viewer, seller, money and admin.
        let expected = [
            "see       xxxx",
            "products  -x-x",
            "orders    -x-x",
            "refunds   --xx",
            "payments  --xx",
            "operators ---x",
            "clients   ---x",
            "receipts  -xxx",
            "customers ---x",
            "webhooks  ---x",
            "settings  ---x",
        ];
        assert_eq!(Permission::ALL.map(row), expected);
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert_eq!("Admin".parse::<Role>(), Err(RoleError));
    }
}
