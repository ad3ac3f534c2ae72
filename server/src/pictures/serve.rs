//! `GET /pictures/{id}/{width}.webp`: a picture in one of its sizes.

use super::PictureService;
use crate::{
    backoffice::store_failed,
    http::conditional::is_known,
    problem::{Kind, Problem},
    state::AppState,
};
use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    response::{IntoResponse as _, Response},
    routing::get,
};
use checkout::model::PictureId;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// The content of an address never changes.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The pictures.
pub fn files() -> Router<AppState> {
    Router::new().route("/pictures/{id}/{file}", get(serve))
}

async fn serve(
    State(pictures): State<PictureService>,
    path: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let not_found = || Problem::new(Kind::NotFound, "There is no such picture.");
    let (id, width) = path.ok().and_then(|Path((id, file))| parse(&id, &file)).ok_or_else(not_found)?;
    let file = pictures.file(id, width).await.map_err(|error| store_failed(&error))?.ok_or_else(not_found)?;
    let etag = format!("\"{id}-{width}\"");
    let mut response = if is_known(&headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let media_type = HeaderValue::from_str(&file.media_type).map_err(|_| not_found())?;
        ([(header::CONTENT_TYPE, media_type)], file.bytes).into_response()
    };
    // Hexadecimal digits are always a valid header.
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, CACHE_CONTROL);
    Ok(response)
}

/// Parses the two segments of the path. Each picture has one spelling only.
fn parse(id: &str, file: &str) -> Option<(PictureId, u32)> {
    let digits = file.strip_suffix(".webp")?;
    let width: u32 = digits.parse().ok()?;
    (width.to_string() == digits).then_some((id.parse().ok()?, width))
}
