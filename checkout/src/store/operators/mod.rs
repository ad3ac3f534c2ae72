//! The people who run the shop: their roles, sessions, recovery codes and one-time links.

mod role;
pub(super) mod statements;

pub use crate::model::{EmailAddress, EmailError};
pub use role::{Permission, Role};

use crate::{
    error::StoreError,
    model::{AuditEntry, NewJob, Timestamp},
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// The id of an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperatorId(pub Uuid);

impl From<Uuid> for OperatorId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for OperatorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A value that no log shows, such as a password's hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden<T>(pub T);

impl<T> fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}

/// The SHA-256 digest of a token or of a recovery code. Both are random, so that a fast hash is enough.
pub type TokenHash = [u8; 32];

/// A person who may sign in to the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// Their id.
    pub id: OperatorId,
    /// Their e-mail address, with which they sign in.
    pub email: EmailAddress,
    /// Their display name, which may be empty.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The argon2id hash of the password in the PHC string format; `None` until the invitation is used.
    pub password_hash: Option<Hidden<String>>,
    /// The key of the authenticator app; `None` without a second factor.
    pub totp_secret: Option<Hidden<Vec<u8>>>,
    /// The time step of the last code that was used.
    pub totp_last_step: Option<i64>,
    /// When the operator was added.
    pub created_at: Timestamp,
    /// When the operator was disabled, if they are.
    pub disabled_at: Option<Timestamp>,
}

impl Operator {
    /// Returns the name, or the e-mail address if there is none.
    pub fn display_name(&self) -> &str {
        if self.name.is_empty() { self.email.as_str() } else { &self.name }
    }
}

/// A session of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorSession {
    /// Its id, with which it is listed and ended. It opens nothing.
    pub id: Uuid,
    /// The hash of the token in the cookie.
    pub token_hash: Hidden<TokenHash>,
    /// The operator.
    pub operator_id: OperatorId,
    /// Whether the second factor is given, or not needed.
    pub complete: bool,
    /// When the operator signed in.
    pub created_at: Timestamp,
    /// When the session was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When the password was last given.
    pub password_at: Timestamp,
    /// When it ends, however much it is used.
    pub ends_at: Timestamp,
    /// The address that it was opened from.
    pub address: String,
    /// The browser that it was opened with.
    pub device: String,
}

/// The purpose of a one-time link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// A new operator sets their password.
    Invitation,
    /// An operator sets a new password and second factor.
    Reset,
}

impl LinkPurpose {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// Returns the purpose of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Invitation, Self::Reset].into_iter().find(|purpose| purpose.name() == name)
    }
}

/// A link that lets an operator set their password, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTimeLink {
    /// The hash of the token in the address.
    pub token_hash: Hidden<TokenHash>,
    /// The operator.
    pub operator_id: OperatorId,
    /// Its purpose.
    pub purpose: LinkPurpose,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works.
    pub ends_at: Timestamp,
    /// When it was used, if it was.
    pub used_at: Option<Timestamp>,
}

/// Failed sign-ins in a row with one e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInFailures {
    /// How many.
    pub failures: u32,
    /// Attempts before this time are refused.
    pub next_at: Timestamp,
}

