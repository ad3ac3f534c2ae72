//! Operators, their sessions, recovery codes, one-time links, and failed sign-ins.

use super::corrupt;
use crate::{
    error::StoreError,
    model::Timestamp,
    store::{
        operators::{Hidden, LinkPurpose, OneTimeLink, Operator, OperatorSession, SignInFailures, TokenHash},
        table::{Millis, table},
    },
};
use uuid::Uuid;

fn token_hash(bytes: &[u8]) -> Result<TokenHash, StoreError> {
    bytes.try_into().map_err(|_| corrupt("the hash of a token"))
}

table! {
    "operators", read as OperatorRow, written from operator: Operator {
        Key id: Uuid = operator.id.0;
        Fixed email: String = operator.email.as_str();
        Mutable name: String = operator.name.as_str();
        Mutable role: String = operator.role.name();
        Mutable password_hash: Option<String> = operator.password_hash.as_ref().map(|hash| hash.0.as_str());
        Mutable totp_secret: Option<Vec<u8>> = operator.totp_secret.as_ref().map(|secret| secret.0.as_slice());
        Mutable totp_last_step: Option<i64> = operator.totp_last_step;
        Fixed created_at: Millis = operator.created_at;
        Mutable disabled_at: Option<Millis> = operator.disabled_at;
    }
}

impl TryFrom<OperatorRow> for Operator {
    type Error = StoreError;

    fn try_from(row: OperatorRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            email: row.email.parse().map_err(|_| corrupt("an operator's e-mail address"))?,
            name: row.name,
            role: row.role.parse().map_err(|_| corrupt("an operator's role"))?,
            password_hash: row.password_hash.map(Hidden),
            totp_secret: row.totp_secret.map(Hidden),
            totp_last_step: row.totp_last_step,
            created_at: row.created_at.0,
            disabled_at: row.disabled_at.map(|Millis(at)| at),
        })
    }
}

table! {
    "operator_sessions", read as OperatorSessionRow, written from session: OperatorSession {
        Key id: Uuid = session.id;
        Mutable token_hash: Vec<u8> = session.token_hash.0.as_slice();
        Fixed operator_id: Uuid = session.operator_id.0;
        Mutable complete: bool = session.complete;
        Fixed created_at: Millis = session.created_at;
        Mutable last_seen_at: Millis = session.last_seen_at;
        Mutable password_at: Millis = session.password_at;
        Mutable ends_at: Millis = session.ends_at;
        Fixed address: String = session.address.as_str();
        Fixed device: String = session.device.as_str();
    }
}

impl TryFrom<OperatorSessionRow> for OperatorSession {
    type Error = StoreError;

    fn try_from(row: OperatorSessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            token_hash: Hidden(token_hash(&row.token_hash)?),
            operator_id: row.operator_id.into(),
            complete: row.complete,
            created_at: row.created_at.0,
            last_seen_at: row.last_seen_at.0,
            password_at: row.password_at.0,
            ends_at: row.ends_at.0,
            address: row.address,
            device: row.device,
        })
    }
}

table! {
    "operator_links", read as OneTimeLinkRow, written from link: OneTimeLink {
        Key token_hash: Vec<u8> = link.token_hash.0.as_slice();
        Fixed operator_id: Uuid = link.operator_id.0;
        Fixed purpose: String = link.purpose.name();
        Fixed created_at: Millis = link.created_at;
        Fixed ends_at: Millis = link.ends_at;
        Mutable used_at: Option<Millis> = link.used_at;
    }
}

impl TryFrom<OneTimeLinkRow> for OneTimeLink {
    type Error = StoreError;

    fn try_from(row: OneTimeLinkRow) -> Result<Self, StoreError> {
        Ok(Self {
            token_hash: Hidden(token_hash(&row.token_hash)?),
            operator_id: row.operator_id.into(),
            purpose: LinkPurpose::from_name(&row.purpose).ok_or_else(|| corrupt("the purpose of a link"))?,
            created_at: row.created_at.0,
            ends_at: row.ends_at.0,
            used_at: row.used_at.map(|Millis(at)| at),
        })
    }
}

/// A recovery code that is not used.
pub(in crate::store) struct RecoveryCode {
    pub(in crate::store) operator_id: Uuid,
    pub(in crate::store) code_hash: TokenHash,
}

table! {
    "operator_recovery_codes", written from code: RecoveryCode {}
    write_only {
        operator_id: Uuid = code.operator_id;
        code_hash: Vec<u8> = code.code_hash.as_slice();
        used_at: Option<Millis> = None::<Timestamp>;
    }
}

/// Failed sign-ins with an e-mail address.
pub(in crate::store) struct StoredFailures<'a> {
    pub(in crate::store) email_hash: &'a TokenHash,
    pub(in crate::store) failures: SignInFailures,
}

table! {
    "operator_sign_in_failures", read as FailuresRow, written from stored: StoredFailures<'_> {
        Key email_hash: Vec<u8> = stored.email_hash.as_slice();
        State failures: i64 = i64::from(stored.failures.failures);
        Mutable next_at: Millis = stored.failures.next_at;
    }
}

impl From<FailuresRow> for SignInFailures {
    fn from(row: FailuresRow) -> Self {
        let FailuresRow { email_hash: _email_hash, failures, next_at } = row;
        Self { failures: u32::try_from(failures).unwrap_or(u32::MAX), next_at: next_at.0 }
    }
}
