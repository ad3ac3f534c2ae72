//! The pictures of products, which every node serves from the database.

use crate::{
    error::StoreError,
    model::{PictureFacts, PictureId, PictureSize, Timestamp},
};
use async_trait::async_trait;
use bytes::Bytes;

/// A file of a picture: the picture in one of its sizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureFile {
    /// The size in pixels.
    pub size: PictureSize,
    /// The media type, such as `image/webp`.
    pub media_type: &'static str,
    /// The content.
    pub bytes: Bytes,
}

/// A picture to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPicture {
    /// The id, which is the SHA-256 of the content.
    pub id: PictureId,
    /// The largest size, and the hue.
    pub facts: PictureFacts,
    /// The files, one for each size.
    pub files: Vec<PictureFile>,
}

/// A file of a stored picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The media type.
    pub media_type: String,
    /// The content.
    pub bytes: Bytes,
}

/// The pictures.
#[async_trait]
pub trait Pictures: Send + Sync {
    /// Stores a picture. One that is stored already stays as it is, counts as uploaded at `now`, and gets the hue that it lacks
    /// if an older version stored it.
    async fn add(&self, picture: NewPicture, now: Timestamp) -> Result<(), StoreError>;
    /// Returns the file of a picture with this width.
    async fn file(&self, id: PictureId, width: u32) -> Result<Option<StoredFile>, StoreError>;
}

/// Implements [`Pictures`] for a store, and `facts`, which looks pictures up for the writer. `$reader` is the pool for reads.
macro_rules! impl_pictures {
    ($store:ty, $connection:ty, $reader:ident) => {
        #[async_trait]
        impl Pictures for $store {
            async fn add(&self, picture: NewPicture, now: Timestamp) -> Result<(), StoreError> {
                self.audited(None, move |connection| Box::pin(add(connection, picture, now))).await.map(drop)
            }

            async fn file(&self, id: PictureId, width: u32) -> Result<Option<StoredFile>, StoreError> {
                let sql = "SELECT media_type, bytes FROM picture_files WHERE picture_id = $1 AND width = $2";
                let query = sqlx::query_as::<_, (String, Vec<u8>)>(sql).bind(&id.0[..]).bind(i64::from(width));
                let found = query.fetch_optional(&self.$reader).with_timeout().await?;
                Ok(found.map(|(media_type, bytes)| StoredFile { media_type, bytes: bytes.into() }))
            }
        }

        async fn add(connection: &mut $connection, picture: NewPicture, now: Timestamp) -> Result<bool, StoreError> {
            let NewPicture { id, facts, files } = picture;
            insert(connection, &PictureRow { id, facts, uploaded_at: now }, &table::or_overwrite::<PictureRow>())
                .await?;
            for file in &files {
                insert(connection, &PictureFileRow(id, file), " ON CONFLICT DO NOTHING").await?;
            }
            Ok(true)
        }

        /// Returns the size and the hue of each of these pictures that is stored.
        pub(super) async fn facts(
            connection: &mut $connection,
            ids: &BTreeSet<PictureId>,
        ) -> Result<Vec<(PictureId, PictureFacts)>, StoreError> {
            let mut found = Vec::new();
            // A product has a few pictures, and edits are rare.
            for id in ids {
                let sql = "SELECT id, width, height, hue FROM pictures WHERE id = $1";
                let query = sqlx::query_as::<_, PictureFactsRow>(sql);
                let row = query.bind(&id.0[..]).fetch_optional(&mut *connection).await.map_err(classify)?;
                if let Some(row) = row {
                    found.push(row.try_into()?);
                }
            }
            Ok(found)
        }
    };
}
pub(super) use impl_pictures;
