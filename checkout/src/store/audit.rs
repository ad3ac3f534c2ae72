//! What the stores count for the audit, and the one place where a count becomes a drift (P1).

use super::{Audit, Drift};
use sqlx::FromRow;

/// One product: what is stored, and what its rows add up to.
#[derive(FromRow)]
pub(super) struct AuditRow {
    slug: String,
    total: i64,
    available: i64,
    held: i64,
    pending: i64,
    sold: i64,
    version: i64,
    held_rows: i64,
    pending_rows: i64,
    sold_rows: i64,
    events: i64,
    /// None where the trail is missing altogether.
    told: Option<i64>,
    strays: i64,
    holds: i64,
    orders: i64,
    refunds: i64,
}

impl AuditRow {
    /// The audit of all products.
    pub(super) fn audit(rows: &[Self]) -> Audit {
        let drift: Vec<Drift> = rows.iter().flat_map(Self::drift).collect();
        let sum = |part: fn(&Self) -> i64| rows.iter().map(|r| u64::try_from(part(r)).unwrap_or(0)).sum();
        Audit {
            clean: drift.is_empty(),
            products: u64::try_from(rows.len()).unwrap_or(u64::MAX),
            holds: sum(|r| r.holds),
            orders: sum(|r| r.orders),
            refunds_due: rows.first().map_or(0, |r| u64::try_from(r.refunds).unwrap_or(0)),
            drift,
        }
    }

    fn drift(&self) -> Vec<Drift> {
        let sum = self.available + self.held + self.pending + self.sold;
        let checks = [
            ("total", self.total, sum),
            ("held", self.held, self.held_rows),
            ("pending", self.pending, self.pending_rows),
            ("sold", self.sold, self.sold_rows),
            // One stock event for each version, the last of which tells what is stored.
            ("version", self.version, self.events),
            ("available", self.available, self.told.unwrap_or(-1)),
            // Holds and orders that do not name each other.
            ("claims", 0, self.strays),
        ];
        let differ = checks.into_iter().filter(|(_, stored, counted)| stored != counted);
        differ
            .map(|(counter, stored, counted)| Drift {
                product: self.slug.clone(),
                counter: counter.to_owned(),
                stored,
                counted,
            })
            .collect()
    }
}
