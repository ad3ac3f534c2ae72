//! Compares orders, payment events and refunds with the provider. Nothing is changed.

use super::{
    Difference, Payments,
    calls::{CallError, Calls},
    lookups::REST,
    stored,
};
use crate::provider::{ProviderError, SessionReport, SessionState};
use checkout::{
    Error,
    model::{
        AttemptState, Money, Order, OrderId, PaymentAttempt, Refund, RefundState, ReportedRefund, ReportedRefundState,
        Timestamp, TransactionId,
    },
    store::listings::{Direction, OrderFilter, PageRequest, RefundFilter},
};
use std::{collections::HashSet, time::Duration};

/// The period that is compared: orders that were placed, and refunds that became due, in the last 30 days.
const PERIOD: Duration = Duration::from_hours(30 * 24);

/// Maximum number of look-ups of one comparison. They take seven minutes.
const MAX_LOOKUPS: u32 = 10_000;

/// Number of rows of one page.
const PAGE: u32 = 100;

/// Why a comparison ended early.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// No payment provider is configured.
    #[error("no payment provider is configured")]
    NoProvider,
    /// The provider cannot be asked.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The engine failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<CallError> for AuditError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Provider(error) => Self::Provider(error),
            CallError::Checkout(error) => Self::Failed(error),
        }
    }
}

impl Payments {
    /// Compares the last 30 days with the provider. Orders whose page was opened a moment ago are left out: their webhooks may be
    /// under way. Another payment or refund that is under way may differ until its webhook came.
    pub async fn audit(&self) -> Result<Vec<Difference>, AuditError> {
        self.audit_since(self.checkout().now() - PERIOD).await
    }

    /// Compares the orders and refunds since this time with the provider.
    pub async fn audit_since(&self, since: Timestamp) -> Result<Vec<Difference>, AuditError> {
        let calls = self.calls().ok_or(AuditError::NoProvider)?;
        let mut audit = Audit { payments: self, calls, lookups: 0, compared: HashSet::new(), found: Vec::new() };
        audit.orders(since).await?;
        audit.refunds(since).await?;
        if audit.is_over() {
            audit.found.push(Difference::Incomplete { lookups: audit.lookups });
        }
        Ok(audit.found)
    }
}

/// A comparison.
struct Audit<'a> {
    payments: &'a Payments,
    calls: &'a Calls,
    lookups: u32,
    /// The transactions whose refunds were compared. At most [`MAX_LOOKUPS`].
    compared: HashSet<TransactionId>,
    found: Vec<Difference>,
}

