//! The statement of one page: SQL that both databases understand, and its parameters.

use super::{Direction, PageRequest};
use crate::model::Timestamp;
use std::{borrow::Cow, time::Duration};
use uuid::Uuid;

/// The time of an id and the time that its row shows differ by at most this: a command waits in the queue between the two,
/// and clocks are adjusted.
const ID_TOLERANCE: Duration = Duration::from_mins(1);

/// Returns the least UUIDv7 of an instant.
fn first_id_at(at: Timestamp) -> Uuid {
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

/// The databases, whose planners need different words to use the index that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    Sqlite,
    Postgres,
}

/// A part of a list: the rows that meet a condition. A list is made of several where no index has all its rows in the order
/// of their ids, but has those of each branch so.
#[derive(Debug, Clone)]
pub(in crate::store) struct Branch {
    condition: Query,
    access: Access,
}

/// How the database finds the rows of a branch.
#[derive(Debug, Clone)]
enum Access {
    /// By any index: by that of the ids, because nearly all rows belong to the branch, or because few rows do.
    Any,
    /// By this index, which has the rows with these values in the order of their ids.
    Sorted { index: &'static str, key: Vec<(&'static str, Value)> },
    /// By this index, which does not have them in that order. There are few.
    Unsorted { index: &'static str },
}

impl Branch {
    /// Rows that are nearly all of the table, or few that have an index.
    pub(in crate::store) fn new(condition: Query) -> Self {
        Self { condition, access: Access::Any }
    }

    /// Rows whose columns have these values, which are those of the index up to the id. The condition is that of the index.
    pub(in crate::store) fn of(index: &'static str, key: Vec<(&'static str, Value)>, condition: Query) -> Self {
        Self { condition, access: Access::Sorted { index, key } }
    }

    /// Rows that this index has in another order than that of their ids.
    pub(in crate::store) fn unsorted(index: &'static str, condition: Query) -> Self {
        Self { condition, access: Access::Unsorted { index } }
    }
}

/// A page of a table. Each branch contributes the ids of a page at most; the rows are read for the ids of the page alone.
pub(in crate::store) struct Page {
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
    pub(in crate::store) fn new(table: &'static str, request: PageRequest) -> Self {
        let (low, high) = match (request.after, request.direction) {
            (None, _) => (Uuid::nil(), Uuid::max()),
            (Some(after), Direction::NewestFirst) => (Uuid::nil(), after),
            (Some(after), Direction::OldestFirst) => (after, Uuid::max()),
        };
        Self { table, request, low, high, conditions: Vec::new() }
    }

    /// Adds a condition to each branch. The table's alias is `t`.
    pub(in crate::store) fn filter(&mut self, condition: Query) {
        self.conditions.push(condition);
    }

    /// Keeps rows whose `column` lies in this period. Their ids were made at the time that the column shows.
    pub(in crate::store) fn filter_period(
        &mut self,
        column: &'static str,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) {
        if let Some(since) = since {
            self.low = self.low.max(first_id_at(since - ID_TOLERANCE));
        }
        self.filter_period_of_older_ids(column, since, until);
    }

