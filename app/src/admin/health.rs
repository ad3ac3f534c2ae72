//! The state of this server and of its database, and the recount.

use super::{
    form::hidden,
    layout::{Flash, Page, PageOperator, Screen, Tone, badge, time},
    list::{Column, Row, table},
};
use checkout::{
    TaskStatus,
    model::Timestamp,
    store::{Audit, DatabaseInfo, Drift, operators::Permission},
};
use leptos::prelude::*;
use std::time::Duration;

/// The path of the screen.
pub const PATH: &str = "/admin/health";

/// The target of the form that reconciles with the payment provider.
pub const RECONCILE_PATH: &str = "/admin/health/reconcile";

/// The facts that the screen shows. Those that could not be read are `None`.
pub struct HealthPage {
    /// The version of this program.
    pub version: &'static str,
    /// The background tasks.
    pub tasks: Vec<TaskStatus>,
    /// The commands that wait for the writer, and how many may wait.
    pub queue: (usize, usize),
    /// The open event streams.
    pub watchers: u64,
    /// The database, and how long it took to respond.
    pub database: Option<(DatabaseInfo, Duration)>,
    /// How long the most overdue hold or order has waited for the sweep.
    pub overdue: Option<Duration>,
    /// Refunds that are due or have failed.
    pub refunds_due: Option<u64>,
    /// The last periodic audit: its end, its duration, and what it found.
    pub last_audit: Option<(Timestamp, Duration, u64)>,
    /// The last recount.
    pub recount: Option<Recount>,
    /// The reconciliation with the payment provider, if the shop has one.
    pub reconciliation: Option<Reconciliation>,
    /// A message about the form that was sent before.
    pub flash: Option<Flash>,
}

/// The result of a recount.
pub struct Recount {
    /// The counts, and what differs.
    pub audit: Audit,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
}

/// The reconciliation with the payment provider.
pub struct Reconciliation {
    /// The provider, for people.
    pub provider: &'static str,
    /// The last run.
    pub last: LastRun,
}

/// The last run of the reconciliation.
pub enum LastRun {
    /// There was none yet.
    Never,
    /// It cannot be read.
    Unknown,
    /// There was one.
    At(Box<ReconciliationRun>),
}

/// A run of the reconciliation.
pub struct ReconciliationRun {
    /// When the last run began.
    pub started_at: Timestamp,
    /// Whether it is under way.
    pub running: bool,
    /// When the last run ended that was finished.
    pub ended_at: Option<Timestamp>,
    /// Numbers of that run.
    pub numbers: Vec<(&'static str, u64)>,
    /// Why that run ended early.
    pub stopped: Option<String>,
}

/// Longest time for which something may be overdue before it counts as a problem.
const MAX_OVERDUE: Duration = Duration::from_secs(5);

impl HealthPage {
    fn dead_tasks(&self) -> usize {
        self.tasks.iter().filter(|task| task.is_dead()).count()
    }

