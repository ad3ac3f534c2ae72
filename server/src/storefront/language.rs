//! `POST /actions/language`: the language switch. It works without scripts, and leads back to the page on which it was used.

use crate::state::AppState;
use app::i18n::{CatalogueLanguage, LANGUAGE_COOKIE};
use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderValue, header};
use serde::Deserialize;

/// How long browsers remember the choice, in seconds: a year.
const MAX_AGE_SECONDS: u32 = 365 * 24 * 60 * 60;
/// Longest path to which the switch leads back, in bytes.
const MAX_PATH_LENGTH: usize = 1000;

/// The fields of the switch.
#[derive(Deserialize)]
pub struct Choice {
    language: String,
    #[serde(default)]
    page: String,
}

/// Remembers the chosen language in a cookie. It holds no personal data.
pub async fn choose(State(state): State<AppState>, Form(choice): Form<Choice>) -> Response {
    let page = if is_path(&choice.page) { choice.page.as_str() } else { "/" };
    let mut response = Redirect::to(page).into_response();
    if let Ok(language) = choice.language.parse::<CatalogueLanguage>() {
        let secure = if state.settings.common.env == crate::config::Environment::Production { "; Secure" } else { "" };
        let tag = language.tag();
        let cookie =
            format!("{LANGUAGE_COOKIE}={tag}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// Whether a text is the path of a page of this shop. Browsers read `//` and `/\\` as the beginning of another host.
fn is_path(text: &str) -> bool {
    let is_local = text.starts_with('/') && !text[1..].starts_with(['/', '\\']);
    is_local && text.len() <= MAX_PATH_LENGTH && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_leads_to_pages_of_this_shop_only() {
        for path in ["/", "/products/flash-phone?qty=2", "/orders/1%20"] {
            assert!(is_path(path), "{path}");
        }
        for path in ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/ a", "/ü"] {
            assert!(!is_path(path), "{path}");
        }
        assert!(!is_path(&format!("/{}", "a".repeat(MAX_PATH_LENGTH))));
    }
}
