//! Pictures of a product: upload, describe, order, remove. They are part of the product's details, so each change is an edit,
//! which names the revision that the client read.

use super::{Name, find, save};
use crate::{
    api::{
        ApiResult,
        admin::{
            access::AdminClient,
            bodies::{ReasonText, present},
            examples,
            query::Params,
        },
    },
    backoffice::{lookup, views::AdminProductView},
    http::extract::{IdempotentEmpty, IdempotentJson, idempotency_key},
    pictures::{MAX_UPLOAD_BYTES, PictureError},
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    response::Response,
};
use bytes::Bytes;
use checkout::{
    Idempotency,
    model::{
        ChangeReason, MAX_ALT_CHARS, MAX_PICTURES, Picture, PictureId, Product, ProductDetails, ProductError, Refusal,
    },
};
use http::{HeaderMap, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use std::{num::NonZeroU64, sync::Arc};
use utoipa::ToSchema;

/// Content types of an upload.
const MEDIA_TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

/// Names of a product and of one of its pictures in the path.
type Names = Result<Path<(String, String)>, PathRejection>;

/// A PNG, JPEG or WebP file of at most 10 MiB, 40 megapixels, and 12,000 pixels a side.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "the body is read as bytes; this is the schema")]
pub struct PictureFile(Vec<u8>);

/// The query of an upload, whose body is the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadQuery {
    revision: NonZeroU64,
    alt: String,
    reason: Option<ChangeReason>,
}

/// The query of a removal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemovalQuery {
    revision: NonZeroU64,
    reason: Option<ChangeReason>,
}

/// A change of a picture. Members that are missing stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditPicture {
    /// The revision of the product that you read.
    #[schema(value_type = u64, minimum = 1)]
    revision: NonZeroU64,
    /// Text for people who do not see the picture: 1 to 300 characters on one line.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 300)]
    alt: Option<String>,
    /// Place among the product's pictures, from 1. A place after the last is the last.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = u8, required = false, minimum = 1, maximum = 12)]
    position: Option<Position>,
    /// Reason, for the audit log.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = ReasonText, required = false)]
    reason: Option<ChangeReason>,
}

/// A place among a product's pictures, from 1.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u8")]
struct Position(usize);

impl TryFrom<u8> for Position {
    type Error = String;

    fn try_from(position: u8) -> Result<Self, String> {
        let place = usize::from(position);
        if (1..=MAX_PICTURES).contains(&place) {
            Ok(Self(place))
        } else {
            Err(format!("a position is 1 to {MAX_PICTURES}"))
        }
    }
}

/// Uploads a picture.
///
/// The body is the file. The shop turns it upright, drops its metadata, and stores it in several sizes; the product shows it
/// after its other pictures. A product has at most twelve. `GET /api/admin/products/{product}` lists them with their ids.
#[utoipa::path(
    post,
    path = "/api/admin/products/{product}/pictures",
    operation_id = "adminUploadPicture",
    tag = "Admin products",
    summary = "Add a picture to a product",
    params(("Idempotency-Key", Header), ("revision", Query), ("alt", Query), ("reason", Query)),
    request_body(
        description = "The file.",
        content((PictureFile = "image/png"), (PictureFile = "image/jpeg"), (PictureFile = "image/webp")),
    ),
    responses((
        status = OK,
        description = "The product with the picture.",
        body = AdminProductView<'_>,
        headers(("Idempotency-Replayed")),
        example = json!(examples::product()),
    )),
    extensions(("x-problems" = json!([
        Kind::BadQuery, Kind::UnknownProduct, Kind::StaleRevision, Kind::NotPicture, Kind::InvalidPicture,
        Kind::InvalidProduct,
    ]))),
)]
pub async fn upload(
    State(state): State<AppState>,
    client: AdminClient,
    name: Name,
    Params(query): Params<UploadQuery>,
    request: Request,
) -> ApiResult<Response> {
    let UploadQuery { revision, alt, reason } = query;
    let product = find(&state.checkout, name)?;
    let key = idempotency_key(request.headers())?;
    require_picture(request.headers())?;
    if !(1..=MAX_ALT_CHARS).contains(&alt.trim().chars().count()) {
        return Err(Refusal::InvalidProduct { error: ProductError::PictureText }.into());
    }
    // Held until the picture is stored: a file and its pixels take much memory.
    let _place = state.pictures.begin_upload().ok_or_else(Problem::overloaded)?;
    let (parts, body) = request.into_parts();
    let file = read(body).await?;
    let target = parts.uri.path_and_query().map_or(parts.uri.path(), http::uri::PathAndQuery::as_str);
    let idempotency = key.map(|key| Idempotency::new(key, "POST", target, &file));
    let picture = state.pictures.add(file, alt).await?;
    let product = lookup::product_at_revision(&*state.store, product, revision.get()).await?;
    let pictures = product.pictures.iter().cloned().chain([picture]).collect();
    let details = ProductDetails { pictures, ..product.details() };
    save(&state, product.id, revision.get(), details, client.operation(reason, idempotency)).await
}

