//! The pictures of products.

use super::{
    PostgresStore,
    audit_log::insert,
    error::{QueryExt as _, classify},
};
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
use sqlx::PgConnection;
use std::collections::BTreeSet;

impl_pictures!(PostgresStore, PgConnection, pool);
