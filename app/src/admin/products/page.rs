//! The page of a product.

use super::{
    PATH,
    form::{EditState, edit_form},
    path, stock_summary, window,
};
use crate::{
    admin::{
        confirm::{ActionForm, ReasonField},
        entered::Entered,
        form::Field,
        labels,
        layout::{Flash, Page, PageOperator, Screen, time},
        sale_state::SaleState,
    },
    paths,
};
use checkout::{
    model::{Product, ProductStatus, Timestamp},
    store::operators::Permission,
};
use leptos::prelude::*;

/// A form of the page that was refused, and is shown again.
#[derive(Debug, Clone, Default)]
pub struct ActionState {
    /// The last part of the form's path, such as `pause`.
    pub action: &'static str,
    /// The values as they were entered, with a message beside each that is refused.
    pub entered: Entered,
    /// Why the change was refused.
    pub error: Option<String>,
}

impl ActionState {
    fn of(&self, action: &str) -> Self {
        if self.action == action { self.clone() } else { Self::default() }
    }

    /// The reason of the refusal, where the page no longer shows the form: somebody changed the status meanwhile.
    fn hidden_message(&self, status: ProductStatus) -> Option<Flash> {
        let is_shown = match self.action {
            "pause" => status == ProductStatus::Active,
            "resume" => status != ProductStatus::Active,
            "archive" => status != ProductStatus::Archived,
            _ => true,
        };
        let text = self.error.as_deref().or_else(|| self.entered.error(ReasonField::NAME));
        text.filter(|_| !is_shown).map(Flash::error)
    }
}

/// The contents of the page.
pub struct ProductPage<'a> {
    /// The product.
    pub product: &'a Product,
    /// The current time.
    pub now: Timestamp,
    /// The form with the details. Operators who may not change products see no form.
    pub edit: EditState,
    /// The form that was refused, if any.
    pub refused: ActionState,
    /// A key that makes a repeated change of stock count once.
    pub form_key: String,
    /// A message about the form that was sent before.
    pub flash: Option<Flash>,
}

/// Renders the page.
pub fn product(operator: PageOperator<'_>, page: ProductPage<'_>) -> String {
    let ProductPage { product, now, edit, refused, form_key, flash } = page;
    let may_change = operator.role.may(Permission::Products);
    let flash = refused.hidden_message(product.status).or(flash);
    let details = if may_change { edit_form(product, edit) } else { details(product) };
    let stock_form = may_change.then(|| stock_form(product, &refused.of("stock"), form_key));
    Page::new(product.name.clone())
        .signed_in(operator, Screen::Products)
        .back("Products", PATH)
        .badge(SaleState::of(product, now).badge())
        .actions(actions(product, may_change, &refused))
        .flash(flash)
        .render(view! {
            <div class="columns">
                <div>
                    <section class="panel" aria-labelledby="stock">
                        <h2 id="stock">"Stock"</h2>
                        {stock_summary(product.stock)}
                        {stock_form}
                    </section>
                    <section>{details}</section>
                </div>
                <div>{about(product)}{related(product, may_change)}</div>
            </div>
        })
}

/// Links and forms at the top of the page.
fn actions(product: &Product, may_change: bool, refused: &ActionState) -> AnyView {
    let base = path(product.id);
    let shop = paths::listed_product(product)
        .map(|href| view! { <a class="button button-secondary" href=href>"View in shop"</a> });
    let forms = may_change.then(|| status_forms(product, refused));
    view! {
        <a class="button button-secondary" href=format!("{base}/preview")>"Preview"</a>
        {shop}
        {forms}
    }
    .into_any()
}

/// The forms that the product's status allows.
fn status_forms(product: &Product, refused: &ActionState) -> Vec<AnyView> {
    let form = |action: &'static str, id_prefix, label, explanation: &str, is_danger| {
        let ActionState { entered, error, .. } = refused.of(action);
        let reason = ReasonField::entered(&entered);
        let form = ActionForm::new(id_prefix, format!("{}/{action}", path(product.id)), label, label);
        ActionForm { explanation: explanation.to_owned(), reason: Some(reason), is_danger, error, ..form }.render()
    };
    let pause = || {
        let text = "Shoppers cannot reserve until you resume the sale. Existing holds and orders go on.";
        form("pause", "pause-", "Pause sale", text, false)
    };
    let resume =
        || form("resume", "resume-", "Resume sale", "Shoppers can reserve again, within the time of the sale.", false);
    let archive = || {
        let text = "The product leaves the shop, and nobody can reserve it. Its orders stay. You can restore it later.";
        form("archive", "archive-", "Archive", text, true)
    };
    match product.status {
        ProductStatus::Active => vec![pause(), archive()],
        ProductStatus::Paused => vec![resume(), archive()],
        ProductStatus::Archived => {
            let text = "The product is listed again, and shoppers can reserve within the time of the sale.";
            vec![form("resume", "resume-", "Restore", text, false)]
        }
    }
}

