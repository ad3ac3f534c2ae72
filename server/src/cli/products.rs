//! `holdfast product`: adds, lists and changes products.

use super::{
    Failure,
    actor::by_user,
    args::{AddProduct, EditProduct, OutputArgs, ProductCommand, StatusArgs, StockArgs, StockChangeArgs},
    output::{List, plain, print},
    pictures::{self, Images},
};
use crate::{
    backoffice::{edit_conflict, views::AdminProductView},
    startup::Engine,
};
use app::admin::sale_state::SaleState;
use checkout::{
    Error, StockChange,
    model::{Money, Product, ProductDetails, ProductDraft, ProductId, ProductStatus, Refusal, SaleWindow, Slug},
};
use std::{process::ExitCode, sync::Arc, time::Duration};

pub(super) async fn run(engine: &Engine, command: ProductCommand) -> Result<ExitCode, Failure> {
    match command {
        ProductCommand::Add(product) => add(engine, *product).await,
        ProductCommand::List { output } => list(engine, output),
        ProductCommand::Stock(stock) => set_stock(engine, stock).await,
        ProductCommand::Edit(edit) => self::edit(engine, *edit).await,
        ProductCommand::Pause(args) => set_status(engine, args, ProductStatus::Paused).await,
        ProductCommand::Resume(args) => set_status(engine, args, ProductStatus::Active).await,
        ProductCommand::Archive(args) => set_status(engine, args, ProductStatus::Archived).await,
    }
}

async fn add(engine: &Engine, add: AddProduct) -> Result<ExitCode, Failure> {
    let price = Money::parse(&add.price, add.currency)?;
    let images = pictures::read(engine, add.images, &add.name).await?;
    let draft = ProductDraft {
        description: add.description,
        tagline: add.tagline,
        story: add.story,
        specification: add.specification,
        hue: add.hue,
        featured: add.featured,
        image: images.path.unwrap_or_default(),
        pictures: images.pictures,
        per_shopper_limit: add.limit,
        window: SaleWindow { starts_at: add.starts_at, ends_at: add.ends_at },
        hold_for: Duration::from_secs(add.hold_seconds),
        pay_within: Duration::from_secs(add.pay_seconds),
        extend_by: (!add.no_extend).then(|| Duration::from_secs(add.extend_seconds)),
        ships: add.ships,
        ..ProductDraft::new(add.slug, add.name, price, add.stock)
    };
    let added = engine.checkout.add_product(draft, by_user(None)).await?;
    show(engine, &added.value)
}

fn list(engine: &Engine, output: OutputArgs) -> Result<ExitCode, Failure> {
    let (products, now) = (engine.checkout.products(), engine.checkout.now());
    let columns = ["SLUG", "NAME", "SALE", "PRICE", "AVAILABLE", "HELD", "PENDING", "SOLD", "TOTAL"];
    let rows: Vec<&Product> = products.iter().map(|product| &**product).collect();
    List::whole(rows).print(
        output.json,
        |product| AdminProductView::new(product, now),
        columns,
        |product| {
            let stock = product.stock;
            let counts = [stock.available, stock.held, stock.pending, stock.sold, stock.total].map(|n| n.to_string());
            let [available, held, pending, sold, total] = counts;
            let (slug, name, price) = (product.slug.to_string(), product.name.clone(), product.price.to_string());
            [slug, name, SaleState::of(product, now).name().to_owned(), price, available, held, pending, sold, total]
        },
    )
}

async fn set_stock(engine: &Engine, args: StockArgs) -> Result<ExitCode, Failure> {
    let StockArgs { slug, change: StockChangeArgs { total, by }, reason } = args;
    let change = match (total, by) {
        (Some(total), _) => StockChange::Total(total),
        (None, Some(by)) => StockChange::By(by),
        (None, None) => return Err(Failure::Usage("give --total or --by".to_owned())),
    };
    let id = find(engine, &slug)?.id;
    let product = engine.checkout.set_stock(id, change, by_user(reason)).await?;
    show(engine, &product.value)
}

