//! The one statement that writes a batch, made of the parts that the batch needs. On PostgreSQL a batch costs round
//! trips, not commits.

use super::sql::{self, Parameters};
use crate::store::table::{self, Rows, Table};
use sqlx::postgres::PgArguments;

/// `WITH guard AS (…), <parts> SELECT …`. The guard tells whether the products are still at the versions that the batch
/// was decided on. If they are not, no part writes anything, and the statement returns `false` with the rows of the
/// part `locked`, if it has one.
pub(super) struct Statement {
    parameters: Parameters,
    /// The text so far. `None` when it is known from an earlier batch of the same shape: then only parameters are
    /// bound.
    text: Option<Text>,
}

#[derive(Default)]
struct Text {
    has_locked: bool,
    parts: Vec<String>,
    checks: Vec<String>,
}

impl Statement {
    pub(super) fn new(needs_text: bool) -> Self {
        Self { parameters: Parameters::default(), text: needs_text.then(Text::default) }
    }

    pub(super) fn parameters(&mut self) -> &mut Parameters {
        &mut self.parameters
    }

    pub(super) fn part(&mut self, part: impl FnOnce() -> String) {
        if let Some(text) = &mut self.text {
            text.parts.push(part());
        }
    }

    /// A part called `locked`, which locks rows. The statement returns them where the guard does not hold.
    pub(super) fn locked(&mut self, select: impl FnOnce() -> String) {
        if let Some(text) = &mut self.text {
            text.has_locked = true;
            text.parts.push(format!("locked AS ({})", select()));
        }
    }

    /// Inserts rows, if there are any and the guard holds.
    pub(super) fn insert<T: Table>(&mut self, rows: &Rows<'_>) {
        if rows.is_empty() {
            return;
        }
        let first = self.parameters.rows(rows);
        self.part(|| {
            let insert = table::insert::<T>(&sql::rows(rows.columns(), first));
            format!("{}_added AS ({insert} WHERE (SELECT ok FROM guard))", T::NAME)
        });
    }

    /// Updates rows, if there are any and the guard holds, and checks that all were in the state expected.
    pub(super) fn update<T: Table>(&mut self, rows: &Rows<'_>) {
        if rows.is_empty() {
            return;
        }
        let first = self.parameters.rows(rows);
        self.update_from::<T>(rows.len(), || sql::rows(rows.columns(), first));
    }

    /// The same from another item of FROM called `n`, which has this number of rows.
    pub(super) fn update_from<T: Table>(&mut self, rows: usize, from: impl FnOnce() -> String) {
        let expected = self.parameters.value(i64::try_from(rows).unwrap_or(i64::MAX));
        let part = format!("{}_changed", T::NAME);
        if let Some(text) = &mut self.text {
            let update = table::update::<T>(&from());
            text.parts.push(format!("{part} AS ({update} AND (SELECT ok FROM guard) RETURNING 1)"));
            // A wrong number raises an error, which undoes the whole batch.
            text.checks.push(format!("demand((SELECT count(*) FROM {part}), ${expected}, '{part}')"));
        }
    }

    /// Returns the text, if it was needed, and the parameters.
    pub(super) fn finish(self) -> Result<(Option<String>, PgArguments), sqlx::Error> {
        Ok((self.text.map(Text::finish), self.parameters.finish()?))
    }
}

impl Text {
    fn finish(self) -> String {
        let checks = if self.checks.is_empty() { "true".to_owned() } else { self.checks.join(" AND ") };
        let (columns, locked) =
            if self.has_locked { (", locked.*", " LEFT JOIN locked ON NOT guard.ok") } else { ("", "") };
        format!(
            "WITH {} SELECT CASE WHEN guard.ok THEN {checks} ELSE false END AS done{columns} FROM guard{locked}",
            self.parts.join(",\n     ")
        )
    }
}