/// The form that changes the number of units.
fn stock_form(product: &Product, state: &ActionState, form_key: String) -> AnyView {
    let ActionState { entered, error, .. } = state;
    let stock = product.stock;
    let rule = match (stock.committed(), stock.available) {
        (0, available) => format!("The total is {available}. You can take away up to {available}."),
        (committed, 0) => {
            format!("The total is {committed}. All of it is held, pending or sold, so you can only add units.")
        }
        (committed, available) => format!(
            "The total is {}. It cannot be less than the {committed} that are held, pending or sold, so you can take away \
             up to {available}.",
            stock.total
        ),
    };
    let delta = Field {
        inputmode: Some("text"),
        placeholder: Some("+10 or -5"),
        ..Field::new("text", "delta", "Units to add or take away")
    };
    let reason = ReasonField::entered(entered);
    ActionForm {
        explanation: rule,
        hidden: vec![("key", form_key)],
        fields: vec![entered.fill(delta).render()],
        reason: Some(reason),
        error: error.clone().or_else(|| entered.error("delta").map(|_| "Nothing was changed.".to_owned())),
        ..ActionForm::new("stock-", format!("{}/stock", path(product.id)), "Change stock", "Change stock")
    }
    .render()
}

/// The facts that no form changes.
fn about(product: &Product) -> AnyView {
    view! {
        <section class="panel" aria-labelledby="about">
            <h2 id="about">"About"</h2>
            <dl class="facts">
                <div><dt>"Price"</dt><dd>{labels::money(product.price)}</dd></div>
                <div><dt>"Sale"</dt><dd>{window(product)}</dd></div>
                <div><dt>"Slug"</dt><dd><code>{product.slug.to_string()}</code></dd></div>
                <div><dt>"Id"</dt><dd><code>{product.id.to_string()}</code></dd></div>
                <div><dt>"Revision"</dt><dd>{product.revision.to_string()}</dd></div>
                <div><dt>"Last change"</dt><dd>{time(product.updated_at)}</dd></div>
            </dl>
        </section>
    }
    .into_any()
}

/// Links to what belongs to the product.
fn related(product: &Product, may_change: bool) -> AnyView {
    let id = product.id;
    let pictures = match product.pictures.len() {
        0 => "Pictures: none yet".to_owned(),
        n => format!("Pictures ({n})"),
    };
    view! {
        <section class="panel" aria-labelledby="related">
            <h2 id="related">"Related"</h2>
            <ul class="links">
                {may_change.then(|| view! { <li><a href=format!("{}/pictures", path(id))>{pictures}</a></li> })}
                <li><a href=format!("/admin/orders?product={id}")>"Orders of this product"</a></li>
                <li><a href=format!("/admin/audit-log?object=product%2F{id}")>"Changes in the audit log"</a></li>
            </ul>
        </section>
    }
    .into_any()
}

/// The details, for operators who may not change them.
fn details(product: &Product) -> AnyView {
    let limit = product.per_shopper_limit.map_or_else(|| "none".to_owned(), |limit| limit.to_string());
    let extension = product.extend_by.map_or_else(|| "none".to_owned(), labels::duration);
    let text = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let facts: Vec<_> = product.specification.iter().map(ToString::to_string).collect();
    let hue = product.hue.map_or_else(|| "from the pictures".to_owned(), |hue| format!("{hue}°"));
    view! {
        <div class="panel">
            <h2>"Details"</h2>
            <dl class="facts">
                <div><dt>"Tagline"</dt><dd class="text">{text(&product.tagline)}</dd></div>
                <div><dt>"Description"</dt><dd class="text">{text(&product.description)}</dd></div>
                <div><dt>"Story"</dt><dd class="text">{text(&product.story)}</dd></div>
                <div><dt>"Specification"</dt><dd class="text">{text(&facts.join("\n"))}</dd></div>
                <div><dt>"Hue"</dt><dd>{hue}</dd></div>
                <div><dt>"Home page"</dt><dd>{if product.featured { "featured" } else { "among the others" }}</dd></div>
                <div><dt>"Limit per shopper"</dt><dd>{limit}</dd></div>
                <div><dt>"Hold lasts"</dt><dd>{labels::duration(product.hold_for)}</dd></div>
                <div><dt>"Time to pay"</dt><dd>{labels::duration(product.pay_within)}</dd></div>
                <div><dt>"Extension"</dt><dd>{extension}</dd></div>
                <div><dt>"Delivery"</dt><dd>{if product.ships { "shipped" } else { "not shipped" }}</dd></div>
            </dl>
        </div>
    }
    .into_any()
}
