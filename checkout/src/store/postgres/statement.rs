//! One statement made of the parts that a batch needs: round trips, not commits, are what a batch costs on PostgreSQL.

use sqlx::{
    Encode, Type,
    postgres::{PgArguments, PgHasArrayType, Postgres},
};

/// `WITH guard AS (…), <parts> SELECT …`: the guard says whether the products are still at the versions that the batch was
/// decided on; where they are not, no part does anything, and the statement answers `false`, and with it the rows of the
/// part `locked`, if it has one.
#[derive(Default)]
pub(super) struct Statement {
    has_locked: bool,
    parts: Vec<String>,
    demands: Vec<String>,
    bound: Bound,
}

/// The parameters so far.
#[derive(Default)]
pub(super) struct Bound {
    arguments: PgArguments,
    count: usize,
    failed: Option<sqlx::error::BoxDynError>,
}

impl Bound {
    /// Binds a value; answers how to name it.
    pub(super) fn value<T>(&mut self, value: T) -> String
    where
        T: for<'q> Encode<'q, Postgres> + Type<Postgres>,
    {
        if let Err(error) = sqlx::Arguments::add(&mut self.arguments, value) {
            self.failed.get_or_insert(error);
        }
        self.count += 1;
        format!("${}", self.count)
    }
}

/// Rows as columns, each of which is one array parameter.
pub(super) struct Rows<'a> {
    bound: &'a mut Bound,
    names: Vec<&'static str>,
    arrays: Vec<String>,
}

impl Rows<'_> {
    /// A column of the table, with its type and a value for each row.
    pub(super) fn column<T>(mut self, name: &'static str, kind: &str, values: impl Iterator<Item = T>) -> Self
    where
        T: PgHasArrayType,
        Vec<T>: for<'q> Encode<'q, Postgres> + Type<Postgres>,
    {
        let array = self.bound.value(values.collect::<Vec<_>>());
        self.names.push(name);
        self.arrays.push(format!("{array}::{kind}[]"));
        self
    }

    /// `unnest(…) AS n (…)`, and the columns' names.
    pub(super) fn table(self) -> (String, Vec<&'static str>) {
        (format!("unnest({}) AS n ({})", self.arrays.join(", "), self.names.join(", ")), self.names)
    }
}

impl Statement {
    pub(super) fn bound(&mut self) -> &mut Bound {
        &mut self.bound
    }

    pub(super) fn rows(&mut self) -> Rows<'_> {
        Rows { bound: &mut self.bound, names: Vec::new(), arrays: Vec::new() }
    }

    pub(super) fn part(&mut self, sql: String) {
        self.parts.push(sql);
    }

    /// A part that locks rows, which are answered where the guard does not hold.
    pub(super) fn locked(&mut self, sql: &str) {
        self.has_locked = true;
        self.part(format!("locked AS ({sql})"));
    }

    /// Inserts all rows, if the guard holds.
    pub(super) fn insert(&mut self, table: &str, (rows, names): (String, Vec<&'static str>)) {
        let names = names.join(", ");
        self.part(format!(
            "{table}_added AS (INSERT INTO {table} ({names}) SELECT {names} FROM {rows} WHERE (SELECT ok FROM guard))"
        ));
    }

    /// Updates the rows of those ids that are in the state that the batch knows them in, if the guard holds, and demands
    /// that all were.
    pub(super) fn update(
        &mut self,
        table: &str,
        (rows, _): (String, Vec<&'static str>),
        set: &[&str],
        state: &str,
        expected: usize,
    ) {
        let set: Vec<_> = set.iter().map(|name| format!("{name} = n.{name}")).collect();
        self.part(format!(
            "{table}_changed AS (UPDATE {table} t SET {} FROM {rows}
             WHERE t.id = n.id AND {state} AND (SELECT ok FROM guard) RETURNING 1)",
            set.join(", ")
        ));
        self.demand(&format!("{table}_changed"), expected);
    }

    /// Demands that a part touched so many rows: where it did not, all of the batch is undone.
    pub(super) fn demand(&mut self, part: &str, expected: usize) {
        let expected = self.bound.value(i64::try_from(expected).unwrap_or(i64::MAX));
        self.demands.push(format!("demand((SELECT count(*) FROM {part}), {expected}, '{part}')"));
    }

    /// The text and its parameters.
    pub(super) fn finish(self) -> Result<(String, PgArguments), sqlx::Error> {
        if let Some(error) = self.bound.failed {
            return Err(sqlx::Error::Encode(error));
        }
        let demands = if self.demands.is_empty() { "true".to_owned() } else { self.demands.join(" AND ") };
        let (columns, locked) =
            if self.has_locked { (", locked.*", " LEFT JOIN locked ON NOT guard.ok") } else { ("", "") };
        let sql = format!(
            "WITH {} SELECT CASE WHEN guard.ok THEN {demands} ELSE false END AS done{columns} FROM guard{locked}",
            self.parts.join(",\n     ")
        );
        Ok((sql, self.bound.arguments))
    }
}
