//! The screens of the console, and the navigation between them.

use super::live::count;
use checkout::store::operators::{Operator, Permission, Role};
use leptos::prelude::*;
use std::ops::Deref;

/// The operator for whom a page is rendered, with the numbers that the navigation shows them.
#[derive(Debug, Clone, Copy)]
pub struct PageOperator<'a> {
    operator: &'a Operator,
    counts: NavigationCounts,
}

/// The numbers in the navigation: `None` if one could not be read, or if the operator's role may not see it.
#[derive(Debug, Clone, Copy, Default)]
pub struct NavigationCounts {
    /// Refunds that are due or have failed.
    pub refunds_due: Option<u64>,
    /// Jobs of the outbox that failed for good.
    pub dead_jobs: Option<u64>,
}

impl<'a> PageOperator<'a> {
    /// An operator, and the numbers of their navigation.
    pub fn new(operator: &'a Operator, counts: NavigationCounts) -> Self {
        Self { operator, counts }
    }
}

impl Deref for PageOperator<'_> {
    type Target = Operator;

    fn deref(&self) -> &Operator {
        self.operator
    }
}

/// A screen of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The running sales, live.
    Live,
    /// The products.
    Products,
    /// The orders.
    Orders,
    /// The payment events.
    Payments,
    /// The refunds.
    Refunds,
    /// The jobs of the outbox.
    Outbox,
    /// The endpoints that receive webhooks.
    Webhooks,
    /// The API clients.
    Clients,
    /// The people who may sign in.
    Operators,
    /// The audit log: changes and their actors.
    AuditLog,
    /// The state of the server and of its database.
    Health,
    /// One's own password, second factor and sessions.
    Account,
}

impl Screen {
    /// The screens that exist, in the order of the navigation. `/admin` leads to the first one.
    pub const ALL: &[Self] = &[
        Self::Live,
        Self::Products,
        Self::Orders,
        Self::Payments,
        Self::Refunds,
        Self::Outbox,
        Self::Webhooks,
        Self::Clients,
        Self::Operators,
        Self::AuditLog,
        Self::Health,
        Self::Account,
    ];

    /// The path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Live => "/admin/live",
            Self::Products => "/admin/products",
            Self::Orders => "/admin/orders",
            Self::Payments => "/admin/payments",
            Self::Refunds => "/admin/refunds",
            Self::Outbox => "/admin/outbox",
            Self::Webhooks => "/admin/webhooks",
            Self::Clients => "/admin/clients",
            Self::Operators => "/admin/operators",
            Self::AuditLog => "/admin/audit-log",
            Self::Health => "/admin/health",
            Self::Account => "/admin/account",
        }
    }

    /// The name in the navigation, which is the title of the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::Products => "Products",
            Self::Orders => "Orders",
            Self::Payments => "Payments",
            Self::Refunds => "Refunds",
            Self::Outbox => "Outbox",
            Self::Webhooks => "Webhooks",
            Self::Clients => "API clients",
            Self::Operators => "Operators",
            Self::AuditLog => "Audit log",
            Self::Health => "Health",
            Self::Account => "Your account",
        }
    }

    /// The permission without which the screen is not shown; `None` for a screen of every operator.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Self::Clients => Some(Permission::Clients),
            Self::Operators => Some(Permission::Operators),
            Self::Account => None,
            Self::Live
            | Self::Products
            | Self::Orders
            | Self::Payments
            | Self::Refunds
            | Self::Outbox
            | Self::Webhooks
            | Self::AuditLog
            | Self::Health => Some(Permission::See),
        }
    }

    /// Whether a role may see the screen.
    pub fn is_shown_to(self, role: Role) -> bool {
        self.permission().is_none_or(|permission| role.may(permission))
    }

    /// The first screen that a role may see.
    pub fn first_of(role: Role) -> Self {
        Self::ALL.iter().copied().find(|screen| screen.is_shown_to(role)).unwrap_or(Self::Account)
    }

    /// The group of the navigation: the sale, its management, and the operator.
    fn group(self) -> u8 {
        match self {
            Self::Live | Self::Products | Self::Orders | Self::Payments | Self::Refunds | Self::Outbox => 0,
            Self::Webhooks | Self::Clients | Self::Operators | Self::AuditLog | Self::Health => 1,
            Self::Account => 2,
        }
    }
}

/// Renders the navigation with the screens that the role may see, and the way out. It is there twice: as a sidebar, and for
/// narrow screens as a menu that opens without scripts. The stylesheet shows one of them.
pub(super) fn navigation(operator: PageOperator<'_>, current: Option<Screen>) -> AnyView {
    let summary = current.map_or("Menu", Screen::label);
    view! {
        <header class="topbar">
            {brand()}
            <details class="menu">
                <summary><span><span class="visually-hidden">"Menu: "</span>{summary}</span></summary>
                {screens(operator, current, "Menu")}
                {sign_out(operator)}
            </details>
        </header>
        <header class="sidebar">
            {brand()}
            {screens(operator, current, "Screens")}
            {sign_out(operator)}
        </header>
    }
    .into_any()
}

fn brand() -> impl IntoView {
    view! { <a class="brand" href="/admin"><img src="/favicon.svg" alt="" width="24" height="24" />"Holdfast console"</a> }
}

fn screens(operator: PageOperator<'_>, current: Option<Screen>, label: &'static str) -> AnyView {
    let shown: Vec<_> = Screen::ALL.iter().copied().filter(|screen| screen.is_shown_to(operator.role)).collect();
    let link = |screen: &Screen| {
        let current = (Some(*screen) == current).then_some("page");
        let (number, what) = match screen {
            Screen::Refunds => (operator.counts.refunds_due, "due"),
            Screen::Outbox => (operator.counts.dead_jobs, "failed"),
            _ => (None, ""),
        };
        let due = number.filter(|number| *number > 0).map(count);
        // The number alone would be read out as part of the screen's name.
        let name = due.as_ref().map(|due| format!("{}, {due} {what}", screen.label()));
        let due = due.map(|due| view! { <span class="screen-count">{due}</span> });
        view! { <li><a href=screen.path() aria-current=current aria-label=name>{screen.label()}{due}</a></li> }
    };
    let groups: Vec<_> = shown
        .chunk_by(|one, next| one.group() == next.group())
        .map(|group| view! { <ul>{group.iter().map(link).collect::<Vec<_>>()}</ul> })
        .collect();
    view! { <nav class="screens" aria-label=label>{groups}</nav> }.into_any()
}

fn sign_out(operator: PageOperator<'_>) -> impl IntoView {
    let who = format!("{} ({})", operator.display_name(), operator.role);
    view! {
        <form class="sign-out" method="post" action="/admin/sign-out">
            <span class="who">{who}</span>
            <button class="button button-quiet" type="submit">"Sign out"</button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_a_first_screen_and_sees_only_what_it_may() {
        for role in Role::ALL {
            assert!(Screen::first_of(role).is_shown_to(role));
        }
        assert!(!Screen::Operators.is_shown_to(Role::Money) && Screen::Operators.is_shown_to(Role::Admin));
        assert!(Screen::Account.is_shown_to(Role::Viewer) && Screen::Health.is_shown_to(Role::Viewer));
    }
}
