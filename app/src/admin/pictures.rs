//! The screen of a product's pictures: upload, order, alternative texts, removal. Each action is a plain form.

use super::{
    form::{Field, button, hidden},
    layout::{Flash, Page, PageOperator, Screen},
};
use crate::paths;
use checkout::model::{MAX_ALT_CHARS, MAX_PICTURES, Picture, PictureId, Product};
use leptos::prelude::*;

/// The upload form as it was sent, when it was refused.
#[derive(Debug, Clone, Default)]
pub struct Upload {
    /// The alternative text; `None` for the product's name.
    pub alt: Option<String>,
    /// Why the alternative text is refused.
    pub alt_error: Option<String>,
    /// Why files are refused.
    pub file_errors: Vec<String>,
}

/// An alternative text that was refused.
#[derive(Debug, Clone)]
pub struct RefusedText {
    /// The picture.
    pub picture: PictureId,
    /// The text.
    pub text: String,
    /// Why it is refused.
    pub error: String,
}

/// The limits of an upload, for the hint of the form.
#[derive(Debug, Clone, Copy)]
pub struct UploadLimits {
    /// Largest picture, in megabytes.
    pub file_mb: usize,
    /// Largest upload, in megabytes.
    pub upload_mb: usize,
    /// Maximum number of pixels, in millions.
    pub megapixels: u64,
}

/// Renders the page.
pub fn pictures(
    operator: PageOperator<'_>,
    product: &Product,
    upload: Upload,
    refused: Option<&RefusedText>,
    limits: UploadLimits,
    flash: Option<Flash>,
) -> String {
    let path = paths::admin_pictures(&product.id.to_string());
    let count = product.pictures.len();
    let tiles: Vec<_> = product
        .pictures
        .iter()
        .enumerate()
        .map(|(nth, picture)| {
            let refused = refused.filter(|refused| refused.picture == picture.id).cloned();
            tile(&path, product.revision, picture, nth, count, refused)
        })
        .collect();
    let list = if tiles.is_empty() {
        view! {
            <p class="empty">"No pictures yet. The shop shows a drawing until you add the first one."</p>
        }
        .into_any()
    } else {
        view! { <ol class="picture-grid">{tiles}</ol> }.into_any()
    };
    let content = view! {
        <p class="muted">
            "Shoppers see the pictures in this order. The first one is also on the product’s card. Everything but the pixels is removed, such as the place where a photo was taken."
        </p>
        {list}
        <section aria-labelledby="add-pictures">
            <h2 id="add-pictures">"Add pictures"</h2>
            {upload_form(&path, product, upload, limits)}
        </section>
    };
    Page::new(format!("Pictures of {}", product.name))
        .signed_in(operator, Screen::Products)
        .back(product.name.clone(), paths::admin_product(&product.id.to_string()))
        .flash(flash)
        .render(content)
}

/// A picture, and the forms that change it.
fn tile(
    path: &str,
    revision: u64,
    picture: &Picture,
    nth: usize,
    count: usize,
    refused: Option<RefusedText>,
) -> AnyView {
    let id = picture.id.to_string();
    let action = |name: &str| format!("{path}/{id}/{name}");
    let number = nth + 1;
    let context = format!("picture {number}");
    let carried = |direction: Option<&str>| {
        let direction = direction.map(|direction| ("direction", direction.to_owned()));
        [("revision", revision.to_string())].into_iter().chain(direction).collect::<Vec<_>>()
    };
    let size = picture.sizes().next();
    let src = size.map(|size| paths::picture(picture.id, size.width));
    let (width, height) = size.map(|size| (size.width, size.height)).unzip();
    let earlier = (nth > 0).then(|| button(action("move"), carried(Some("earlier")), "Move earlier", &context));
    let later = (number < count).then(|| button(action("move"), carried(Some("later")), "Move later", &context));
    view! {
        <li class="picture-tile" id=format!("picture-{number}")>
            <img src=src width=width height=height alt=picture.alt.clone() loading=(nth > 3).then_some("lazy") decoding="async" />
            <p class="picture-number">
                {format!("{number} of {count}")}
                {(nth == 0).then(|| view! { <span class="badge badge-good">"On the card"</span> })}
            </p>
            {text_form(action("text"), revision, picture, number, refused)}
            <div class="row-actions">
                {earlier}
                {later}
                {button(action("remove"), carried(None), "Remove", &context)}
            </div>
        </li>
    }
    .into_any()
}

