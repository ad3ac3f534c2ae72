//! The list of the outbox's jobs, with a tab for each state.

use super::{
    form::button,
    labels,
    layout::{Flash, Page, PageOperator, Screen, time},
    list::{Column, EmptyList, FilterForm, ListPage, Row},
    order::path_of,
};
use checkout::{
    model::{Job, JobState, Timestamp},
    store::operators::Permission,
};
use leptos::prelude::*;

/// The address of the list.
pub const PATH: &str = "/admin/outbox";

/// A tab of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// Jobs that failed for good.
    #[default]
    Dead,
    /// Jobs that wait, or are being carried out.
    Pending,
    /// Jobs that were carried out.
    Done,
    /// All jobs.
    All,
}

impl Tab {
    /// All tabs, in their order.
    pub const ALL: [Self; 4] = [Self::Dead, Self::Pending, Self::Done, Self::All];

    /// The name in the address.
    pub fn name(self) -> &'static str {
        self.state().map_or("all", JobState::name)
    }

    /// Returns the tab of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tab| tab.name() == name)
    }

    /// The state of its jobs; `None` for all.
    pub fn state(self) -> Option<JobState> {
        match self {
            Self::Dead => Some(JobState::Dead),
            Self::Pending => Some(JobState::Pending),
            Self::Done => Some(JobState::Done),
            Self::All => None,
        }
    }

    /// The label.
    pub fn label(self) -> &'static str {
        self.state().map_or("All", labels::job_state_name)
    }

    fn empty(self) -> EmptyList {
        let (title, text) = match self {
            Self::Dead => ("Nothing has failed", "Mails, webhooks and refunds that could not be sent appear here."),
            Self::Pending => ("Nothing waits", "Mails, webhooks and refunds that are still to be sent appear here."),
            Self::Done => ("Nothing was sent yet", "What was sent stays here for seven days."),
            Self::All => ("No jobs yet", "Mails, webhooks and refunds that follow from orders appear here."),
        };
        EmptyList { title, text }
    }
}

/// A page of the list.
pub struct OutboxPage {
    /// The tab.
    pub tab: Tab,
    /// The jobs, each with how people call its order, or the reason why they cannot be shown.
    pub jobs: Result<Vec<(Job, Option<String>)>, String>,
    /// The filter.
    pub filter: FilterForm,
    /// The column by which the list is sorted.
    pub age: Column,
    /// The address of the first page, unless this is it.
    pub first: Option<String>,
    /// The address of the next page, if there is one.
    pub next: Option<String>,
    /// The current time.
    pub now: Timestamp,
}

/// Renders the page.
pub fn outbox(operator: PageOperator<'_>, page: OutboxPage, flash: Option<Flash>) -> String {
    let OutboxPage { tab, jobs, filter, age, first, next, now } = page;
    let may_retry = operator.role.may(Permission::Payments);
    let tabs: Vec<_> = Tab::ALL
        .into_iter()
        .map(|other| {
            let current = (other == tab).then_some("page");
            let href = format!("{PATH}?state={}", other.name());
            view! { <li><a href=href aria-current=current>{other.label()}</a></li> }
        })
        .collect();
    let mut columns = vec![
        Column::new("Job"),
        age,
        Column::new("State"),
        Column::new("About"),
        Column::new("Attempts").number(),
        Column::new("Next attempt"),
    ];
    if may_retry {
        columns.push(Column::new("Action").hidden_label());
    }
    let list = ListPage {
        label: "Outbox",
        filter,
        columns,
        rows: jobs.map(|jobs| jobs.into_iter().map(|(job, order)| row(&job, order, may_retry, now)).collect()),
        empty: tab.empty(),
        note: None,
        first,
        next,
    };
    Page::new("Outbox").signed_in(operator, Screen::Outbox).flash(flash).render(view! {
        <nav class="tabs" aria-label="States of jobs"><ul>{tabs}</ul></nav>
        {list.render()}
    })
}

fn row(job: &Job, order: Option<String>, may_retry: bool, now: Timestamp) -> Row {
    let kind = labels::job_kind_name(job.kind);
    let error = job.last_error.clone().map(|text| view! { <span class="row-detail">{text}</span> });
    let order = job.subject.order.map(|id| {
        let name = order.unwrap_or_else(|| "Open order".to_owned());
        view! { <a href=path_of(id)>{name}</a> " " }
    });
    let refund = job.subject.refund.map(|id| view! { <a href=format!("/admin/refunds/{id}")>"Refund"</a> });
    let age = view! {
        <time datetime=job.created_at.to_string() title=labels::date_time(job.created_at)>
            {labels::age(job.created_at, now)}
        </time>
    };
    let next = (job.state == JobState::Pending).then(|| time(job.due_at));
    let row = Row::plain(kind)
        .detail(job.topic.name())
        .cell(age)
        .cell(view! { {labels::job_state(job)} {error} })
        .cell(view! { {order} {refund} })
        .cell(job.attempts.to_string())
        .cell(next);
    if !may_retry {
        return row;
    }
    let retry = (job.state != JobState::Pending).then(|| {
        button(format!("{PATH}/{}/retry", job.id), Vec::new(), "Try again", &format!("{kind}, {}", job.topic.name()))
    });
    row.cell(retry)
}
