//! Cards: the images that other sites and messengers show beside a link to the shop. They are drawn as SVG, rendered to PNG
//! once for each state of a product, and kept in memory.

pub mod draw;
mod serve;
pub mod text;

pub use serve::{files, png as png_response, ticket};

use bytes::Bytes;
use image::{
    ExtendedColorType, ImageEncoder as _,
    codecs::png::{CompressionType, FilterType, PngEncoder},
};
use quick_cache::{Weighter, sync::Cache};
use resvg::{
    tiny_skia::{Pixmap, PremultipliedColorU8, Transform},
    usvg::{self, ImageHrefResolver, Options, Tree, fontdb},
};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Width of a card that other sites show beside a link.
pub const CARD_WIDTH_PX: u32 = 1200;
/// Height of such a card.
pub const CARD_HEIGHT_PX: u32 = 630;
/// The family of the embedded fonts, with the weights 500 and 700. They have Latin, Greek and Cyrillic characters.
pub const FONT_FAMILY: &str = "Inter";

/// Largest image that is rendered, in pixels.
const MAX_PIXELS: u32 = 2_000_000;
/// Images that are rendered at once. Each needs a core for some hundred milliseconds.
const MAX_RENDERING: usize = 2;
/// Images that are rendered or wait for it. One more is refused. Requests for the same image share one place.
const MAX_WAITING: usize = 64;
/// Size of the cache, in bytes.
const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// Estimated number of images in the cache.
const CACHE_IMAGES: usize = 200;

/// The embedded fonts; `tools/card-fonts.sh` makes them.
const FONTS: [&[u8]; 2] = [include_bytes!("fonts/inter-500.ttf"), include_bytes!("fonts/inter-700.ttf")];

static FONT_DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    for font in FONTS {
        database.load_font_data(font.to_vec());
    }
    Arc::new(database)
});

/// Why an image cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The drawing is no SVG that can be rendered.
    #[error("the drawing is invalid")]
    Svg(#[from] usvg::Error),
    /// The drawing is too large, or empty.
    #[error("the drawing is empty or has more than {MAX_PIXELS} pixels")]
    Size,
    /// The PNG encoder failed.
    #[error("the image cannot be encoded")]
    Encode(#[from] image::ImageError),
    /// Too many images are being rendered.
    #[error("too many images are being rendered")]
    Busy,
    /// The renderer panicked.
    #[error("the image could not be rendered")]
    Internal,
}

/// Renders a drawing in its own size. It takes long enough that it must run on a blocking thread, as [`CardService`] does.
///
/// The fonts are the embedded ones. Images count only as `data:` addresses: the drawing loads nothing.
///
/// # Errors
///
/// The drawing is invalid or too large.
pub fn png(svg: &str) -> Result<Vec<u8>, CardError> {
    let tree = parse(svg)?;
    let size = tree.size().to_int_size();
    if size.width().saturating_mul(size.height()) > MAX_PIXELS {
        return Err(CardError::Size);
    }
    let mut pixmap = Pixmap::new(size.width(), size.height()).ok_or(CardError::Size)?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    encode(&pixmap)
}

/// Parses a drawing, which loads nothing and has the embedded fonts only.
fn parse(svg: &str) -> Result<Tree, usvg::Error> {
    let options = Options {
        font_family: FONT_FAMILY.to_owned(),
        fontdb: FONT_DATABASE.clone(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options)
}

/// Encodes an image as small as PNG can, because some messengers show no large ones. An opaque image gets no alpha channel.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, CardError> {
    let is_opaque = pixmap.pixels().iter().all(PremultipliedColorU8::is_opaque);
    let mut bytes = Vec::with_capacity(pixmap.pixels().len() * 4);
    for pixel in pixmap.pixels() {
        let color = pixel.demultiply();
        bytes.extend([color.red(), color.green(), color.blue()]);
        if !is_opaque {
            bytes.push(color.alpha());
        }
    }
    let mut png = Vec::new();
    let color = if is_opaque { ExtendedColorType::Rgb8 } else { ExtendedColorType::Rgba8 };
    PngEncoder::new_with_quality(&mut png, CompressionType::Best, FilterType::Adaptive).write_image(
        &bytes,
        pixmap.width(),
        pixmap.height(),
        color,
    )?;
    Ok(png)
}

/// Renders images and keeps them. Clones are cheap, and share the limits and the cache.
#[derive(Clone)]
pub struct CardService(Arc<Inner>);

struct Inner {
    rendering: Arc<Semaphore>,
    waiting: Semaphore,
    cache: Cache<String, Bytes, ImageSize>,
}

/// Weighs an image by its size in memory.
#[derive(Clone)]
struct ImageSize;

impl Weighter<String, Bytes> for ImageSize {
    fn weight(&self, key: &String, png: &Bytes) -> u64 {
        (key.len() + png.len()) as u64 + 200
    }
}

impl Default for CardService {
    fn default() -> Self {
        Self(Arc::new(Inner {
            rendering: Arc::new(Semaphore::new(MAX_RENDERING)),
            waiting: Semaphore::new(MAX_WAITING),
            cache: Cache::with_weighter(CACHE_IMAGES, CACHE_BYTES, ImageSize),
        }))
    }
}

impl CardService {
    /// Returns the image of this key, from memory if it was rendered before. Otherwise `prepare` loads what the drawing needs,
    /// and the closure that it returns draws it as SVG, on a blocking thread. Concurrent requests for one key cost one
    /// rendering.
    ///
    /// # Errors
    ///
    /// The drawing is invalid, or too many other images are being rendered.
    pub async fn get<E, D>(&self, key: &str, prepare: impl Future<Output = Result<D, E>>) -> Result<Bytes, E>
    where
        E: From<CardError>,
        D: FnOnce() -> String + Send + 'static,
    {
        let render = async {
            let _waiting = self.0.waiting.try_acquire().map_err(|_| CardError::Busy)?;
            let draw = prepare.await?;
            let permit = self.0.rendering.clone().acquire_owned().await.map_err(|_| CardError::Busy)?;
            // The permit belongs to the work, which goes on when the client disconnects.
            let work = tokio::task::spawn_blocking(move || {
                let png = png(&draw());
                drop(permit);
                png
            });
            let png = work.await.unwrap_or_else(|panic| {
                tracing::error!(%panic, "an image could not be rendered");
                Err(CardError::Internal)
            })?;
            Ok(Bytes::from(png))
        };
        self.0.cache.get_or_insert_async(key, render).await
    }
}

#[cfg(test)]
mod tests;
