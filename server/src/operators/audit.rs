//! Entries of the audit log (P12).

use checkout::{
    Clock, IdGenerator,
    model::{Actor, AuditEntry, AuditId, AuditObject, Timestamp},
};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// An entry of the audit log in the admin API, in exports and on the command line.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct EntryView {
    /// Id of the entry.
    #[schema(value_type = Uuid)]
    pub id: AuditId,
    /// Time of the change.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The person or program that made it.
    #[schema(value_type = ActorSchema)]
    pub actor: Actor,
    /// The action, such as `product.edit`.
    pub action: String,
    /// The thing that was changed.
    #[schema(value_type = AuditObjectSchema)]
    pub object: AuditObject,
    /// The changed fields with their values before; null where there were none.
    #[schema(value_type = Option<Object>, required)]
    pub before: Option<Value>,
    /// The changed fields with their values afterwards; null where there are none.
    #[schema(value_type = Option<Object>, required)]
    pub after: Option<Value>,
    /// Why, in the actor's words.
    #[schema(required)]
    pub reason: Option<String>,
}

/// The person or program that makes a change.
#[derive(ToSchema)]
#[schema(as = Actor)]
#[expect(dead_code, reason = "actors are serialised by the engine's type; this is the schema")]
struct ActorSchema {
    /// Kind of actor.
    kind: ActorKindSchema,
    /// Id of the operator or of the API client; null for the others.
    #[schema(required)]
    id: Option<uuid::Uuid>,
    /// E-mail address, name of the client, or user of the command line.
    name: String,
}

/// Kind of actor: an operator of the console, an API client, a user of the command line, or Holdfast itself.
#[derive(ToSchema)]
#[schema(as = ActorKind, rename_all = "snake_case")]
#[expect(dead_code, reason = "actors are serialised by the engine's type; this is the schema")]
enum ActorKindSchema {
    Operator,
    Client,
    CommandLine,
    System,
}

/// The thing that a change is about.
#[derive(ToSchema)]
#[schema(as = AuditObject)]
#[expect(dead_code, reason = "objects are serialised by the engine's type; this is the schema")]
struct AuditObjectSchema {
    /// Its kind, such as `product`, `order` or `client`.
    kind: String,
    /// Its id.
    id: String,
}

impl From<AuditEntry> for EntryView {
    fn from(entry: AuditEntry) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: entry.id,
            at: entry.at,
            actor: entry.actor,
            action: entry.action.into_owned(),
            object: entry.object,
            before: json(entry.before),
            after: json(entry.after),
            reason: entry.reason.map(String::from),
        }
    }
}

/// Makes entries of the audit log.
#[derive(Clone)]
pub struct Entries {
    ids: IdGenerator,
    clock: Arc<dyn Clock>,
}

impl Entries {
    /// Entries with the time of `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { ids: IdGenerator::new(clock.clone()), clock }
    }

    /// Returns a new id.
    pub fn new_id<T: From<uuid::Uuid>>(&self) -> T {
        self.ids.generate()
    }

    /// An entry that says what there was before and what there is now; `Value::Null` stands for nothing.
    pub fn entry(
        &self,
        actor: &Actor,
        action: &'static str,
        object: AuditObject,
        before: &Value,
        after: &Value,
    ) -> AuditEntry {
        let text = |value: &Value| (!value.is_null()).then(|| value.to_string());
        AuditEntry {
            id: self.ids.generate(),
            at: self.clock.now(),
            actor: actor.clone(),
            action: action.into(),
            object,
            before: text(before),
            after: text(after),
            reason: None,
        }
    }
}
