//! Texts of the gallery on a product's page.

/// The name of the strip of pictures, and of the links to them.
pub const PICTURES: &str = "Pictures";

/// Closes a picture that fills the window.
pub const CLOSE: &str = "Close";

/// Names a link to a picture.
pub fn picture(number: usize, count: usize, alt: &str) -> String {
    format!("Picture {number} of {count}: {alt}")
}

/// Names the button that shows a picture in the whole window.
pub fn enlarge(alt: &str) -> String {
    format!("Enlarge: {alt}")
}
