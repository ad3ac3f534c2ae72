//! The screen of a product's pictures. The pictures are part of the product's details, so each change is an edit, which is
//! guarded by the revision that the operator saw.

use super::{Access, ConsoleRoute, Fields, flash, form, html, page, redirect, response::fail, upload};
use crate::{
    backoffice::edit_conflict,
    operators::{OperatorError, SignedIn},
    pictures::{self, MAX_BODY_BYTES, MAX_PIXELS, MAX_UPLOAD_BYTES, UploadError, UploadForm},
    problem::{Kind, Problem, sentence},
    state::AppState,
};
use app::{
    admin::{
        layout::Flash,
        pictures::{self as view, RefusedText, Upload, UploadLimits},
        refusal::forbidden_char,
    },
    paths,
};
use axum::{
    extract::{Multipart, Path, State, multipart::MultipartRejection},
    response::Response,
};
use checkout::{
    Error,
    model::{
        MAX_ALT_CHARS, MAX_PICTURES, Picture, PictureId, Product, ProductDetails, ProductError, ProductId, Refusal,
    },
    store::operators::Permission,
};
use http::{HeaderMap, StatusCode, Uri};
use std::{collections::BTreeSet, sync::Arc};

/// The path of the screen, and of the form that uploads pictures.
const PATH: &str = "/admin/products/{id}/pictures";

const MIB: usize = 1024 * 1024;
const LIMITS: UploadLimits = UploadLimits {
    file_mb: MAX_UPLOAD_BYTES / MIB,
    upload_mb: MAX_BODY_BYTES / MIB,
    megapixels: MAX_PIXELS / 1_000_000,
};

/// The routes.
pub(super) fn routes() -> [ConsoleRoute; 5] {
    let products = Access::With(Permission::Products);
    [
        page(PATH, products, show),
        upload(PATH, products, add),
        form("/admin/products/{id}/pictures/{picture}/text", products, set_text),
        form("/admin/products/{id}/pictures/{picture}/move", products, reorder),
        form("/admin/products/{id}/pictures/{picture}/remove", products, remove),
    ]
}

/// `GET /admin/products/{id}/pictures`
async fn show(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let screen = Screen::open(&state, &signed_in, &id)?;
    Ok(screen.render(StatusCode::OK, Upload::default(), None, flash(query.get("done"))).await)
}

/// `POST /admin/products/{id}/pictures`
async fn add(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let screen = Screen::open(&state, &signed_in, &id)?;
    if pictures::is_too_large(&headers) {
        return Ok(screen.too_large().await);
    }
    let unreadable = || Problem::new(Kind::UnreadableForm, "Send the form as the console's own page does.");
    let form = match UploadForm::read(body.map_err(|_| unreadable())?, &state.pictures).await {
        Ok(form) => form,
        Err(UploadError::TooLarge) => return Ok(screen.too_large().await),
        Err(UploadError::Busy) => return Err(Problem::overloaded()),
        Err(UploadError::Unreadable) => return Err(unreadable()),
    };
    let revision = form.revision.ok_or_else(unreadable)?;
    screen.add(revision, form).await
}

/// `POST /admin/products/{id}/pictures/{picture}/text`
async fn set_text(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(ids): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (screen, nth) = Screen::open_at(&state, &signed_in, &ids)?;
    let mut pictures = screen.product.pictures.clone();
    fields.get("alt").trim().clone_into(&mut pictures[nth].alt);
    let refused = |error| RefusedText { picture: pictures[nth].id, text: fields.get("alt").to_owned(), error };
    match screen.edit(&fields, pictures.clone()).await? {
        Edited::Done(_) => Ok(screen.finish("picture-text", nth)),
        Edited::Invalid(error @ (ProductError::PictureText | ProductError::PictureCharacter(_))) => {
            let refused = refused(sentence(&error.to_string()));
            Ok(screen.render(StatusCode::UNPROCESSABLE_ENTITY, Upload::default(), Some(&refused), None).await)
        }
        other => screen.refuse(&other).await,
    }
}

