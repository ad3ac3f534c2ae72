//! The shop's icons for browsers and home screens, drawn from `assets/favicon.svg`.

use crate::{
    cards::{CardError, draw, png_response},
    problem::Problem,
    state::AppState,
};
use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderValue, header};

/// Icons change with the program only.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=86400");
/// Side of the icon in `/favicon.ico`, in pixels.
const FAVICON_PX: u8 = 32;
/// Length of the head of an icon file with one image, in bytes.
const ICO_HEAD_BYTES: u32 = 22;

/// An icon at its address.
struct Icon {
    path: &'static str,
    side_px: u32,
    /// Space around the icon, as a part of its side.
    margin: f32,
    /// For which use the manifest names it, if it does.
    purpose: Option<&'static str>,
}

const ICONS: [Icon; 4] = [
    // iOS rounds the corners itself.
    Icon { path: "/apple-touch-icon.png", side_px: 180, margin: 0.0, purpose: None },
    Icon { path: "/icons/192.png", side_px: 192, margin: 0.0, purpose: Some("any") },
    Icon { path: "/icons/512.png", side_px: 512, margin: 0.0, purpose: Some("any") },
    // Launchers show a circle of four fifths of it at least.
    Icon { path: "/icons/maskable.png", side_px: 512, margin: 0.1, purpose: Some("maskable") },
];

/// The icons.
pub(super) fn files() -> Router<AppState> {
    let favicon = get(async |State(state): State<AppState>| favicon(&state).await);
    ICONS.iter().fold(Router::new().route("/favicon.ico", favicon), |files, icon| {
        files.route(icon.path, get(async move |State(state): State<AppState>| square(&state, icon).await))
    })
}

/// The icons of the manifest: path, side in pixels, and purpose.
pub(super) fn in_manifest() -> impl Iterator<Item = (&'static str, u32, &'static str)> {
    ICONS.iter().filter_map(|icon| Some((icon.path, icon.side_px, icon.purpose?)))
}

async fn square(state: &AppState, icon: &'static Icon) -> Result<Response, Problem> {
    let prepare = async { Ok::<_, CardError>(|| draw::square_icon(icon.side_px, icon.margin)) };
    let mut response = png_response(state.cards.get(icon.path, prepare).await?);
    response.headers_mut().insert(header::CACHE_CONTROL, CACHE_CONTROL);
    Ok(response)
}

async fn favicon(state: &AppState) -> Result<Response, Problem> {
    let prepare = async { Ok::<_, CardError>(|| draw::plain_icon(FAVICON_PX.into())) };
    let png = state.cards.get("/favicon.ico", prepare).await?;
    let head =
        [(header::CONTENT_TYPE, HeaderValue::from_static("image/x-icon")), (header::CACHE_CONTROL, CACHE_CONTROL)];
    Ok((head, ico(&png)).into_response())
}

/// Wraps a PNG file of [`FAVICON_PX`] as an icon file.
fn ico(png: &[u8]) -> Bytes {
    let size = u32::try_from(png.len()).unwrap_or(u32::MAX);
    // One image; its sides, no palette, one colour plane of 32 bits; the size and the place of its file.
    let mut file = vec![0, 0, 1, 0, 1, 0, FAVICON_PX, FAVICON_PX, 0, 0, 1, 0, 32, 0];
    file.extend(size.to_le_bytes());
    file.extend(ICO_HEAD_BYTES.to_le_bytes());
    file.extend(png);
    file.into()
}
