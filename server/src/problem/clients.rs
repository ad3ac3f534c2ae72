//! Maps refusals and errors of changes of API clients.

use super::{Kind, Problem, sentence};
use crate::{
    auth::{hashing::HashingError, insufficient_scope},
    backoffice::store_failed,
    clients::ClientError,
};
use checkout::model::Refusal;

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        let says = |kind| Self::new(kind, sentence(&error.to_string()));
        match &error {
            ClientError::Unknown => says(Kind::UnknownClient),
            ClientError::Revoked => says(Kind::ClientRevoked),
            ClientError::Changed => says(Kind::ClientChanged),
            ClientError::NoScope => says(Kind::InvalidBody),
            ClientError::Escalation(missing) => insufficient_scope(*missing),
            ClientError::KeyReused => Refusal::KeyReused.into(),
            ClientError::Hashing(HashingError::Busy) => Self::overloaded(),
            ClientError::Hashing(error) => Self::internal_error(&error.to_string()),
            ClientError::Store(error) => store_failed(error).into(),
        }
    }
}