/// `POST /admin/products/{id}/pictures/{picture}/move`
async fn reorder(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(ids): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (screen, nth) = Screen::open_at(&state, &signed_in, &ids)?;
    let last = screen.product.pictures.len() - 1;
    let to = match fields.get("direction") {
        "earlier" => nth.saturating_sub(1),
        "later" => (nth + 1).min(last),
        _ => return Err(Problem::new(Kind::UnreadableForm, "Send the form as the console's own page does.")),
    };
    let mut pictures = screen.product.pictures.clone();
    pictures.swap(nth, to);
    match screen.edit(&fields, pictures).await? {
        Edited::Done(_) => Ok(screen.finish("picture-moved", to)),
        other => screen.refuse(&other).await,
    }
}

/// `POST /admin/products/{id}/pictures/{picture}/remove`
async fn remove(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(ids): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (screen, nth) = Screen::open_at(&state, &signed_in, &ids)?;
    let mut pictures = screen.product.pictures.clone();
    pictures.remove(nth);
    match screen.edit(&fields, pictures).await? {
        Edited::Done(_) => Ok(redirect(&format!("{}?done=picture-removed", screen.path()))),
        other => screen.refuse(&other).await,
    }
}

/// The outcome of an edit.
enum Edited {
    Done(Box<Product>),
    /// Another edit was first, after this revision.
    Stale(u64),
    Invalid(ProductError),
}

/// The screen of one product, for one operator.
struct Screen<'a> {
    state: &'a AppState,
    signed_in: &'a SignedIn,
    product: Arc<Product>,
}

impl<'a> Screen<'a> {
    fn open(state: &'a AppState, signed_in: &'a SignedIn, id: &str) -> Result<Self, Problem> {
        let product = id.parse::<ProductId>().ok().and_then(|id| state.checkout.product(id));
        let product = product.ok_or_else(|| Problem::new(Kind::NotFound, "There is no such product."))?;
        Ok(Self { state, signed_in, product })
    }

    /// Opens the screen, and finds one of its pictures. A picture that was removed meanwhile is not found.
    fn open_at(
        state: &'a AppState,
        signed_in: &'a SignedIn,
        (id, picture): &(String, String),
    ) -> Result<(Self, usize), Problem> {
        let screen = Self::open(state, signed_in, id)?;
        let picture: Option<PictureId> = picture.parse().ok();
        let nth = screen.product.pictures.iter().position(|known| Some(known.id) == picture);
        let nth = nth.ok_or_else(|| Problem::new(Kind::NotFound, "The product has no such picture."))?;
        Ok((screen, nth))
    }

    fn path(&self) -> String {
        paths::admin_pictures(&self.product.id.to_string())
    }

    /// Edits the pictures, unless the form shows an older revision.
    async fn edit(&self, fields: &Fields, pictures: Vec<Picture>) -> Result<Edited, Problem> {
        let unreadable = || Problem::new(Kind::UnreadableForm, "Send the form as the console's own page does.");
        self.edit_at(fields.get("revision").parse().map_err(|_| unreadable())?, pictures).await
    }

