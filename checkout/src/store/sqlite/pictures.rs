//! The pictures of products.

use super::{QueryExt as _, SqliteStore, classify, insert};
use crate::{
    error::StoreError,
    model::{PictureFacts, PictureId, Timestamp},
    store::{
        pictures::{NewPicture, Pictures, StoredFile, impl_pictures},
        rows::{PictureFactsRow, PictureFileRow, PictureRow},
        table,
    },
};
use async_trait::async_trait;
use sqlx::SqliteConnection;
use std::collections::BTreeSet;

impl_pictures!(SqliteStore, SqliteConnection, readers);
