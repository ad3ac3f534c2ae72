//! Big numbers, and the numbers of this server.

use super::{
    CommitTime, Fragment, ServerNumbers,
    text::{NONE, count, milliseconds},
};
use leptos::prelude::*;

/// A number with its name.
pub(super) struct Figure {
    name: &'static str,
    value: String,
    note: String,
    href: Option<String>,
    needs_attention: bool,
}

impl Figure {
    /// A number, and a few words about it.
    pub(super) fn new(name: &'static str, value: impl Into<String>, note: impl Into<String>) -> Self {
        Self { name, value: value.into(), note: note.into(), href: None, needs_attention: false }
    }

    /// Makes the number a link to the screen that it comes from.
    pub(super) fn link(mut self, href: impl Into<String>) -> Self {
        self.href = Some(href.into());
        self
    }

    /// Whether somebody has to look after it.
    pub(super) fn attention(mut self, needs_attention: bool) -> Self {
        self.needs_attention = needs_attention;
        self
    }

    fn render(self) -> AnyView {
        let Self { name, value, note, href, needs_attention } = self;
        let class = if needs_attention { "figure figure-attention" } else { "figure" };
        let name = match href {
            Some(href) => view! { <a href=href>{name}</a> }.into_any(),
            None => name.into_any(),
        };
        let note = (!note.is_empty()).then(|| view! { <dd class="figure-note">{note}</dd> });
        view! { <div class=class><dt>{name}</dt><dd class="figure-value" data-live-value>{value}</dd>{note}</div> }
            .into_any()
    }
}

/// A row of big numbers.
pub(super) fn figures(id: &'static str, figures: Vec<Figure>) -> Fragment {
    let figures: Vec<_> = figures.into_iter().map(Figure::render).collect();
    Fragment::new(id, view! { <dl class="figures">{figures}</dl> })
}

/// The number of refunds that wait for somebody. `None` if it could not be read.
pub(super) fn refunds_due(refunds: Option<u64>) -> Figure {
    let (value, note) = match refunds {
        None => (NONE.to_owned(), "Cannot be read"),
        Some(0) => (count(0_u64), "Nothing to do"),
        Some(refunds) => (count(refunds), "Due or failed, all sales"),
    };
    Figure::new("Refunds due", value, note).link("/admin/refunds").attention(refunds != Some(0))
}

/// The numbers of the server that renders the screen. Another server has others.
pub(super) fn server(numbers: ServerNumbers, watchers_of_sale: Option<usize>) -> Fragment {
    let ServerNumbers { watchers, queue_depth, commit_p99, errors } = numbers;
    let commit = match commit_p99 {
        Some(CommitTime::AtMost(time)) => format!("≤ {}", milliseconds(time)),
        Some(CommitTime::Over(time)) => format!("> {}", milliseconds(time)),
        None => NONE.to_owned(),
    };
    let depth = u64::try_from(queue_depth).unwrap_or(u64::MAX);
    let of_sale = watchers_of_sale.map(|watchers| {
        let watchers = u64::try_from(watchers).unwrap_or(u64::MAX);
        Figure::new("Watch this product", count(watchers), "Open streams of its page")
    });
    let all = [
        Figure::new("Watchers", count(watchers), "Open streams of the shop"),
        Figure::new("Queue", count(depth), "Commands that wait for the writer"),
        Figure::new("Commit, p99", commit, "Last minute"),
        Figure::new("Errors", count(errors), "Responses with a 5xx status, last minute").attention(errors > 0),
    ];
    let figures: Vec<_> = of_sale.into_iter().chain(all).map(Figure::render).collect();
    Fragment::new(
        "live-server",
        view! {
            <section class="live-server" aria-labelledby="live-server-title">
                <h2 id="live-server-title">"This server"</h2>
                <dl class="figures figures-small">{figures}</dl>
            </section>
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refunds_that_cannot_be_counted_are_not_shown_as_none() {
        let shown = |refunds| {
            let Figure { value, note, needs_attention, .. } = refunds_due(refunds);
            (value, note, needs_attention)
        };
        assert_eq!(shown(None), ("–".to_owned(), "Cannot be read".to_owned(), true));
        assert_eq!(shown(Some(0)), ("0".to_owned(), "Nothing to do".to_owned(), false));
        assert_eq!(shown(Some(2)), ("2".to_owned(), "Due or failed, all sales".to_owned(), true));
    }
}
