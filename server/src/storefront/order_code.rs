//! The QR code of an order's link, which opens the order on another device. It is for the order's owner alone.

use crate::state::AppState;
use app::shop::order_code::OrderCodes;
use qrcode::{EcLevel, QrCode, render::svg};
use std::sync::Arc;

/// Pixels of a module, and so the smallest size of the image. The style sheet scales it.
const MODULE_PX: u32 = 2;

/// Returns what draws the codes of this shop's orders.
pub(super) fn codes(state: &AppState) -> OrderCodes {
    let state = state.clone();
    OrderCodes(Arc::new(move |order| svg(&state.mail.settings().links.signed(order, state.checkout.now())?)))
}

/// Draws the code of a link. `None` if the link is longer than a code can hold, as one of a very long public address may be.
fn svg(link: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
    // A light margin around it, also in the dark theme.
    let image = code.render::<svg::Color<'_>>().module_dimensions(MODULE_PX, MODULE_PX).quiet_zone(true).build();
    // Within a page, there is no XML declaration.
    Some(image.split_once("?>").map_or(image.clone(), |(_, svg)| svg.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_an_image_without_styles_and_a_link_that_does_not_fit_has_none() {
        let image = svg("https://shop.example/orders/x/open?expires=1&signature=0").unwrap();
        assert!(image.starts_with("<svg") && !image.contains("style="), "{image}");
        assert_ne!(svg("https://shop.example/orders/y/open?expires=1&signature=0"), Some(image));
        assert_eq!(svg(&"x".repeat(5_000)), None);
    }
}