    /// The same where ids may have been made long before the time that the column shows.
    pub(in crate::store) fn filter_period_of_older_ids(
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

    /// Returns the statement that reads the page. `None` if there is no branch, so that no row can match.
    pub(in crate::store) fn statement(&self, dialect: Dialect, columns: &str, branches: Vec<Branch>) -> Option<Query> {
        let mut ids: Option<Query> = None;
        for (nth, branch) in branches.into_iter().enumerate() {
            let branch = self.branch(dialect, branch);
            let branch = Query::new("SELECT id FROM (").append(branch).sql(format!(") AS b{nth}"));
            ids = Some(match ids {
                None => branch,
                Some(ids) => ids.sql(" UNION ALL ").append(branch),
            });
        }
        let head = format!("SELECT {columns} FROM {} t WHERE t.id IN (", self.table);
        Some(self.limited(Query::new(head).append(ids?).sql(")"), &["t.id"]))
    }

    fn branch(&self, dialect: Dialect, Branch { condition, access }: Branch) -> Query {
        let rows = Query::new(format!("SELECT t.id FROM {} t", self.table));
        let rows = match (dialect, &access) {
            (Dialect::Sqlite, Access::Sorted { index, .. } | Access::Unsorted { index }) => {
                rows.sql(" INDEXED BY ").sql(*index)
            }
            _ => rows,
        };
        let mut rows = rows.sql(" WHERE ").append(condition);
        for condition in &self.conditions {
            rows = rows.sql(" AND ").append(condition.clone());
        }
        match (dialect, access) {
            (_, Access::Any) => self.limited(self.bounded(rows.sql(" AND "), "t.id"), &["t.id"]),
            (_, Access::Unsorted { .. }) => {
                // A database that knew the bounds and the order would walk the whole table.
                let found =
                    Query::new("WITH found AS MATERIALIZED (").append(rows).sql(") SELECT id FROM found WHERE ");
                self.limited(self.bounded(found, "id"), &["id"])
            }
            (Dialect::Sqlite, Access::Sorted { key, .. }) => {
                for (column, value) in key {
                    rows = rows.sql(" AND ").sql(column).sql(" = ").bind(value);
                }
                self.limited(self.bounded(rows.sql(" AND "), "t.id"), &["t.id"])
            }
            (Dialect::Postgres, Access::Sorted { key, .. }) => {
                // The planner takes matching rows for evenly spread, and would walk along the ids in search of many. With the last
                // column of the key compared together with the id, no other index has this order, so that it takes this one.
                // The column is also compared alone, because a scan does not end where only a pair of columns tells it to.
                let Some(((last, value), fixed)) = key.split_last() else {
                    return self.limited(self.bounded(rows.sql(" AND "), "t.id"), &["t.id"]);
                };
                for (column, value) in fixed {
                    rows = rows.sql(format!(" AND {column} = ")).bind(value.clone());
                }
                for (comparison, bound) in [(">", self.low), ("<", self.high)] {
                    rows = rows.sql(format!(" AND {last} {comparison}= ")).bind(value.clone());
                    rows = rows.sql(format!(" AND ({last}, t.id) {comparison} (")).bind(value.clone());
                    rows = rows.sql(", ").uuid(bound).sql(")");
                }
                self.limited(rows, &[last, "t.id"])
            }
        }
    }

    fn bounded(&self, rows: Query, id: &'static str) -> Query {
        rows.sql(id).sql(" > ").uuid(self.low).sql(" AND ").sql(id).sql(" < ").uuid(self.high)
    }

    fn limited(&self, rows: Query, columns: &[&'static str]) -> Query {
        let direction = match self.request.direction {
            Direction::NewestFirst => " DESC",
            Direction::OldestFirst => "",
        };
        let order: Vec<_> = columns.iter().map(|column| format!("{column}{direction}")).collect();
        let limit = Value::Integer(i64::from(self.request.limit));
        rows.sql(format!(" ORDER BY {} LIMIT ", order.join(", "))).bind(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_bound_the_rows_of_a_period() {
        let at = Timestamp::from_millis(1_800_000_000_000);
        let mut page = Page::new("orders", PageRequest::first(9));
        page.filter_period("created_at", Some(at), Some(at + Duration::from_mins(5)));
        assert!(
            page.low < first_id_at(at - Duration::from_secs(50))
                && page.low > first_id_at(at - Duration::from_secs(70))
        );
        let end = at + Duration::from_mins(6);
        assert!(
            page.high > first_id_at(end - Duration::from_secs(10))
                && page.high < first_id_at(end + Duration::from_secs(10))
        );
        // The cursor of a page within the period counts, and another one does not.
        let after = first_id_at(at + Duration::from_mins(1));
        for (direction, bounds) in
            [(Direction::NewestFirst, (page.low, after)), (Direction::OldestFirst, (after, page.high))]
        {
            let mut next = Page::new("orders", PageRequest { after: Some(after), direction, limit: 9 });
            next.filter_period("created_at", Some(at), Some(at + Duration::from_mins(5)));
            assert_eq!((next.low, next.high), bounds);
        }
    }

    #[test]
    fn a_page_without_branches_needs_no_statement() {
        assert_eq!(Page::new("orders", PageRequest::first(9)).statement(Dialect::Sqlite, "t.id", Vec::new()), None);
    }
}
