//! The statement of one page: SQL that both databases understand, and its parameters.

use super::{Direction, PageRequest};
use crate::model::Timestamp;
use std::{borrow::Cow, time::Duration};
use uuid::Uuid;

/// The time of an id and the time that its row shows differ by at most this: a command waits in the queue between the two,
/// and clocks are adjusted.
pub(in crate::store) const ID_TOLERANCE: Duration = Duration::from_mins(1);

/// Returns the least UUIDv7 of an instant.
pub(in crate::store) fn first_id_at(at: Timestamp) -> Uuid {
    Uuid::from_u128(u128::from(at.as_millis().unsigned_abs()) << 80)
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Value {
    Uuid(Uuid),
    Text(String),
    Integer(i64),
    Instant(Timestamp),
}

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Part {
    Sql(Cow<'static, str>),
    Value(Value),
}

/// A statement, or a piece of one. Text from outside is only ever a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::store) struct Query(Vec<Part>);

impl Query {
    pub(in crate::store) fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self::default().sql(sql)
    }

    #[must_use]
    pub(in crate::store) fn sql(mut self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.0.push(Part::Sql(sql.into()));
        self
    }

    #[must_use]
    pub(in crate::store) fn bind(mut self, value: Value) -> Self {
        self.0.push(Part::Value(value));
        self
    }

    #[must_use]
    pub(in crate::store) fn uuid(self, id: Uuid) -> Self {
        self.bind(Value::Uuid(id))
    }

    #[must_use]
    pub(in crate::store) fn text(self, text: impl Into<String>) -> Self {
        self.bind(Value::Text(text.into()))
    }

    #[must_use]
    pub(in crate::store) fn append(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    pub(in crate::store) fn into_parts(self) -> Vec<Part> {
        self.0
    }
}

/// A part of a list: the rows that meet a condition. A list is made of several where no index has all its rows in the order
/// of their ids, but has those of each branch so.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    condition: Query,
    is_sorted: bool,
}

impl Branch {
    /// Rows that an index has in the order of their ids, or that are few.
    pub(super) fn new(condition: Query) -> Self {
        Self { condition, is_sorted: true }
    }

    /// Rows that an index finds, but not in the order of their ids. The database would otherwise go through the whole
    /// table in the right order in search of them.
    pub(super) fn unsorted(condition: Query) -> Self {
        Self { condition, is_sorted: false }
    }
}

/// A page of a table. Each branch contributes the ids of a page at most; the rows are read for the ids of the page alone.
pub(super) struct Page {
    table: &'static str,
    request: PageRequest,
    /// Ids are greater than this.
    low: Uuid,
    /// Ids are less than this.
    high: Uuid,
    /// Conditions that each branch has, in addition to its own.
    conditions: Vec<Query>,
}

impl Page {
    pub(super) fn new(table: &'static str, request: PageRequest) -> Self {
        let (low, high) = match (request.after, request.direction) {
            (None, _) => (Uuid::nil(), Uuid::max()),
            (Some(after), Direction::NewestFirst) => (Uuid::nil(), after),
            (Some(after), Direction::OldestFirst) => (after, Uuid::max()),
        };
        Self { table, request, low, high, conditions: Vec::new() }
    }

    /// Adds a condition to each branch. The table's alias is `t`.
    pub(super) fn filter(&mut self, condition: Query) {
        self.conditions.push(condition);
    }

    /// Keeps rows whose `column` lies in this period. Their ids were made at the time that the column shows.
    pub(super) fn filter_period(&mut self, column: &'static str, since: Option<Timestamp>, until: Option<Timestamp>) {
        if let Some(since) = since {
            self.low = self.low.max(first_id_at(since - ID_TOLERANCE));
        }
        self.filter_period_of_older_ids(column, since, until);
    }

    /// The same where ids may have been made long before the time that the column shows.
    pub(super) fn filter_period_of_older_ids(
        &mut self,
        column: &'static str,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) {
        if let Some(since) = since {
            self.filter(Query::new("t.").sql(column).sql(" >= ").bind(Value::Instant(since)));
        }
        if let Some(until) = until {
            self.high = self.high.min(first_id_at(until + ID_TOLERANCE));
            self.filter(Query::new("t.").sql(column).sql(" < ").bind(Value::Instant(until)));
        }
    }

    /// Returns the statement that reads the page and one row more. `None` if no row can match.
    pub(super) fn statement(&self, columns: &str, branches: Vec<Branch>) -> Option<Query> {
        let mut ids: Option<Query> = None;
        for (nth, branch) in branches.into_iter().enumerate() {
            let branch = self.branch(nth, branch);
            ids = Some(match ids {
                None => branch,
                Some(ids) => ids.sql(" UNION ALL ").append(branch),
            });
        }
        let head = format!("SELECT {columns} FROM {} t WHERE t.id IN (", self.table);
        Some(self.limited(Query::new(head).append(ids?).sql(")"), "t."))
    }

    fn branch(&self, nth: usize, branch: Branch) -> Query {
        let rows = Query::new(format!("SELECT t.id FROM {} t WHERE t.id > ", self.table)).uuid(self.low);
        let mut rows = rows.sql(" AND t.id < ").uuid(self.high).sql(" AND ").append(branch.condition);
        for condition in &self.conditions {
            rows = rows.sql(" AND ").append(condition.clone());
        }
        let rows = if branch.is_sorted {
            self.limited(rows, "t.")
        } else {
            let found = Query::new("WITH found AS MATERIALIZED (").append(rows).sql(") SELECT id FROM found");
            self.limited(found, "")
        };
        Query::new("SELECT id FROM (").append(rows).sql(format!(") AS b{nth}"))
    }

    fn limited(&self, rows: Query, alias: &'static str) -> Query {
        let order = match self.request.direction {
            Direction::NewestFirst => "id DESC LIMIT ",
            Direction::OldestFirst => "id LIMIT ",
        };
        let limit = Value::Integer(i64::from(self.request.rows()) + 1);
        rows.sql(" ORDER BY ").sql(alias).sql(order).bind(limit)
    }
}