fn text_form(action: String, revision: u64, picture: &Picture, number: usize, refused: Option<RefusedText>) -> AnyView {
    let id = format!("text-{number}");
    let error_id = format!("{id}-error");
    let (text, error) =
        refused.map_or_else(|| (picture.alt.clone(), None), |refused| (refused.text, Some(refused.error)));
    let (described, invalid) = (error.as_ref().map(|_| error_id.clone()), error.as_ref().map(|_| "true"));
    view! {
        <form method="post" action=action class="picture-text">
            {hidden("revision", revision.to_string())}
            <div class="field">
                <label for=id.clone()>"Alternative text"<span class="visually-hidden">{format!(" of picture {number}")}</span></label>
                <input id=id name="alt" type="text" value=text required=true maxlength=MAX_ALT_CHARS.to_string() autocomplete="off" aria-describedby=described aria-invalid=invalid />
                {error.map(|error| view! { <p class="field-error" id=error_id>{error}</p> })}
            </div>
            <button class="button button-small" type="submit">"Save"<span class="visually-hidden">{format!(" the text of picture {number}")}</span></button>
        </form>
    }
    .into_any()
}

fn upload_form(path: &str, product: &Product, upload: Upload, limits: UploadLimits) -> AnyView {
    let room = MAX_PICTURES.saturating_sub(product.pictures.len());
    if room == 0 {
        let text = format!("A product has at most {MAX_PICTURES} pictures. Remove one to add another.");
        let errors: Vec<_> = upload.file_errors.into_iter().map(|error| view! { <li>{error}</li> }).collect();
        let errors = (!errors.is_empty()).then(|| view! { <ul class="field-error">{errors}</ul> });
        return view! { <p class="muted">{text}</p> {errors} }.into_any();
    }
    let Upload { alt, alt_error, file_errors } = upload;
    let UploadLimits { file_mb, upload_mb, megapixels } = limits;
    let hint = format!(
        "PNG, JPEG or WebP; up to {file_mb} MB and {megapixels} megapixels each, {upload_mb} MB together. There is room for {room}."
    );
    let is_refused = !file_errors.is_empty();
    let described = if is_refused { "files-hint files-error" } else { "files-hint" };
    let errors: Vec<_> = file_errors.into_iter().map(|error| view! { <li>{error}</li> }).collect();
    let field = Field {
        hint: Some(
            "What the pictures show, for people who do not see them. You can change it for each one afterwards.",
        ),
        ..Field::new("text", "alt", "Alternative text")
    };
    let field = field.filled(alt.unwrap_or_else(|| product.name.clone()), alt_error);
    view! {
        <form method="post" action=path.to_owned() enctype="multipart/form-data" class="panel">
            {hidden("revision", product.revision.to_string())}
            {field.render()}
            <div class="field">
                <label for="files">"Pictures"</label>
                <p class="hint" id="files-hint">{hint}</p>
                <input id="files" name="files" type="file" multiple=true required=true accept="image/png,image/jpeg,image/webp" aria-describedby=described aria-invalid=is_refused.then_some("true") />
                {is_refused.then(|| view! { <ul class="field-error" id="files-error">{errors}</ul> })}
            </div>
            <p class="actions"><button class="button button-primary" type="submit">"Upload"</button></p>
        </form>
    }
    .into_any()
}
