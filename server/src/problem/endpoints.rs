//! Maps refusals and errors of changes of webhook endpoints.

use super::{Kind, Problem, sentence};
use crate::{backoffice::store_failed, endpoints::EndpointError};
use checkout::model::Refusal;

impl From<EndpointError> for Problem {
    fn from(error: EndpointError) -> Self {
        let says = |kind| Self::new(kind, sentence(&error.to_string()));
        match &error {
            EndpointError::Unknown => says(Kind::UnknownEndpoint),
            EndpointError::UnknownDelivery => says(Kind::UnknownDelivery),
            EndpointError::TestDelivery | EndpointError::BodyGone => says(Kind::DeliveryNotKept),
            EndpointError::TooMany => says(Kind::TooManyEndpoints),
            EndpointError::Changed => says(Kind::EndpointChanged),
            EndpointError::Url(_) => says(Kind::InvalidBody),
            EndpointError::KeyReused => Refusal::KeyReused.into(),
            EndpointError::Random(error) => Self::internal_error(error),
            EndpointError::Store(error) => store_failed(error).into(),
        }
    }
}
