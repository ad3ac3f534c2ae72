//! Maps refused pictures to HTTP.

use super::{Kind, Problem, sentence};
use crate::{
    backoffice::store_failed,
    pictures::{MAX_UPLOAD_BYTES, PictureError},
};

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        match &error {
            PictureError::UnknownFormat | PictureError::TooManyPixels { .. } | PictureError::Damaged => {
                Self::new(Kind::InvalidPicture, sentence(&error.to_string()))
            }
            PictureError::TooManyBytes => {
                Self::new(Kind::TooLarge, format!("A picture is at most {MAX_UPLOAD_BYTES} bytes."))
            }
            PictureError::Busy => Self::overloaded(),
            PictureError::Internal => {
                Self::internal_error("a picture could not be processed; the log lines above say why")
            }
            PictureError::Store(error) => store_failed(error).into(),
        }
    }
}