impl Audit<'_> {
    fn is_over(&self) -> bool {
        self.lookups >= MAX_LOOKUPS
    }

    async fn orders(&mut self, since: Timestamp) -> Result<(), AuditError> {
        let filter = OrderFilter { since: Some(since), ..OrderFilter::default() };
        let mut page = PageRequest { after: None, direction: Direction::OldestFirst, limit: PAGE };
        loop {
            let listing = self.payments.checkout().list_orders(&filter, page).await?;
            let ids: Vec<OrderId> = listing.items.iter().map(|order| order.id).collect();
            let attempts = stored(self.payments.attempts().of_orders(&ids).await)?;
            for order in &listing.items {
                let own = attempts.iter().filter(|attempt| attempt.order_id == order.id);
                let own: Vec<_> = own.filter(|attempt| attempt.provider == self.calls.name()).collect();
                self.order(order, &own).await?;
                if self.is_over() {
                    return Ok(());
                }
            }
            match listing.next {
                Some(next) => page.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn order(&mut self, order: &Order, attempts: &[&PaymentAttempt]) -> Result<(), AuditError> {
        let now = self.payments.checkout().now();
        if attempts.iter().any(|attempt| attempt.updated_at + REST > now) {
            return Ok(());
        }
        let mut paid = Vec::new();
        for session in attempts.iter().filter_map(|attempt| attempt.session.as_ref()) {
            self.lookups += 1;
            match self.calls.find_session(session).await {
                Ok(report) if report.state == SessionState::Paid => paid.extend(transaction_of(report)),
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let of_order = order.transaction_id();
        let is_known = paid.iter().any(|(transaction, _)| Some(transaction) == of_order);
        // An order may also have been paid without a page of the shop, of which the provider cannot be asked.
        let has_page = attempts.iter().any(|attempt| attempt.state == AttemptState::Completed);
        if let (Some(transaction), false, true) = (of_order, is_known, has_page) {
            self.found.push(Difference::NotPaidAtProvider { order: order.id, transaction: transaction.clone() });
        }
        let refunds = if paid.is_empty() { Vec::new() } else { self.payments.checkout().refunds(order.id).await? };
        for (transaction, amount) in paid {
            let mut returned = refunds.iter().filter(|refund| refund.transaction_id == transaction);
            if Some(&transaction) != of_order && !returned.any(|refund| refund.state != RefundState::Withdrawn) {
                let transaction = transaction.clone();
                self.found.push(Difference::MoneyWithoutOrder { order: order.id, transaction, amount });
            }
            self.refunds_of(&transaction, &refunds).await?;
        }
        Ok(())
    }

    /// Compares the refunds of payments whose orders are older, or that have none.
    async fn refunds(&mut self, since: Timestamp) -> Result<(), AuditError> {
        let filter = RefundFilter { since: Some(since), ..RefundFilter::default() };
        let mut page = PageRequest { after: None, direction: Direction::OldestFirst, limit: PAGE };
        loop {
            let listing = self.payments.checkout().list_refunds(&filter, page).await?;
            let ids: HashSet<OrderId> = listing.items.iter().filter_map(|refund| refund.order_id).collect();
            let ids: Vec<OrderId> = ids.into_iter().collect();
            let attempts = stored(self.payments.attempts().of_orders(&ids).await)?;
            for refund in &listing.items {
                let is_own = |attempt: &PaymentAttempt| {
                    Some(attempt.order_id) == refund.order_id && attempt.provider == self.calls.name()
                };
                let took = attempts.iter().any(is_own) || self.payments.parts.settings.accepts_other_intents;
                if self.is_over() {
                    return Ok(());
                }
                if took && !self.compared.contains(&refund.transaction_id) {
                    let refunds = match refund.order_id {
                        Some(order) => self.payments.checkout().refunds(order).await?,
                        None => vec![refund.clone()],
                    };
                    self.refunds_of(&refund.transaction_id, &refunds).await?;
                }
            }
            match listing.next {
                Some(next) => page.after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Compares the refunds of a transaction.
    async fn refunds_of(&mut self, transaction: &TransactionId, refunds: &[Refund]) -> Result<(), AuditError> {
        if !self.compared.insert(transaction.clone()) {
            return Ok(());
        }
        self.lookups += 1;
        let reports = self.calls.find_refunds(transaction).await?;
        let here: Vec<&Refund> = refunds.iter().filter(|refund| refund.transaction_id == *transaction).collect();
        self.found.extend(compare(&here, &reports));
        Ok(())
    }
}

/// The transaction of a paid page, which the page names if there is no other, and the amount.
fn transaction_of(report: SessionReport) -> Option<(TransactionId, Option<Money>)> {
    let of_page = || TransactionId::try_from(report.session.as_str().to_owned()).ok();
    Some((report.transaction.or_else(of_page)?, report.amount))
}

/// Compares the refunds of one transaction with the provider's.
fn compare(here: &[&Refund], there: &[ReportedRefund]) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut matched = HashSet::new();
    for report in there {
        let is_it = |refund: &&&Refund| match report.ours {
            Some((id, _)) => refund.id == id,
            None => refund.provider_reference.as_ref() == Some(&report.reference),
        };
        let Some(refund) = here.iter().find(is_it) else {
            if report.state != ReportedRefundState::Failed {
                let ReportedRefund { reference, transaction, amount, .. } = report.clone();
                found.push(Difference::RefundNotRecorded { reference, transaction, amount });
            }
            continue;
        };
        let is_earlier_failure = report.state == ReportedRefundState::Failed
            && report.ours.is_some_and(|(_, attempt)| attempt != refund.attempt);
        if is_earlier_failure {
            continue;
        }
        matched.insert(refund.id);
        if !agree(refund.state, report.state) {
            found.push(Difference::RefundState { refund: refund.id, here: refund.state, there: report.state });
        }
        if let Some(amount) = refund.amount
            && (amount != report.amount.minor || refund.currency.is_some_and(|code| code != report.amount.currency))
        {
            let (currency, there) = (refund.currency, report.amount);
            found.push(Difference::RefundAmount { refund: refund.id, here: amount, currency, there });
        }
    }
    let is_missing = |refund: &&&Refund| {
        refund.state == RefundState::Succeeded && refund.note.is_none() && !matched.contains(&refund.id)
    };
    found.extend(here.iter().filter(is_missing).map(|refund| Difference::RefundNotAtProvider {
        refund: refund.id,
        transaction: refund.transaction_id.clone(),
    }));
    found
}

fn agree(here: RefundState, there: ReportedRefundState) -> bool {
    matches!(
        (here, there),
        (RefundState::Succeeded, ReportedRefundState::Succeeded)
            | (RefundState::Sending, ReportedRefundState::Pending)
            | (RefundState::Failed, ReportedRefundState::Failed)
    )
}
