//! Characters that nobody sees, in each field of each form. The server refuses them beside the field, and none reaches
//! PostgreSQL, which stores no NUL.

use super::{
    orders::{self, pay, place},
    payments, pictures, *,
};
use checkout::{IssueRefund, Restock};

/// A form with valid fields, and the name of one of them.
type Case = (String, Vec<(&'static str, String)>, &'static str);

/// The paths of things that exist.
struct Paths {
    product: String,
    order: String,
    /// An order that is not paid.
    pending: String,
    payment: String,
    refund: String,
    operator: String,
    /// The page behind a one-time link of that operator.
    setup: String,
}

impl Paths {
    async fn of_new(shop: &Shop, ada: &mut Browser<'_>) -> Self {
        let product = shop.product("phone", 9).await;
        let order = place(shop, &product, 2, "ada").await;
        pay(shop, &order, "tx-1").await;
        let pending = place(shop, &product, 1, "eve").await;
        let refund = IssueRefund {
            id: shop.checkout.new_refund_id(),
            order: orders::text(&order, "order_id").parse().unwrap(),
            amount: Some(100),
            restock: Restock::None,
        };
        let refund = shop.checkout.issue_refund(refund, Actor::system()).await.unwrap().value.id;
        let setup = shop.invite("bob@example.com", Role::Viewer).await;
        let bob = shop.operators.by_email(&"bob@example.com".parse::<EmailAddress>().unwrap()).await.unwrap().id;
        Self {
            product: format!("/admin/products/{}", product.id),
            order: orders::path(&order),
            pending: orders::path(&pending),
            payment: payments::find(ada, "tx-1").await,
            refund: format!("/admin/refunds/{refund}"),
            operator: format!("/admin/operators/{bob}"),
            setup,
        }
    }

    /// Returns the path of a route.
    fn fill(&self, route: &str) -> String {
        let all = [
            ("/admin/products/{id}", &self.product),
            ("/admin/orders/{id}", &self.order),
            ("/admin/payments/{id}", &self.payment),
            ("/admin/refunds/{id}", &self.refund),
            ("/admin/operators/{id}", &self.operator),
            ("/admin/setup/{token}", &self.setup),
        ];
        let found = all.iter().find_map(|(start, path)| Some(format!("{path}{}", route.strip_prefix(start)?)));
        let path = found.unwrap_or_else(|| route.to_owned());
        path.replace("{step}", "done").replace("{picture}", "x").replace("{id}", "x")
    }
}

fn case(path: String, fields: &[(&'static str, &str)], field: &'static str) -> Case {
    (path, fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(), field)
}

/// The fields whose text is shown to other operators or to shoppers.
fn names_and_reasons(shop: &Shop, paths: &Paths) -> Vec<Case> {
    let Paths { product, order, pending, payment, refund, .. } = paths;
    let id = shop.checkout.new_refund_id().to_string();
    let details = [
        ("name", "Mug"),
        ("description", "A mug."),
        ("tagline", "A mug that holds."),
        ("story", "First."),
        ("specification", "Weight: 300 g"),
        ("price", "19.99"),
        ("hold_seconds", "120"),
        ("pay_seconds", "600"),
        ("revision", "1"),
        ("reason", "spelling"),
    ];
    let new = [&details[..8], &[("slug", "mug"), ("currency", "USD"), ("stock", "1")]].concat();
    let issue = [("id", &*id), ("amount", "1.00"), ("restock", "none"), ("reason", "damaged")];
    let mut cases = vec![
        case("/admin/products".to_owned(), &new, "name"),
        case("/admin/products".to_owned(), &new, "description"),
        case("/admin/products".to_owned(), &new, "tagline"),
        case("/admin/products".to_owned(), &new, "story"),
        case("/admin/products".to_owned(), &new, "specification"),
        case(product.clone(), &details, "name"),
        case(product.clone(), &details, "description"),
        case(product.clone(), &details, "tagline"),
        case(product.clone(), &details, "story"),
        case(product.clone(), &details, "specification"),
        case(product.clone(), &details, "reason"),
        case(format!("{product}/stock"), &[("delta", "+1"), ("reason", "found")], "reason"),
        case(format!("{pending}/cancel"), &[("reason", "fraud")], "reason"),
        case(format!("{order}/refunds"), &issue, "reason"),
        case(format!("{payment}/replay"), &[("reason", "again")], "reason"),
        case(format!("{refund}/fail"), &[("attempt", "1"), ("failure", "closed")], "failure"),
        case("/admin/clients".to_owned(), &[("name", "an app"), ("checkout", "on"), ("key", "k")], "name"),
        case(
            "/admin/webhooks".to_owned(),
            &[("url", "https://example.com"), ("description", "a shop"), ("order.paid", "on")],
            "description",
        ),
        case(
            "/admin/operators".to_owned(),
            &[("email", "eve@example.com"), ("name", "Eve"), ("role", "viewer")],
            "name",
        ),
    ];
    for action in ["pause", "resume", "archive"] {
        cases.push(case(format!("{product}/{action}"), &[("reason", "a bug")], "reason"));
    }
    cases
}

/// Sends a form with a character within one of its fields.
async fn send_with(browser: &mut Browser<'_>, (path, fields, field): &Case, hidden: char) -> Shown {
    let changed: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, if name == field { format!("{value}{hidden}x") } else { value.clone() }))
        .collect();
    let borrowed: Vec<_> = changed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &borrowed).await
}

