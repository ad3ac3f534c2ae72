//! Pictures of products: uploads are checked and encoded in several sizes, stored in the database, and served from there by
//! every node.

mod error;
mod process;
mod serve;
mod upload;

pub use error::PictureError;
pub use process::{MAX_PIXELS, MAX_UPLOAD_BYTES};
pub use serve::files;
pub use upload::{MAX_BODY_BYTES, UploadError, UploadForm, is_too_large};

use bytes::Bytes;
use checkout::{
    Clock, StoreError,
    model::{Picture, PictureFacts, PictureId},
    store::{NewPicture, Store, StoredFile},
};
use process::process;
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Pictures that are processed at once. Each needs up to some hundred megabytes and a core.
const MAX_PROCESSING: usize = 1;
/// Pictures that are processed or wait for it. One more is refused.
const MAX_WAITING: usize = 8;
/// Uploads whose bodies are read at once. Each has one file in memory.
const MAX_UPLOADS: usize = 4;
/// Files that are read from the database at once, so that requests for pictures leave its connections to others.
const MAX_READS: usize = 2;
/// Size of the cache of files, in bytes.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;
/// Parts of the cache. No file may be larger than its part.
const CACHE_SHARDS: usize = 4;
/// Estimated number of files in the cache.
const CACHE_FILES: usize = 1000;

/// Processes, stores and reads pictures. Clones are cheap, and share the limits and the cache.
#[derive(Clone)]
pub struct PictureService(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    processing: Arc<Semaphore>,
    waiting: Semaphore,
    uploads: Semaphore,
    reads: Semaphore,
    cache: Cache<(PictureId, u32), StoredFile, FileSize>,
}

/// Weighs a file by its size in memory.
#[derive(Clone)]
struct FileSize;

impl Weighter<(PictureId, u32), StoredFile> for FileSize {
    fn weight(&self, _: &(PictureId, u32), file: &StoredFile) -> u64 {
        file.bytes.len() as u64 + 200
    }
}

fn new_cache() -> Cache<(PictureId, u32), StoredFile, FileSize> {
    let options = OptionsBuilder::new()
        .estimated_items_capacity(CACHE_FILES)
        .weight_capacity(CACHE_BYTES)
        .shards(CACHE_SHARDS)
        .build();
    match options {
        Ok(options) => {
            Cache::with_options(options, FileSize, DefaultHashBuilder::default(), DefaultLifecycle::default())
        }
        // Only the builder's capacities can be missing, and they are set.
        Err(_) => Cache::with_weighter(CACHE_FILES, CACHE_BYTES, FileSize),
    }
}

impl PictureService {
    /// Creates the service.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            processing: Arc::new(Semaphore::new(MAX_PROCESSING)),
            waiting: Semaphore::new(MAX_WAITING),
            uploads: Semaphore::new(MAX_UPLOADS),
            reads: Semaphore::new(MAX_READS),
            cache: new_cache(),
        }))
    }

    /// Checks an upload, and encodes it in the sizes that are stored. Stores nothing.
    ///
    /// # Errors
    ///
    /// The upload is no picture that is accepted, or too many others are being processed.
    pub async fn process(&self, upload: Bytes) -> Result<NewPicture, PictureError> {
        let _waiting = self.0.waiting.try_acquire().map_err(|_| PictureError::Busy)?;
        let permit = self.0.processing.clone().acquire_owned().await.map_err(|_| PictureError::Busy)?;
        // The permit belongs to the work, which goes on when the client disconnects.
        let work = tokio::task::spawn_blocking(move || {
            let processed = process(&upload);
            drop(permit);
            processed
        });
        work.await.unwrap_or_else(|panic| {
            tracing::error!(%panic, "a picture could not be processed");
            Err(PictureError::Internal)
        })
    }

    /// Processes an upload and stores it. The same upload is stored once. A product shows it once it is edited to: until
    /// then the picture is kept for a day.
    ///
    /// # Errors
    ///
    /// As for [`PictureService::process`], or the database is not available.
    pub async fn add(&self, upload: Bytes, alt: String) -> Result<Picture, PictureError> {
        let picture = self.process(upload).await?;
        let (id, PictureFacts { size, hue }) = (picture.id, picture.facts);
        self.0.store.pictures().add(picture, self.0.clock.now()).await?;
        Ok(Picture { id, alt, width: size.width, height: size.height, hue })
    }

    /// Returns the file of a picture with this width, from memory if it was read before.
    pub(crate) async fn file(&self, id: PictureId, width: u32) -> Result<Option<StoredFile>, StoreError> {
        // The outer error is that of a missing file: it is not cached.
        let read = async {
            let _permit = self.0.reads.acquire().await;
            match self.0.store.pictures().file(id, width).await {
                Ok(Some(file)) => Ok(file),
                Ok(None) => Err(Ok(None)),
                Err(error) => Err(Err(error)),
            }
        };
        match self.0.cache.get_or_insert_async(&(id, width), read).await {
            Ok(file) => Ok(Some(file)),
            Err(missing) => missing,
        }
    }

    /// Takes one of the places for uploads, which its holder gives back by dropping it. Returns `None` if all are taken.
    pub fn begin_upload(&self) -> Option<SemaphorePermit<'_>> {
        self.0.uploads.try_acquire().ok()
    }
}