    fn is_healthy(&self) -> bool {
        let is_late = self.overdue.is_none_or(|overdue| overdue > MAX_OVERDUE);
        let has_drift = self.last_audit.is_some_and(|(_, _, drift)| drift > 0);
        let recount_has_drift = self.recount.as_ref().is_some_and(|recount| !recount.audit.clean);
        self.dead_tasks() == 0 && self.database.is_some() && !is_late && !has_drift && !recount_has_drift
    }
}

/// Renders the page.
pub fn health(operator: PageOperator<'_>, mut page: HealthPage) -> String {
    let state = if page.is_healthy() { badge("All is well", Tone::Good) } else { badge("Needs attention", Tone::Bad) };
    let flash = page.flash.take();
    let facts = facts(&page);
    let HealthPage { tasks, recount, reconciliation, .. } = page;
    let may_reconcile = operator.role.may(Permission::Payments);
    let reconciliation = reconciliation.map(|reconciliation| reconciliation_section(reconciliation, may_reconcile));
    Page::new("Health").signed_in(operator, Screen::Health).badge(state).flash(flash).render(view! {
        {facts}
        <section aria-labelledby="recount">
            <h2 id="recount">"Recount"</h2>
            <p>
                "A recount adds up every hold, order, payment event and refund, and compares the sums with the counters that
                the shop sells by. It changes nothing."
            </p>
            <form method="post" action="/admin/health/recount">
                {hidden("recount", "now")}
                <p class="actions"><button class="button button-primary" type="submit">"Recount now"</button></p>
            </form>
            {recount.map(recount_result)}
        </section>
        {reconciliation}
        <section aria-labelledby="tasks">
            <h2 id="tasks">"Background tasks"</h2>
            {task_table(tasks)}
        </section>
    })
}

fn facts(page: &HealthPage) -> AnyView {
    let unknown = || badge("Cannot be read", Tone::Bad);
    let database = page.database.as_ref().map_or_else(unknown, |(database, ping)| {
        let DatabaseInfo { name, version, schema } = database;
        let text = format!("{name} {version}, schema {schema}, responds in {}", milliseconds(*ping));
        view! { {text} }.into_any()
    });
    let overdue = page.overdue.map_or_else(unknown, |overdue| {
        if overdue > MAX_OVERDUE {
            badge(format!("Late by {}", milliseconds(overdue)), Tone::Bad)
        } else {
            view! { "On time" }.into_any()
        }
    });
    let refunds = page.refunds_due.map_or_else(unknown, |due| match due {
        0 => view! { "None" }.into_any(),
        due => badge(due.to_string(), Tone::Warning),
    });
    let audit = match page.last_audit {
        None => view! { "None since the start of this server" }.into_any(),
        Some((at, duration, drift)) => {
            let result = match drift {
                0 => badge("No drift", Tone::Good),
                drift => badge(format!("{drift} differences"), Tone::Bad),
            };
            view! { {result} " " {time(at)} ", took " {milliseconds(duration)} }.into_any()
        }
    };
    let tasks = match page.dead_tasks() {
        0 => view! { "All run" }.into_any(),
        dead => badge(format!("{dead} ended"), Tone::Bad),
    };
    let (waiting, capacity) = page.queue;
    view! {
        <dl class="facts panel health-facts">
            <div><dt>"Version"</dt><dd>"Holdfast "{page.version}</dd></div>
            <div><dt>"Database"</dt><dd>{database}</dd></div>
            <div><dt>"Background tasks"</dt><dd>{tasks}</dd></div>
            <div><dt>"Queue"</dt><dd>{format!("{waiting} of {capacity} commands wait")}</dd></div>
            <div><dt>"Live connections"</dt><dd>{page.watchers.to_string()}</dd></div>
            <div><dt>"Expiry of holds"</dt><dd>{overdue}</dd></div>
            <div><dt>"Refunds due"</dt><dd>{refunds}</dd></div>
            <div><dt>"Last audit"</dt><dd>{audit}</dd></div>
        </dl>
    }
    .into_any()
}

fn reconciliation_section(reconciliation: Reconciliation, may_reconcile: bool) -> AnyView {
    let Reconciliation { provider, last } = reconciliation;
    let result = match last {
        LastRun::Never => view! { <p class="muted">"No run has taken place yet."</p> }.into_any(),
        LastRun::Unknown => badge("Cannot be read", Tone::Bad),
        LastRun::At(run) => reconciliation_result(*run),
    };
    let form = may_reconcile.then(|| {
        view! {
            <form method="post" action=RECONCILE_PATH>
                {hidden("reconcile", "now")}
                <p class="actions"><button class="button button-primary" type="submit">"Reconcile now"</button></p>
            </form>
        }
    });
    view! {
        <section aria-labelledby="reconciliation">
            <h2 id="reconciliation">"Payment provider"</h2>
            <p>
                {format!("The shop takes payments with {provider}. ")}
                "Every five minutes it looks up payments and refunds whose end is not known, and reads the provider’s events, in
                case a webhook was lost."
            </p>
            {form}
            {result}
        </section>
    }
    .into_any()
}

fn reconciliation_result(run: ReconciliationRun) -> AnyView {
    let ReconciliationRun { started_at, running, ended_at, numbers, stopped } = run;
    let state = match (running, &stopped) {
        (true, _) => badge("Under way", Tone::Neutral),
        (false, Some(_)) => badge("Stopped early", Tone::Warning),
        (false, None) => badge("Done", Tone::Good),
    };
    let ended = ended_at.map(|at| view! { <div><dt>"Last finished"</dt><dd>{time(at)}</dd></div> });
    let stopped = stopped.map(|reason| view! { <div><dt>"Stopped because"</dt><dd>{reason}</dd></div> });
    let numbers = numbers
        .into_iter()
        .map(|(name, number)| view! { <div><dt>{name}</dt><dd>{number.to_string()}</dd></div> })
        .collect::<Vec<_>>();
    view! {
        <div class="panel" role="status" data-testid="reconciliation">
            <dl class="facts">
                <div><dt>"State"</dt><dd>{state}</dd></div>
                <div><dt>"Last begun"</dt><dd>{time(started_at)}</dd></div>
                {ended} {stopped} {numbers}
            </dl>
        </div>
    }
    .into_any()
}

fn task_table(tasks: Vec<TaskStatus>) -> AnyView {
    let rows = tasks.into_iter().map(|task| {
        let state = match (task.is_dead(), task.essential) {
            (false, _) if task.running == 0 => badge("Idle", Tone::Quiet),
            (false, _) => badge("Runs", Tone::Good),
            (true, true) => badge("Ended", Tone::Bad),
            (true, false) => badge("Ended", Tone::Warning),
        };
        Row::plain(task.name.replace('_', " "))
            .cell(state)
            .cell(if task.essential { "Essential" } else { "Optional" })
            .cell(task.running.to_string())
            .cell((task.ended + task.panicked).to_string())
    });
    let columns = vec![
        Column::new("Task"),
        Column::new("State"),
        Column::new("Kind"),
        Column::new("Running").number(),
        Column::new("Failures").number(),
    ];
    table("Background tasks", columns, rows.collect())
}

fn recount_result(recount: Recount) -> AnyView {
    let Recount { audit, started_at, duration } = recount;
    let counted = format!(
        "{} products, {} holds, {} orders and {} payment events were counted in {}.",
        audit.products,
        audit.holds,
        audit.orders,
        audit.payments,
        milliseconds(duration)
    );
    let result = if audit.clean {
        view! { <p data-testid="recount">{badge("No drift", Tone::Good)}" Every counter is right."</p> }.into_any()
    } else {
        view! {
            <p data-testid="recount">{badge(format!("{} differences", audit.drift.len()), Tone::Bad)}" See below."</p>
            {drift_table(audit.drift)}
        }
        .into_any()
    };
    view! {
        <div class="panel recount" role="status">
            <h3>"Recount of " {time(started_at)}</h3>
            {result}
            <p class="muted">{counted}</p>
        </div>
    }
    .into_any()
}

fn drift_table(drift: Vec<Drift>) -> AnyView {
    let rows = drift.into_iter().map(|Drift { product, counter, stored, counted }| {
        let product = if product.is_empty() { "No known product".to_owned() } else { product };
        Row::plain(product).cell(counter.replace('_', " ")).cell(stored.to_string()).cell(counted.to_string())
    });
    let columns = vec![
        Column::new("Product"),
        Column::new("Counter or rule"),
        Column::new("Stored").number(),
        Column::new("Counted").number(),
    ];
    table("Differences", columns, rows.collect())
}

/// Formats a duration in milliseconds, or in seconds from ten on.
fn milliseconds(duration: Duration) -> String {
    match duration.as_millis() {
        ms if ms < 10_000 => format!("{ms} ms"),
        _ => format!("{} s", duration.as_secs()),
    }
}
