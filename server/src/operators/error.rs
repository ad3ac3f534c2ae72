//! Why something about operators was not done.

use super::PasswordError;
use crate::auth::hashing::HashingError;
use checkout::{StoreError, model::ForbiddenChar};
use std::time::Duration;

/// Why something about operators was not done.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The e-mail address or the password is wrong, or the operator is disabled. The three look alike.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The code is wrong, or it was used.
    #[error("the code is wrong or was used before")]
    WrongCode,
    /// Too many attempts: the next one is possible after this time.
    #[error("too many attempts; the next is possible in {} s", .0.as_secs())]
    Wait(Duration),
    /// The password is refused.
    #[error("{0}")]
    Password(#[from] PasswordError),
    /// A second factor is required.
    #[error("a second factor is required")]
    SecondFactorRequired,
    /// The link is unknown, used or over.
    #[error("the link is unknown, was used, or has expired")]
    InvalidLink,
    /// Another operator has this e-mail address.
    #[error("an operator with this e-mail address exists")]
    EmailTaken,
    /// The name is too long.
    #[error("a name has at most 100 characters")]
    InvalidName,
    /// The name has a character that nobody sees.
    #[error("a name must not contain the control or invisible character {0}")]
    NameCharacter(ForbiddenChar),
    /// There is no such operator.
    #[error("there is no such operator")]
    UnknownOperator,
    /// Somebody else changed the operator meanwhile, or no administrator would be left.
    #[error("the operator was changed meanwhile, or is the last active administrator")]
    Conflict,
    /// Operators cannot do this to themselves.
    #[error("operators cannot change their own role or state")]
    OwnAccount,
    /// Too many passwords are being verified.
    #[error("too many passwords are being verified")]
    Busy,
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The random source or the algorithm failed.
    #[error("{0}")]
    Failed(String),
}

impl From<HashingError> for OperatorError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::Busy => Self::Busy,
            HashingError::Failed(cause) => Self::Failed(cause),
        }
    }
}

impl From<getrandom::Error> for OperatorError {
    fn from(error: getrandom::Error) -> Self {
        Self::Failed(error.to_string())
    }
}
