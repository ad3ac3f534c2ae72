//! The frame of every page of the console. A screen is added in three steps: its entry in [`Screen::ALL`], a function that
//! returns its content as a view, and a handler that calls [`Page::render`] with it:
//!
//! ```ignore
//! Page::new("Orders").signed_in(operator, Screen::Orders).flash(flash).render(orders(list))
//! ```

pub use super::navigation::{NavigationCounts, PageOperator, Screen};

use super::navigation::navigation;
use crate::assets::content_version;
use checkout::model::Timestamp;
use leptos::prelude::*;
use std::sync::LazyLock;

/// The console's stylesheet: the shop's design tokens, and its own rules.
pub const STYLESHEET: &str = concat!(
    include_str!("../../../style/tokens.css"),
    include_str!("../../../style/accessibility.css"),
    include_str!("../../../assets/admin/base.css"),
    include_str!("../../../assets/admin/navigation.css"),
    include_str!("../../../assets/admin/components.css"),
    include_str!("../../../assets/admin/form.css"),
    include_str!("../../../assets/admin/list.css"),
    include_str!("../../../assets/admin/product.css"),
    include_str!("../../../assets/admin/chart.css"),
    include_str!("../../../assets/admin/live.css"),
    include_str!("../../../assets/admin/live_cards.css"),
    include_str!("../../../assets/admin/sign_in.css"),
    include_str!("../../../assets/admin/orders.css"),
    include_str!("../../../assets/admin/pictures.css"),
);

/// The console's script: keyboard shortcuts.
pub const SCRIPT: &str = include_str!("../../../assets/admin/console.js");

/// The address of the stylesheet, which changes with its content.
static STYLESHEET_HREF: LazyLock<String> =
    LazyLock::new(|| format!("/admin/console.css?v={}", content_version(STYLESHEET)));

/// The address of the script, which changes with its content.
static SCRIPT_SRC: LazyLock<String> = LazyLock::new(|| format!("/admin/console.js?v={}", content_version(SCRIPT)));

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
    operator: Option<(PageOperator<'a>, Option<Screen>)>,
    flash: Option<Flash>,
    back: Option<(String, String)>,
    badge: Option<AnyView>,
    actions: Option<AnyView>,
}

impl<'a> Page<'a> {
    /// A page with this title, for anybody.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), operator: None, flash: None, back: None, badge: None, actions: None }
    }

    /// Adds the navigation of an operator, with the current screen.
    #[must_use]
    pub fn signed_in(mut self, operator: PageOperator<'a>, screen: Screen) -> Self {
        self.operator = Some((operator, Some(screen)));
        self
    }

    /// Adds the navigation of an operator, on a page that is no screen, such as an error.
    #[must_use]
    pub fn off_screen(mut self, operator: PageOperator<'a>) -> Self {
        self.operator = Some((operator, None));
        self
    }

    /// Adds a message.
    #[must_use]
    pub fn flash(mut self, flash: Option<Flash>) -> Self {
        self.flash = flash;
        self
    }

    /// Adds a link to the page above this one: its label and its address.
    #[must_use]
    pub fn back(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.back = Some((label.into(), href.into()));
        self
    }

    /// Adds a badge beside the title.
    #[must_use]
    pub fn badge(mut self, badge: impl IntoView + 'static) -> Self {
        self.badge = Some(badge.into_any());
        self
    }

    /// Adds links and forms at the top of the page.
    #[must_use]
    pub fn actions(mut self, actions: impl IntoView + 'static) -> Self {
        self.actions = Some(actions.into_any());
        self
    }

    /// Renders the whole document around the content.
    pub fn render(self, content: impl IntoView) -> String {
        let Self { title, operator, flash, back, badge, actions } = self;
        let is_signed_in = operator.is_some();
        let navigation = operator.map(|(operator, screen)| navigation(operator, screen));
        // Pages before the sign-in, and error pages, have no script.
        let script = is_signed_in.then(|| view! { <script src=SCRIPT_SRC.as_str() defer></script> });
        let back = back.map(|(label, href)| {
            view! { <nav class="breadcrumb" aria-label="Breadcrumb"><a href=href>"← "{label}</a></nav> }
        });
        let actions = actions.map(|actions| view! { <div class="page-actions">{actions}</div> });
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
                    {script}
                    <title>{format!("{title} · Holdfast console")}</title>
                </head>
                <body class=if is_signed_in { "has-sidebar" } else { "" }>
                    <a class="skip-link" href="#main">"Skip to content"</a>
                    {navigation}
                    <main id="main" tabindex="-1" class=if is_signed_in { "" } else { "narrow" }>
                        <div class="page-header">
                            {back}
                            <div class="page-title"><h1>{title}</h1>{badge}</div>
                            {actions}
                        </div>
                        {flash}
                        {content}
                    </main>
                </body>
            </html>
        };
        document.to_html()
    }
}

/// The meaning of a [`badge`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    Neutral,
    /// As it should be.
    Good,
    /// Needs attention soon.
    Warning,
    /// Needs attention now.
    Bad,
    /// Over, or of no interest.
    Quiet,
}

/// A short text that stands out, such as a status.
pub fn badge(text: impl Into<String>, tone: Tone) -> AnyView {
    let class = match tone {
        Tone::Neutral => "badge",
        Tone::Good => "badge badge-good",
        Tone::Warning => "badge badge-warning",
        Tone::Bad => "badge badge-bad",
        Tone::Quiet => "badge badge-quiet",
    };
    view! { <span class=class>{text.into()}</span> }.into_any()
}

/// A time in UTC.
pub fn time(at: Timestamp) -> AnyView {
    view! { <time datetime=at.to_string()>{super::labels::date_time(at)}</time> }.into_any()
}
