//! `GET /products/{slug}/card.png`, `GET /card.png` and `GET /orders/{order}/ticket.png`: the cards of a product, of the shop and
//! of a paid order.

use super::{
    CardError, CardService,
    draw::{self, Image},
};
use crate::{
    backoffice::store_failed,
    http::{conditional::is_known, extract::Id},
    problem::{Kind, Problem},
    state::AppState,
    storefront::shop_info,
};
use app::{
    i18n::PageLanguage,
    shop::{
        card::{ProductCard, ShopCard},
        session::{self, GrantSecrets},
    },
};
use axum::{
    Extension, Router,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    response::{IntoResponse as _, Response},
    routing::get,
};
use bytes::Bytes;
use checkout::model::{OrderId, Picture, ProductStatus, Refusal};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use std::slice;
use tower_sessions::Session;

/// An address with the tag of its card. The card of an old tag is shown nowhere, so a day is enough.
const TAGGED_CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=86400");
/// An address without a tag, or with an old one: its card may change at any time.
const UNTAGGED_CACHE_CONTROL: HeaderValue = HeaderValue::from_static("no-cache");

/// Width of the picture on a card, in pixels: the smallest stored size that has it is used.
const PICTURE_WIDTH_PX: u32 = 800;
/// Largest file of the storefront that is drawn on a card, in bytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// The types of such files.
const MEDIA_TYPES: [(&str, &str); 5] = [
    (".svg", "image/svg+xml"),
    (".png", "image/png"),
    (".webp", "image/webp"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
];

/// The cards.
pub fn files() -> Router<AppState> {
    Router::new().route("/card.png", get(shop)).route("/products/{slug}/card.png", get(product))
}

#[derive(Deserialize)]
struct Address {
    v: Option<String>,
}

type Tag = Result<Query<Address>, QueryRejection>;

/// Returns the tag in an address. An address that cannot be parsed has none.
fn tag(query: Tag) -> Option<String> {
    query.ok().and_then(|Query(address)| address.v)
}

impl From<CardError> for Problem {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Busy => Self::overloaded(),
            error => Self::internal_error(&error.to_string()),
        }
    }
}

async fn shop(State(state): State<AppState>, query: Tag, headers: HeaderMap) -> Result<Response, Problem> {
    let card = ShopCard::new(&shop_info(&state));
    let current = card.tag();
    let prepare = async { Ok::<_, Problem>(move || draw::shop(&card)) };
    respond(&state.cards, &format!("shop/{current}"), &current, tag(query).as_deref(), &headers, prepare).await
}

async fn product(
    State(state): State<AppState>,
    slug: Result<Path<String>, PathRejection>,
    query: Tag,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let product = slug.ok().and_then(|Path(slug)| state.checkout.product_by_slug(&slug));
    let product = product
        .filter(|product| product.status != ProductStatus::Archived)
        .ok_or_else(|| Problem::new(Kind::NotFound, "There is no such product."))?;
    let card = ProductCard::new(&product, &shop_info(&state), state.checkout.now());
    let current = card.tag();
    let key = format!("{}/{current}", product.id);
    let cards = state.cards.clone();
    respond(&cards, &key, &current, tag(query).as_deref(), &headers, drawing(state, card)).await
}

/// `GET /orders/{order}/ticket.png`: the card of a paid order, for those who may open the order.
pub async fn ticket(
    State(state): State<AppState>,
    session: Session,
    Extension(secrets): Extension<GrantSecrets>,
    Id(order): Id<OrderId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let owner = session::owner_of(&session, Some(&secrets), &state.checkout, order).await?;
    let order = state.checkout.order(order, owner.ok_or(Refusal::UnknownOrder)?).await?;
    let place = state.checkout.places(slice::from_ref(&order)).await?.remove(&order.id);
    let (Some(place), Some(product)) = (place, state.checkout.product(order.product_id)) else {
        return Err(Problem::new(Kind::NotFound, "An order has a ticket once it is paid."));
    };
    let shop = shop_info(&state);
    let language = PageLanguage::of(&headers, &shop.language);
    let card = language.scope(|| ProductCard::of_ticket(&product, place, &shop));
    let (key, cards) = (format!("ticket/{}/{}", product.id, card.tag()), state.cards.clone());
    let mut response = png(cards.get(&key, drawing(state, card)).await?);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(response)
}

/// Reads the image of a card, and returns what draws it.
async fn drawing(state: AppState, card: ProductCard) -> Result<impl FnOnce() -> String + Send + 'static, Problem> {
    let image = match &card.picture {
        Some(picture) => stored_picture(&state, picture).await?,
        None => file(&state.leptos.site_root, &card.image).await,
    };
    Ok(move || draw::product(&card, image.as_ref()))
}

/// Responds with a card. Browsers and proxies may keep it if the address has the card's tag.
async fn respond<D>(
    cards: &CardService,
    key: &str,
    current: &str,
    asked: Option<&str>,
    headers: &HeaderMap,
    prepare: impl Future<Output = Result<D, Problem>>,
) -> Result<Response, Problem>
where
    D: FnOnce() -> String + Send + 'static,
{
    let etag = format!("\"{current}\"");
    let mut response = if is_known(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        png(cards.get(key, prepare).await?)
    };
    let cache = if asked == Some(current) { TAGGED_CACHE_CONTROL } else { UNTAGGED_CACHE_CONTROL };
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    // Hexadecimal digits are always a valid header.
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// Responds with an image that pages of other sites may show.
pub fn png(bytes: Bytes) -> Response {
    const SHARED: (HeaderName, HeaderValue) =
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    ([(header::CONTENT_TYPE, HeaderValue::from_static("image/png")), SHARED], bytes).into_response()
}

/// Reads a picture in a size that suffices. A picture that was deleted meanwhile is left out.
async fn stored_picture(state: &AppState, picture: &Picture) -> Result<Option<Image>, Problem> {
    let sizes: Vec<_> = picture.sizes().collect();
    let Some(size) = sizes.iter().find(|size| size.width >= PICTURE_WIDTH_PX).or(sizes.last()) else {
        return Ok(None);
    };
    let file = state.pictures.file(picture.id, size.width).await.map_err(|error| store_failed(&error))?;
    Ok(file.map(|file| Image { media_type: "image/webp", bytes: file.bytes }))
}

/// Reads an image of the storefront's files. One that is missing, too large or of an unknown type is left out.
async fn file(site_root: &str, path: &str) -> Option<Image> {
    let path = path.trim_start_matches('/');
    let is_inside = !path.is_empty() && path.split('/').all(|name| !matches!(name, "" | "." | ".."));
    let (_, media_type) = MEDIA_TYPES.into_iter().find(|(end, _)| is_inside && path.ends_with(end))?;
    let path = std::path::Path::new(site_root).join(path);
    let is_small = tokio::fs::metadata(&path).await.is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_FILE_BYTES);
    let bytes = if is_small { tokio::fs::read(path).await.ok()? } else { return None };
    Some(Image { media_type, bytes: bytes.into() })
}
