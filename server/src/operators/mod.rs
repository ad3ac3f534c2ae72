//! The people who run the shop: their sign-in, sessions and roles.

mod account;
mod audit;
mod error;
mod links;
mod mailed;
mod manage;
mod passwords;
mod sessions;
mod sign_in;
mod throttle;
mod tokens;
pub mod totp;

pub use audit::{Entries, EntryView};
pub use error::OperatorError;
pub use links::{INVITATION_LIFETIME, NewLink, RESET_LIFETIME, SecondFactor};
pub use passwords::PasswordError;
pub use sessions::{SignedIn, Visitor};
pub use sign_in::NewSession;
pub use tokens::Token;

use crate::auth::hashing::Hasher;
use checkout::{
    Clock,
    model::{Actor, ActorKind, AuditEntry, AuditObject, Timestamp},
    store::{
        Store,
        operators::{Operator, OperatorChange},
    },
};
use serde_json::Value;
use std::sync::Arc;

/// Manages operators and their sessions. Clones share the store and the hasher.
#[derive(Clone)]
pub struct OperatorService {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    hasher: Arc<Hasher>,
    entries: Entries,
    is_second_factor_required: bool,
}

impl OperatorService {
    /// Manages the operators in `store`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        hasher: Arc<Hasher>,
        is_second_factor_required: bool,
    ) -> Self {
        Self { entries: Entries::new(clock.clone()), store, clock, hasher, is_second_factor_required }
    }

    /// Whether nobody gets in without a second factor.
    pub fn is_second_factor_required(&self) -> bool {
        self.is_second_factor_required
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns all operators, oldest first.
    pub async fn all(&self) -> Result<Vec<Operator>, OperatorError> {
        Ok(self.store.operators().all().await?)
    }

    /// Records that an operator tried what their role does not allow.
    pub async fn record_denial(&self, signed_in: &SignedIn, action: &str) -> Result<(), OperatorError> {
        let after = serde_json::json!({ "action": action, "role": signed_in.operator.role });
        let object = AuditObject::new("operator", signed_in.operator.id);
        let entry = self.entries.entry(&signed_in.actor(), "access.denied", object, &Value::Null, &after);
        Ok(self.store.audit_log().append(&entry).await?)
    }

    fn entry(&self, actor: &Actor, action: &'static str, operator: &Operator, after: &Value) -> AuditEntry {
        self.entries.entry(actor, action, AuditObject::new("operator", operator.id), &Value::Null, after)
    }

    /// Makes all changes, or fails with `refused`.
    async fn change(
        &self,
        changes: Vec<OperatorChange>,
        entry: Option<AuditEntry>,
        refused: OperatorError,
    ) -> Result<(), OperatorError> {
        if self.store.operators().change(changes, entry).await? { Ok(()) } else { Err(refused) }
    }
}

/// An operator as the audit log names them.
fn actor_of(operator: &Operator) -> Actor {
    Actor { kind: ActorKind::Operator, id: Some(operator.id.0), name: operator.email.to_string() }
}