async fn on_postgres() -> Shop {
    let url = pictures::database().await;
    Shop::open_with(move |settings| settings.common.database_url = url).await
}

#[tokio::test]
async fn each_name_and_reason_is_refused_with_the_character_beside_it() {
    let shop = on_postgres().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let paths = Paths::of_new(&shop, &mut ada).await;
    // A refund that was sent can fail.
    let sent = format!("{}?done=refund-send", paths.refund);
    ada.post(&format!("{}/send", paths.refund), &[("attempt", "1")]).await.leads_to(&sent);
    for case in names_and_reasons(&shop, &paths) {
        for hidden in ['\0', '\u{7}', '\u{200b}', '\u{202e}', '\u{feff}'] {
            let shown = send_with(&mut ada, &case, hidden).await;
            let expected = format!("Remove the control or invisible character U+{:04X}.", u32::from(hidden));
            assert!(shown.status == 422 && shown.text.contains(&expected), "{case:?} {expected} {}", shown.text);
        }
    }
    assert_eq!(shop.checkout.products().len(), 1);
    assert_eq!(shop.clients().all().await.unwrap().len(), 2, "only those of the two orders");
}

#[tokio::test]
async fn passwords_and_references_have_no_control_characters() {
    let shop = on_postgres().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let paths = Paths::of_new(&shop, &mut ada).await;
    let passwords = [("current_password", PASSWORD), ("new_password", "six other unrelated words")];
    let done = [("attempt", "1"), ("note", "transfer 17")];
    let refused = "Use a password without control characters.";
    for (case, expected) in [
        (case(paths.setup.clone(), &passwords[1..], "new_password"), refused),
        (case("/admin/account/password".to_owned(), &passwords, "new_password"), refused),
        (case(format!("{}/done", paths.refund), &done, "note"), "Enter 1 to 255 characters on one line."),
    ] {
        for hidden in ['\0', '\u{7}', '\u{85}'] {
            send_with(&mut ada, &case, hidden).await.shows(422, expected);
        }
    }
    ada.get(&paths.setup).await.shows(200, "New password");
}

#[tokio::test]
async fn no_form_of_such_characters_causes_an_error_of_the_server() {
    let names = "alt amount attempt checkout code confirm_password currency current_password delta description direction \
                 email ends_at expected extend_seconds failure featured hold_seconds hue id key limit name new_password next password \
                 pay_seconds price reason reference restock revision role secret session slug specification starts_at stock story tagline units url";
    let shop = on_postgres().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let paths = Paths::of_new(&shop, &mut ada).await;
    for route in all_routes() {
        let is_end = ["/admin/sign-out", "/admin/live/events"].contains(&route.path);
        for value in ["\0", "\u{1}\u{7f}", "\u{200b}\u{202e}\u{feff}", "\r\n\t"] {
            let fields: Vec<_> = names.split_whitespace().map(|name| (name, value)).collect();
            let path = paths.fill(route.path);
            let path = if route.method == Method::GET { with_query(&path, &fields) } else { path };
            if !is_end {
                let shown = ada.send(&route.method, &path, &fields).await;
                assert!(shown.status < 500, "{} {} {value:?}: {}", route.method, route.path, shown.status);
            }
        }
    }
    assert!(ada.is_in().await && shop.checkout.audit().await.unwrap().clean);
}

/// Returns a path with filters of a list, and with these fields.
fn with_query(path: &str, fields: &[(&str, &str)]) -> String {
    let value = fields[0].1;
    let filters = ["q", "actor", "action", "object", "product", "since", "until", "status", "sort", "after", "done"];
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .extend_pairs(filters.map(|name| (name, value)))
        .finish();
    format!("{path}?{query}")
}
