//! Pictures and their files.

use super::{corrupt, count, hue};
use crate::{
    error::StoreError,
    model::{PictureFacts, PictureId, PictureSize, Timestamp},
    store::{
        pictures::PictureFile,
        table::{Millis, table},
    },
};

/// A picture, without its files.
pub(in crate::store) struct PictureRow {
    pub(in crate::store) id: PictureId,
    pub(in crate::store) facts: PictureFacts,
    pub(in crate::store) uploaded_at: Timestamp,
}

table! {
    "pictures", written from picture: PictureRow {
        Key id: Vec<u8> = &picture.id.0[..];
        Fixed width: i64 = i64::from(picture.facts.size.width);
        Fixed height: i64 = i64::from(picture.facts.size.height);
        Mutable hue: Option<i64> = picture.facts.hue.map(i64::from);
        Mutable uploaded_at: Millis = picture.uploaded_at;
    }
}

/// A file and its picture.
pub(in crate::store) struct PictureFileRow<'a>(pub(in crate::store) PictureId, pub(in crate::store) &'a PictureFile);

table! {
    "picture_files", written from file: PictureFileRow<'_> {
        Fixed picture_id: Vec<u8> = &file.0.0[..];
        Fixed width: i64 = i64::from(file.1.size.width);
        Fixed height: i64 = i64::from(file.1.size.height);
        Fixed media_type: String = file.1.media_type;
        Fixed bytes: Vec<u8> = &*file.1.bytes;
    }
}

/// The size and the hue of a picture as they are read.
#[derive(sqlx::FromRow)]
pub(in crate::store) struct PictureFactsRow {
    id: Vec<u8>,
    width: i64,
    height: i64,
    hue: Option<i64>,
}

impl TryFrom<PictureFactsRow> for (PictureId, PictureFacts) {
    type Error = StoreError;

    fn try_from(row: PictureFactsRow) -> Result<Self, StoreError> {
        let id = row.id.try_into().map_err(|_| corrupt("a picture's id"))?;
        let size = PictureSize { width: count(row.width)?, height: count(row.height)? };
        Ok((PictureId(id), PictureFacts { size, hue: row.hue.map(hue).transpose()? }))
    }
}
