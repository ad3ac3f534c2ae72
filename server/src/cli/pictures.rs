//! The images of `holdfast product add` and `product edit`: files on this computer, which are stored as pictures, or an image
//! that is part of the shop's own files.

use super::{Failure, args::ImageArgs};
use crate::{
    http::assets,
    pictures::{MAX_UPLOAD_BYTES, PictureError, PictureService},
    startup::Engine,
};
use checkout::model::Picture;
use std::{env, fs, io::Read as _, path::Path};

/// The folder of the shop's own images, in addresses.
const SITE_IMAGES: &str = "/img/";

/// The images that a command names.
#[derive(Default)]
pub(super) struct Images {
    /// The path of an image of the shop, if there is one.
    pub(super) path: Option<String>,
    /// The pictures, which are stored.
    pub(super) pictures: Vec<Picture>,
}

/// Reads the images of a command, and stores those that are files. The text of a picture is the product's name if the
/// command names no other.
pub(super) async fn read(engine: &Engine, args: ImageArgs, name: &str) -> Result<Images, Failure> {
    let ImageArgs { images, alts } = args;
    if alts.len() > images.len() {
        return Err(Failure::Usage("there are more --image-alt than --image".to_owned()));
    }
    let service = PictureService::new(engine.store.clone(), engine.clock.clone());
    let alts = alts.into_iter().chain(std::iter::repeat(name.to_owned()));
    let mut read = Images::default();
    for (image, alt) in images.into_iter().zip(alts) {
        let refused = |error: &dyn std::fmt::Display| Failure::Usage(format!("--image {image}: {error}"));
        if image.contains("://") || image.starts_with("//") {
            return Err(refused(&"an image is a file on this computer; download it first"));
        }
        if is_of_site(&image) {
            if read.path.replace(image).is_some() {
                return Err(Failure::Usage("a product has at most one image of the shop’s own files".to_owned()));
            }
            continue;
        }
        let upload = read_file(Path::new(&image)).map_err(|error| refused(&error))?;
        let picture = service.add(upload.into(), alt).await.map_err(|error| match error {
            PictureError::Busy | PictureError::Internal | PictureError::Store(_) => {
                Failure::Unavailable(format!("--image {image}: {error}"))
            }
            other => refused(&other),
        })?;
        read.pictures.push(picture);
    }
    Ok(read)
}

/// Whether the shop's own files have this image.
fn is_of_site(image: &str) -> bool {
    let Some(name) = image.strip_prefix(SITE_IMAGES) else { return false };
    let is_plain = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    let configured = env::var_os("HOLDFAST_SITE_ROOT").filter(|root| !root.is_empty());
    is_plain && assets::root(configured.as_deref().map(Path::new)).join("img").join(name).is_file()
}

/// Reads a file, but not more of it than a picture may have.
fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let file = fs::File::open(path);
    let read = file.and_then(|file| file.take(MAX_UPLOAD_BYTES as u64 + 1).read_to_end(&mut content));
    match read {
        Ok(size) if size > MAX_UPLOAD_BYTES => Err(PictureError::TooManyBytes.to_string()),
        Ok(_) => Ok(content),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(format!("there is no such file, and the shop has no such image below {SITE_IMAGES}"))
        }
        Err(error) => Err(error.to_string()),
    }
}
