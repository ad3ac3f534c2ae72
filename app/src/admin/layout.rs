//! The frame of every page of the console. A screen is added in three steps: a variant of [`Screen`], a function that returns
//! its content as a view, and a handler that calls [`Page::render`] with it:
//!
//! ```ignore
//! Page::new("Orders").signed_in(&operator, Screen::Orders).flash(flash).render(orders(list))
//! ```

use crate::assets::content_version;
use checkout::{
    model::Timestamp,
    store::operators::{Operator, Permission, Role},
};
use leptos::prelude::*;
use std::sync::LazyLock;

/// The console's stylesheet: the shop's design tokens, and its own rules.
pub const STYLESHEET: &str = concat!(
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/accessibility.css"),
    include_str!("../../../assets/admin/admin.css")
);

/// The address of the stylesheet, which changes with its content.
static STYLESHEET_HREF: LazyLock<String> =
    LazyLock::new(|| format!("/admin/console.css?v={}", content_version(STYLESHEET)));

/// A screen of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// The people who may sign in.
    Operators,
    /// The audit log: changes and their actors.
    AuditLog,
    /// One's own password, second factor and sessions.
    Account,
}

impl Screen {
    /// All screens, in the order of the navigation.
    pub const ALL: [Self; 3] = [Self::Operators, Self::AuditLog, Self::Account];

    /// The path.
    pub fn path(self) -> &'static str {
        match self {
            Self::Operators => "/admin/operators",
            Self::AuditLog => "/admin/audit-log",
            Self::Account => "/admin/account",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Operators => "Operators",
            Self::AuditLog => "Audit log",
            Self::Account => "Your account",
        }
    }

    /// The permission without which the screen is not shown; `None` for a screen of every operator.
    fn permission(self) -> Option<Permission> {
        match self {
            Self::Operators => Some(Permission::Operators),
            Self::AuditLog => Some(Permission::See),
            Self::Account => None,
        }
    }

    fn is_shown_to(self, role: Role) -> bool {
        self.permission().is_none_or(|permission| role.may(permission))
    }
}

/// A message above a page's content, about the form that was sent before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Whether it reports a failure, which screen readers announce at once.
    pub is_error: bool,
    /// The message.
    pub text: String,
}

impl Flash {
    /// A change was made.
    pub fn done(text: impl Into<String>) -> Self {
        Self { is_error: false, text: text.into() }
    }

    /// A change was refused.
    pub fn error(text: impl Into<String>) -> Self {
        Self { is_error: true, text: text.into() }
    }
}

/// A page of the console, without its content.
pub struct Page<'a> {
    title: String,
    operator: Option<(&'a Operator, Option<Screen>)>,
    flash: Option<Flash>,
}

impl<'a> Page<'a> {
    /// A page with this title, for anybody.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), operator: None, flash: None }
    }

    /// Adds the navigation of an operator, with the current screen.
    #[must_use]
    pub fn signed_in(mut self, operator: &'a Operator, screen: Screen) -> Self {
        self.operator = Some((operator, Some(screen)));
        self
    }

    /// Adds the navigation of an operator, on a page that is no screen, such as an error.
    #[must_use]
    pub fn off_screen(mut self, operator: &'a Operator) -> Self {
        self.operator = Some((operator, None));
        self
    }

    /// Adds a message.
    #[must_use]
    pub fn flash(mut self, flash: Option<Flash>) -> Self {
        self.flash = flash;
        self
    }

    /// Renders the whole document around the content.
    pub fn render(self, content: impl IntoView) -> String {
        let Self { title, operator, flash } = self;
        let is_narrow = operator.is_none();
        let header = operator.map(|(operator, screen)| header(operator, screen));
        let flash = flash.map(|Flash { is_error, text }| {
            let (class, role) = if is_error { ("flash flash-error", "alert") } else { ("flash", "status") };
            view! { <p class=class role=role>{text}</p> }
        });
        let document = view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1" />
                    <meta name="color-scheme" content="light dark" />
                    <meta name="robots" content="noindex, nofollow" />
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <link rel="stylesheet" href=STYLESHEET_HREF.as_str() />
                    <title>{format!("{title} · Holdfast console")}</title>
                </head>
                <body>
                    <a class="skip-link" href="#main">"Skip to content"</a>
                    {header}
                    <main id="main" tabindex="-1" class=if is_narrow { "narrow" } else { "" }>
                        <h1>{title}</h1>
                        {flash}
                        {content}
                    </main>
                </body>
            </html>
        };
        document.to_html()
    }
}

/// The navigation, with the screens that the role may see, and the way out.
fn header(operator: &Operator, current: Option<Screen>) -> AnyView {
    let screens: Vec<_> = Screen::ALL
        .into_iter()
        .filter(|screen| screen.is_shown_to(operator.role))
        .map(|screen| {
            let current = (Some(screen) == current).then_some("page");
            view! { <li><a href=screen.path() aria-current=current>{screen.label()}</a></li> }
        })
        .collect();
    let who = format!("{} ({})", operator.display_name(), operator.role);
    view! {
        <header class="console-header">
            <div class="console-header-inner">
                <a class="brand" href="/admin">"Holdfast console"</a>
                <nav aria-label="Screens"><ul>{screens}</ul></nav>
                <form class="sign-out" method="post" action="/admin/sign-out">
                    <span class="who">{who}</span>
                    <button class="button button-quiet" type="submit">"Sign out"</button>
                </form>
            </div>
        </header>
    }
    .into_any()
}

/// A time in UTC.
pub fn time(at: Timestamp) -> AnyView {
    view! { <time datetime=at.to_string()>{crate::messages::format_date_time(at)}</time> }.into_any()
}