    async fn edit_at(&self, revision: u64, pictures: Vec<Picture>) -> Result<Edited, Problem> {
        // The details come from memory, which may be older than what the operator saw on another node.
        if revision != self.product.revision {
            return Ok(Edited::Stale(revision));
        }
        let details = ProductDetails { pictures, ..self.product.details() };
        match self.state.checkout.edit_product(self.product.id, revision, details, self.signed_in.actor()).await {
            Ok(edited) => Ok(Edited::Done(Box::new(edited.value))),
            Err(Error::Refused(Refusal::StaleRevision { .. })) => Ok(Edited::Stale(revision)),
            Err(Error::Refused(Refusal::InvalidProduct { error })) => Ok(Edited::Invalid(error)),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds the pictures of an upload that the product does not have, and says which files were refused.
    async fn add(&self, revision: u64, form: UploadForm) -> Result<Response, Problem> {
        let mut upload = Upload { alt: Some(form.alt.clone()), ..Upload::default() };
        if let Err(error) = form.check_alt() {
            upload.alt_error = Some(match error {
                ProductError::PictureCharacter(found) => forbidden_char(found),
                _ => format!("Describe the pictures in 1 to {MAX_ALT_CHARS} characters."),
            });
            return Ok(self.render(StatusCode::UNPROCESSABLE_ENTITY, upload, None, None).await);
        }
        upload.file_errors = form.refused.iter().map(|(name, error)| format!("{name}: {error}.")).collect();
        let known: BTreeSet<_> = self.product.pictures.iter().map(|picture| picture.id).collect();
        let mut pictures = self.product.pictures.clone();
        for picture in form.pictures {
            if pictures.iter().any(|other| other.id == picture.id) {
                let is_old = known.contains(&picture.id);
                let place = if is_old { "the product has it already" } else { "it was chosen twice" };
                upload.file_errors.push(format!("One picture was not added again: {place}."));
            } else if pictures.len() == MAX_PICTURES {
                upload.file_errors.push(format!("One picture was not added: a product has at most {MAX_PICTURES}."));
            } else {
                pictures.push(picture);
            }
        }
        let (first, added) = (self.product.pictures.len(), pictures.len() - self.product.pictures.len());
        if added == 0 {
            if upload.file_errors.is_empty() {
                upload.file_errors.push("Choose at least one picture.".to_owned());
            }
            return Ok(self.render(StatusCode::UNPROCESSABLE_ENTITY, upload, None, None).await);
        }
        let product = match self.edit_at(revision, pictures).await? {
            Edited::Done(product) => product,
            other => return self.refuse(&other).await,
        };
        if upload.file_errors.is_empty() {
            return Ok(self.finish("pictures-added", first));
        }
        let text = if added == 1 { "One picture is added.".to_owned() } else { format!("{added} pictures are added.") };
        let screen = Screen { product: Arc::from(product), ..*self };
        Ok(screen.render(StatusCode::UNPROCESSABLE_ENTITY, upload, None, Some(Flash::done(text))).await)
    }

    /// Leads back to the screen, to the picture at this place.
    fn finish(&self, done: &str, nth: usize) -> Response {
        redirect(&format!("{}?done={done}#picture-{}", self.path(), nth + 1))
    }

    async fn too_large(&self) -> Response {
        let error = format!("These pictures have more than {} MB together. Upload fewer at once.", LIMITS.upload_mb);
        let upload = Upload { file_errors: vec![error], ..Upload::default() };
        self.render(StatusCode::PAYLOAD_TOO_LARGE, upload, None, None).await
    }

    /// Shows the screen as it is now, and why nothing was changed.
    async fn refuse(&self, edited: &Edited) -> Result<Response, Problem> {
        let now = self.state.checkout.product(self.product.id).unwrap_or_else(|| self.product.clone());
        let screen = Screen { product: now, ..*self };
        let (status, why) = match edited {
            Edited::Invalid(error) => (StatusCode::UNPROCESSABLE_ENTITY, sentence(&error.to_string())),
            Edited::Stale(seen) => (StatusCode::CONFLICT, self.edited_since(*seen).await?),
            Edited::Done(_) => (StatusCode::CONFLICT, String::new()),
        };
        let flash = Flash::error(format!("Nothing was changed. {why}"));
        Ok(screen.render(status, Upload::default(), None, Some(flash)).await)
    }

    /// Returns a message with the last author since a revision, and the fields that were edited.
    async fn edited_since(&self, seen: u64) -> Result<String, Problem> {
        let edits = edit_conflict::since(&*self.state.store, self.product.id, seen).await;
        let edits = edits.map_err(|error| fail(OperatorError::Store(error)))?;
        let Some(last) = edits.first() else {
            return Ok("This product was edited meanwhile. Try again in a moment.".to_owned());
        };
        let fields: BTreeSet<_> = edits.iter().flat_map(|edit| &edit.fields).map(|field| field.name.as_str()).collect();
        let fields = fields.into_iter().collect::<Vec<_>>().join(", ").replace('_', " ");
        Ok(format!("{} edited this product meanwhile ({fields}). This is how it is now.", last.by))
    }

    async fn render(
        &self,
        status: StatusCode,
        upload: Upload,
        refused: Option<&RefusedText>,
        flash: Option<Flash>,
    ) -> Response {
        html(
            status,
            view::pictures(self.signed_in.page_operator().await, &self.product, upload, refused, LIMITS, flash),
        )
    }
}