/// A change to operators. Most are guarded: they are refused where the row is not as expected.
#[derive(Debug, Clone)]
pub enum OperatorChange {
    /// Adds an operator, unless the e-mail address is taken.
    Add(Operator),
    /// Changes the role, unless it is no longer `expected` or no other administrator would be left.
    SetRole {
        /// The operator.
        id: OperatorId,
        /// The role that was seen.
        expected: Role,
        /// The new role.
        role: Role,
    },
    /// Disables an operator who is enabled, unless no other administrator would be left.
    Disable {
        /// The operator.
        id: OperatorId,
        /// Now.
        at: Timestamp,
    },
    /// Enables an operator who is disabled.
    Enable(OperatorId),
    /// Replaces the password.
    SetPassword {
        /// The operator.
        id: OperatorId,
        /// The hash of the new one.
        hash: Hidden<String>,
    },
    /// Sets or removes the second factor.
    SetTotp {
        /// The operator.
        id: OperatorId,
        /// The key of the authenticator app, and the time step of the code that confirmed it.
        totp: Option<(Hidden<Vec<u8>>, i64)>,
    },
    /// Uses a code of the authenticator app, unless a code of that or of a later time step was used.
    UseTotpStep {
        /// The operator.
        id: OperatorId,
        /// The code's time step.
        step: i64,
    },
    /// Replaces all recovery codes.
    ReplaceRecoveryCodes {
        /// The operator.
        id: OperatorId,
        /// The hashes of the new ones.
        hashes: Vec<Hidden<TokenHash>>,
    },
    /// Uses a recovery code, unless it is used or unknown.
    UseRecoveryCode {
        /// The operator.
        id: OperatorId,
        /// The code's hash.
        hash: Hidden<TokenHash>,
        /// Now.
        at: Timestamp,
    },
    /// Adds a one-time link, and deletes the operator's older ones.
    AddLink(OneTimeLink),
    /// Adds a one-time link beside the operator's others, for a mail that a worker sends.
    AddFurtherLink(OneTimeLink),
    /// Deletes the operator's links except one.
    EndOtherLinks {
        /// The operator.
        operator: OperatorId,
        /// The hash of the token of the link that stays.
        except: Hidden<TokenHash>,
    },
    /// Adds a job to the outbox, unless there is one with its key.
    AddJob(Box<NewJob>),
    /// Uses a one-time link, unless it is used, has ended or is unknown.
    UseLink {
        /// The hash of its token.
        token_hash: Hidden<TokenHash>,
        /// Now.
        at: Timestamp,
    },
    /// Adds a session.
    AddSession(OperatorSession),
    /// Replaces the token of a session, and with it what else changes; refused if the session's token is another one.
    RenewSession {
        /// The token's hash until now.
        expected: Hidden<TokenHash>,
        /// The session from now on.
        session: OperatorSession,
    },
    /// Ends a session of the operator, if there is one with this id.
    EndSession {
        /// The session's operator.
        operator: OperatorId,
        /// The session.
        id: Uuid,
    },
    /// Ends all sessions of the operator, except perhaps one.
    EndSessions {
        /// The operator.
        operator: OperatorId,
        /// The session that goes on.
        except: Option<Uuid>,
    },
}

/// The operators.
#[async_trait]
pub trait Operators: Send + Sync {
    /// Makes all changes and writes the entry of the audit log, or does nothing of it (P12). Returns `false` when a change
    /// was refused.
    async fn change(&self, changes: Vec<OperatorChange>, entry: Option<AuditEntry>) -> Result<bool, StoreError>;
    /// Returns all operators, oldest first.
    async fn all(&self) -> Result<Vec<Operator>, StoreError>;
    /// Returns the operator with this id.
    async fn find(&self, id: OperatorId) -> Result<Option<Operator>, StoreError>;
    /// Returns the operator with this e-mail address.
    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<Operator>, StoreError>;
    /// Returns the number of recovery codes that are not used.
    async fn recovery_codes_left(&self, id: OperatorId) -> Result<u32, StoreError>;
    /// Returns the link with this token, used or not.
    async fn link(&self, token_hash: &TokenHash) -> Result<Option<OneTimeLink>, StoreError>;
    /// Returns the session with this token, unless it has ended at `now` or was last used before `idle_since`.
    async fn session(
        &self,
        token_hash: &TokenHash,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Option<OperatorSession>, StoreError>;
    /// Returns the operator's sessions, the last used first, as [`Self::session`] would return them.
    async fn sessions(
        &self,
        operator: OperatorId,
        now: Timestamp,
        idle_since: Timestamp,
    ) -> Result<Vec<OperatorSession>, StoreError>;
    /// Records that a session is used at `now`, unless it was recorded after `unless_since`.
    async fn touch_session(&self, id: Uuid, now: Timestamp, unless_since: Timestamp) -> Result<(), StoreError>;
    /// Records that the password of the session's operator was given at `now`.
    async fn confirm_password(&self, id: Uuid, now: Timestamp) -> Result<(), StoreError>;
    /// Returns the failed sign-ins in a row.
    async fn failures(&self, email_hash: &TokenHash) -> Result<Option<SignInFailures>, StoreError>;
    /// Replaces the failed sign-ins in a row, unless they are no longer `expected`. Returns whether it did.
    async fn set_failures(
        &self,
        email_hash: &TokenHash,
        expected: Option<u32>,
        failures: Option<SignInFailures>,
    ) -> Result<bool, StoreError>;
    /// Deletes sessions that have ended at `now` or were last used before `idle_since`, and links and failed sign-ins that
    /// ended before `forget_before`. Returns the number of rows deleted.
    async fn purge(&self, now: Timestamp, idle_since: Timestamp, forget_before: Timestamp) -> Result<u64, StoreError>;
}