/// Describes or moves a picture.
///
/// `alt` is the text for people who do not see it, and `position` its place among the product's pictures, of which the first
/// is the product's picture in lists.
#[utoipa::path(
    patch,
    path = "/api/admin/products/{product}/pictures/{picture}",
    operation_id = "adminEditPicture",
    tag = "Admin products",
    summary = "Describe or move a picture",
    params(("Idempotency-Key", Header)),
    request_body(content = EditPicture, example = json!({ "revision": 3, "alt": "The phone from the left", "position": 1 })),
    responses((
        status = OK,
        description = "The product after the change.",
        body = AdminProductView<'_>,
        headers(("Idempotency-Replayed")),
        example = json!(examples::product()),
    )),
    extensions(("x-problems" = json!([
        Kind::UnknownProduct, Kind::UnknownPicture, Kind::StaleRevision, Kind::InvalidProduct,
    ]))),
)]
pub async fn change(
    State(state): State<AppState>,
    client: AdminClient,
    names: Names,
    IdempotentJson { body, idempotency }: IdempotentJson<EditPicture>,
) -> ApiResult<Response> {
    let EditPicture { revision, alt, position, reason } = body;
    let (product, nth) = locate(&state, names, revision).await?;
    let mut pictures = product.pictures.clone();
    if let Some(nth) = nth {
        let old = pictures.remove(nth);
        let to = position.map_or(nth, |Position(place)| place - 1).min(pictures.len());
        pictures.insert(to, Picture { alt: alt.unwrap_or(old.alt), ..old });
    }
    let details = ProductDetails { pictures, ..product.details() };
    save(&state, product.id, revision.get(), details, client.operation(reason, idempotency)).await
}

/// Removes a picture.
///
/// The product no longer shows it. The shop deletes its files after a day, unless another product shows it too.
#[utoipa::path(
    delete,
    path = "/api/admin/products/{product}/pictures/{picture}",
    operation_id = "adminRemovePicture",
    tag = "Admin products",
    summary = "Remove a picture from a product",
    params(("Idempotency-Key", Header), ("revision", Query), ("reason", Query)),
    responses((
        status = OK,
        description = "The product without the picture.",
        body = AdminProductView<'_>,
        headers(("Idempotency-Replayed")),
        example = json!(examples::product()),
    )),
    extensions(("x-problems" = json!([
        Kind::BadQuery, Kind::UnknownProduct, Kind::UnknownPicture, Kind::StaleRevision,
    ]))),
)]
pub async fn remove(
    State(state): State<AppState>,
    client: AdminClient,
    names: Names,
    Params(query): Params<RemovalQuery>,
    IdempotentEmpty { idempotency }: IdempotentEmpty,
) -> ApiResult<Response> {
    let RemovalQuery { revision, reason } = query;
    let (product, nth) = locate(&state, names, revision).await?;
    let mut pictures = product.pictures.clone();
    if let Some(nth) = nth {
        pictures.remove(nth);
    }
    let details = ProductDetails { pictures, ..product.details() };
    save(&state, product.id, revision.get(), details, client.operation(reason, idempotency)).await
}

/// Returns the product in the revision that the client read or a later one, and the index of the picture. A later revision
/// may lack the picture: the engine then refuses the edit as stale, or repeats the reply of the request that removed it.
async fn locate(
    state: &AppState,
    names: Names,
    revision: NonZeroU64,
) -> Result<(Arc<Product>, Option<usize>), Problem> {
    let Path((name, picture)) = names.map_err(|_| Refusal::UnknownProduct)?;
    let product =
        lookup::product_at_revision(&*state.store, find(&state.checkout, Ok(Path(name)))?, revision.get()).await?;
    let id: Option<PictureId> = picture.parse().ok();
    let nth = product.pictures.iter().position(|known| Some(known.id) == id);
    if nth.is_none() && product.revision == revision.get() {
        return Err(Problem::new(Kind::UnknownPicture, "The product has no picture with this id."));
    }
    Ok((product, nth))
}

fn require_picture(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if MEDIA_TYPES.iter().any(|accepted| essence.eq_ignore_ascii_case(accepted)) {
        return Ok(());
    }
    Err(Problem::new(Kind::NotPicture, format!("Send a file with Content-Type: {}.", MEDIA_TYPES.join(" or "))))
}

/// Reads a file of at most [`MAX_UPLOAD_BYTES`].
async fn read(body: Body) -> Result<Bytes, Problem> {
    match Limited::new(body, MAX_UPLOAD_BYTES).collect().await {
        Ok(file) => Ok(file.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(PictureError::TooManyBytes.into()),
        Err(_) => Err(Problem::new(Kind::BrokenBody, "Send the request again.")),
    }
}
