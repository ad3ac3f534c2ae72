//! The form that uploads pictures (`multipart/form-data`). It is read file by file, so that an upload has one file in memory,
//! and only after its sender was authenticated.

use super::{MAX_UPLOAD_BYTES, PictureError, PictureService};
use axum::extract::{
    Multipart,
    multipart::{Field, MultipartError},
};
use bytes::{Bytes, BytesMut};
use checkout::model::{MAX_ALT_CHARS, MAX_PICTURES, Picture, ProductError, check_line};
use http::{HeaderMap, StatusCode, header};

/// Largest body of an upload, in bytes: several pictures.
pub const MAX_BODY_BYTES: usize = 40 * 1024 * 1024;
/// Largest text field, in bytes.
const MAX_TEXT_BYTES: usize = 8 * 1024;
/// Maximum number of parts.
const MAX_PARTS: usize = 2 * MAX_PICTURES + 8;
/// Longest part of a file's name that is repeated to the operator, in characters.
const MAX_NAME_CHARS: usize = 80;

/// The name of a file on the operator's computer.
pub type FileName = String;

/// An upload: its text fields, its pictures, and the files that were refused.
#[derive(Debug, Default)]
pub struct UploadForm {
    /// The revision of the product that the operator saw.
    pub revision: Option<u64>,
    /// The alternative text for all pictures of the upload.
    pub alt: String,
    /// The pictures, which are stored, in the order of their files.
    pub pictures: Vec<Picture>,
    /// The files that were refused.
    pub refused: Vec<(FileName, PictureError)>,
}

/// Why an upload cannot be read at all.
#[derive(Debug)]
pub enum UploadError {
    /// The body is larger than [`MAX_BODY_BYTES`].
    TooLarge,
    /// The body is not a form with files, or ends too early.
    Unreadable,
    /// Too many uploads are in progress.
    Busy,
}

impl From<MultipartError> for UploadError {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::Unreadable }
    }
}

/// Whether the request says that its body is larger than [`MAX_BODY_BYTES`].
pub fn is_too_large(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.is_some_and(|length| length > MAX_BODY_BYTES as u64)
}

impl UploadForm {
    /// Reads an upload, and stores its pictures. Text fields must come before the files.
    ///
    /// # Errors
    ///
    /// The body cannot be read. Pictures that were stored until then are deleted after a day.
    pub async fn read(mut body: Multipart, pictures: &PictureService) -> Result<Self, UploadError> {
        let _place = pictures.begin_upload().ok_or(UploadError::Busy)?;
        let mut form = Self::default();
        let mut parts = 0;
        while let Some(field) = body.next_field().await? {
            parts += 1;
            if parts > MAX_PARTS {
                return Err(UploadError::Unreadable);
            }
            match field.name().unwrap_or_default() {
                "revision" => form.revision = text(field).await?.trim().parse().ok(),
                "alt" => text(field).await?.trim().clone_into(&mut form.alt),
                "files" => form.read_file(field, pictures).await?,
                _ => drop(text(field).await?),
            }
        }
        Ok(form)
    }

    /// Checks the alternative text as the product does, before any picture is processed.
    ///
    /// # Errors
    ///
    /// [`ProductError::PictureText`] or [`ProductError::PictureCharacter`].
    pub fn check_alt(&self) -> Result<(), ProductError> {
        check_line(&self.alt).map_err(ProductError::PictureCharacter)?;
        if (1..=MAX_ALT_CHARS).contains(&self.alt.chars().count()) { Ok(()) } else { Err(ProductError::PictureText) }
    }

    async fn read_file(&mut self, field: Field<'_>, pictures: &PictureService) -> Result<(), UploadError> {
        let name = file_name(&field);
        let content = content(field).await?;
        // A browser sends one nameless and empty file when none is chosen.
        if name.is_empty() && content.as_ref().is_some_and(Bytes::is_empty) {
            return Ok(());
        }
        // Nothing is processed for a form that is refused anyway.
        if self.check_alt().is_err() || self.revision.is_none() {
            return Ok(());
        }
        let added = match content {
            Some(content) => pictures.add(content, self.alt.clone()).await,
            None => Err(PictureError::TooManyBytes),
        };
        match added {
            Ok(picture) => self.pictures.push(picture),
            Err(error) => self.refused.push((name, error)),
        }
        Ok(())
    }
}

/// Returns the name of a file, without folders and shortened.
fn file_name(field: &Field<'_>) -> FileName {
    let name = field.file_name().unwrap_or_default();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect()
}

/// Returns a text field, which may be cut off at its limit.
async fn text(field: Field<'_>) -> Result<String, UploadError> {
    let (bytes, _) = read(field, MAX_TEXT_BYTES).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns a file's content, or `None` if it is larger than a picture may be.
async fn content(field: Field<'_>) -> Result<Option<Bytes>, UploadError> {
    let (bytes, is_complete) = read(field, MAX_UPLOAD_BYTES).await?;
    Ok(is_complete.then_some(bytes))
}

/// Reads a part to its end, and keeps up to `most` bytes of it. Returns whether that was all.
async fn read(mut field: Field<'_>, most: usize) -> Result<(Bytes, bool), UploadError> {
    let (mut kept, mut is_complete) = (BytesMut::new(), true);
    while let Some(chunk) = field.chunk().await? {
        is_complete &= kept.len() + chunk.len() <= most;
        if is_complete {
            kept.extend_from_slice(&chunk);
        }
    }
    Ok((kept.freeze(), is_complete))
}