async fn set_status(engine: &Engine, args: StatusArgs, status: ProductStatus) -> Result<ExitCode, Failure> {
    let id = find(engine, &args.slug)?.id;
    let context = by_user(Some(args.reason));
    let product = engine.checkout.set_product_status(id, status, context).await?;
    show(engine, &product.value)
}

async fn edit(engine: &Engine, edit: EditProduct) -> Result<ExitCode, Failure> {
    let product = find(engine, &edit.slug)?;
    let before = product.details();
    let price = edit.price.map(|price| Money::parse(&price, before.price.currency)).transpose();
    let name = edit.name.unwrap_or(before.name);
    let images = pictures::read(engine, edit.images, &name).await?;
    let (image, pictures) = match images {
        _ if edit.no_images => (String::new(), Vec::new()),
        Images { path: None, pictures } if pictures.is_empty() => (before.image, before.pictures),
        Images { path, pictures } => (path.unwrap_or(before.image), pictures),
    };
    let specification = Some(edit.specification).filter(|rows| !rows.is_empty());
    let details = ProductDetails {
        name,
        description: edit.description.unwrap_or(before.description),
        price: price?.unwrap_or(before.price),
        per_shopper_limit: changed(edit.no_limit, edit.limit, before.per_shopper_limit),
        window: SaleWindow {
            starts_at: changed(edit.no_starts_at, edit.starts_at, before.window.starts_at),
            ends_at: changed(edit.no_ends_at, edit.ends_at, before.window.ends_at),
        },
        hold_for: edit.hold_seconds.map_or(before.hold_for, Duration::from_secs),
        pay_within: edit.pay_seconds.map_or(before.pay_within, Duration::from_secs),
        ships: !edit.no_ships && (edit.ships || before.ships),
        extend_by: changed(edit.no_extend, edit.extend_seconds.map(Duration::from_secs), before.extend_by),
        tagline: changed(edit.no_tagline, edit.tagline, Some(before.tagline)).unwrap_or_default(),
        story: changed(edit.no_story, edit.story, Some(before.story)).unwrap_or_default(),
        specification: changed(edit.no_specification, specification, Some(before.specification)).unwrap_or_default(),
        hue: changed(edit.no_hue, edit.hue, before.hue),
        featured: !edit.no_featured && (edit.featured || before.featured),
        image,
        pictures,
    };
    let (context, revision) = (by_user(Some(edit.reason)), edit.revision.unwrap_or(product.revision));
    match engine.checkout.edit_product(product.id, revision, details, context).await {
        Ok(edited) => show(engine, &edited.value),
        Err(error) => Err(explain_edit(engine, product.id, error).await),
    }
}

/// Returns the value that an edit leaves: none if it removes the value, and otherwise the one that it gives or the old one.
fn changed<T>(is_removed: bool, given: Option<T>, before: Option<T>) -> Option<T> {
    if is_removed { None } else { given.or(before) }
}

/// Adds the changes since the revision that the edit is based on, with their authors, to a refusal.
async fn explain_edit(engine: &Engine, product: ProductId, error: Error) -> Failure {
    let Error::Refused(Refusal::StaleRevision { seen, .. }) = error else { return error.into() };
    match edit_conflict::since(&*engine.store, product, seen).await {
        Ok(edits) => {
            let lines = edits.iter().map(|edit| format!("  {}", plain(&edit.to_string())));
            let lines: Vec<_> = [error.to_string()].into_iter().chain(lines).collect();
            Failure::Refused(lines.join("\n"))
        }
        Err(error) => error.into(),
    }
}

/// Returns the product with this slug.
pub(super) fn find(engine: &Engine, slug: &Slug) -> Result<Arc<Product>, Failure> {
    let product = engine.checkout.product_by_slug(slug.as_str());
    product.ok_or_else(|| Failure::refused(format!("no product has the slug {slug}; see holdfast product list")))
}

fn show(engine: &Engine, product: &Product) -> Result<ExitCode, Failure> {
    print(&AdminProductView::new(product, engine.checkout.now()))
}
