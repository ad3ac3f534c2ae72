//! Why a command failed, and its exit code.

use crate::{
    clients::ClientError,
    config::ConfigError,
    endpoints::EndpointError,
    operators::OperatorError,
    startup::{StartupError, with_cause},
};
use checkout::{
    Error, StoreError,
    model::{MoneyError, ProductError, Refusal},
};
use std::{
    fmt,
    io::{self, Write as _},
    process::ExitCode,
};

/// Exit code of an audit that found differences.
pub(super) const DIFFERENCES: u8 = 1;
/// Exit code of a wrong flag, argument or setting. It is also clap's.
const USAGE: u8 = 2;
/// Exit code of a request that was understood and refused.
pub(super) const REFUSED: u8 = 3;
/// Exit code of a database or file that is not available, and of unexpected errors.
const UNAVAILABLE: u8 = 4;

/// Why a command failed, as shown to its user.
#[derive(Debug)]
pub(super) enum Failure {
    /// A flag, an argument or a setting is wrong.
    Usage(String),
    /// The request was understood and refused. Nothing was changed.
    Refused(String),
    /// The database or a file is not available, or an unexpected error.
    Unavailable(String),
    /// The reader of the output has closed it, as `head` does. This is no error.
    OutputClosed,
}

impl Failure {
    /// The request was refused.
    pub(super) fn refused(message: impl Into<String>) -> Self {
        Self::Refused(message.into())
    }

    /// Prints the message to standard error, and returns the exit code.
    pub(super) fn report(&self) -> ExitCode {
        if !matches!(self, Self::OutputClosed) {
            // Nobody may read standard error any more.
            let _ = writeln!(io::stderr(), "holdfast: {self}");
        }
        match self {
            Self::Usage(_) => USAGE.into(),
            Self::Refused(_) => REFUSED.into(),
            Self::Unavailable(_) => UNAVAILABLE.into(),
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Refused(message) | Self::Unavailable(message) => f.write_str(message),
            Self::OutputClosed => f.write_str("the output was closed"),
        }
    }
}

/// Returns an unexpected error.
pub(super) fn unexpected(error: &dyn fmt::Display) -> Failure {
    Failure::Unavailable(error.to_string())
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<StartupError> for Failure {
    fn from(error: StartupError) -> Self {
        unexpected(&error)
    }
}

impl From<MoneyError> for Failure {
    fn from(error: MoneyError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<ProductError> for Failure {
    fn from(error: ProductError) -> Self {
        Self::Usage(error.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::InvalidProduct { error } => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Busy { .. } => unexpected(&"the database is busy or not available; nothing was changed"),
            Error::OutcomeUnknown => unexpected(
                &"the connection was lost: whether the change was made is not known; look before you repeat it",
            ),
            Error::Internal => unexpected(&"unexpected error; the lines above say why"),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(with_cause(&error))
    }
}

impl From<OperatorError> for Failure {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::Store(error) => error.into(),
            OperatorError::InvalidName | OperatorError::NameCharacter(_) => Self::Usage(error.to_string()),
            OperatorError::Busy | OperatorError::Failed(_) => unexpected(&error),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Store(error) => error.into(),
            ClientError::Hashing(error) => unexpected(&error),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<EndpointError> for Failure {
    fn from(error: EndpointError) -> Self {
        match error {
            EndpointError::Store(error) => error.into(),
            EndpointError::Url(_) => Self::Usage(error.to_string()),
            EndpointError::Random(_) => unexpected(&error),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        unexpected(&error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::OutputClosed } else { unexpected(&error) }
    }
}
