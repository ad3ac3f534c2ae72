//! Roles, and the protection of all pages and forms.

use super::*;

/// Each route with the operators that may use it: `*` for everybody, `+` for everybody who is signed in, and otherwise the
/// marks of viewer, seller, money and admin. A new route needs a row here.
const ROUTES: &[(&str, &str)] = &[
    ("GET /admin", "+"),
    ("GET /admin/account", "+"),
    ("POST /admin/account/password", "+"),
    ("POST /admin/account/recovery-codes", "+"),
    ("GET /admin/account/second-factor", "+"),
    ("POST /admin/account/second-factor", "+"),
    ("POST /admin/account/second-factor/remove", "+"),
    ("POST /admin/account/sessions/end", "+"),
    ("POST /admin/account/sessions/end-others", "+"),
    ("GET /admin/audit-log", "vsma"),
    ("GET /admin/audit-log.csv", "vsma"),
    ("GET /admin/audit-log.jsonl", "vsma"),
    ("GET /admin/clients", "---a"),
    ("POST /admin/clients", "---a"),
    ("POST /admin/clients/{id}/revoke", "---a"),
    ("POST /admin/clients/{id}/rotate", "---a"),
    ("POST /admin/clients/{id}/scopes", "---a"),
    ("GET /admin/health", "vsma"),
    ("POST /admin/health/reconcile", "--ma"),
    ("POST /admin/health/recount", "vsma"),
    ("GET /admin/live", "vsma"),
    ("GET /admin/live/events", "vsma"),
    ("GET /admin/operators", "---a"),
    ("POST /admin/operators", "---a"),
    ("POST /admin/operators/{id}/disable", "---a"),
    ("POST /admin/operators/{id}/enable", "---a"),
    ("POST /admin/operators/{id}/end-sessions", "---a"),
    ("POST /admin/operators/{id}/reset", "---a"),
    ("POST /admin/operators/{id}/role", "---a"),
    ("GET /admin/orders", "vsma"),
    ("GET /admin/orders.csv", "-s-a"),
    ("GET /admin/orders.jsonl", "-s-a"),
    ("GET /admin/orders/{id}", "vsma"),
    ("POST /admin/orders/{id}/cancel", "-s-a"),
    ("POST /admin/orders/{id}/erase-contact", "---a"),
    ("POST /admin/orders/{id}/receipt", "-sma"),
    ("POST /admin/orders/{id}/refunds", "--ma"),
    ("GET /admin/outbox", "vsma"),
    ("POST /admin/outbox/{id}/retry", "--ma"),
    ("GET /admin/payments", "vsma"),
    ("GET /admin/payments/{id}", "vsma"),
    ("POST /admin/payments/{id}/replay", "--ma"),
    ("GET /admin/products", "vsma"),
    ("POST /admin/products", "-s-a"),
    ("GET /admin/products/new", "-s-a"),
    ("GET /admin/products/{id}", "vsma"),
    ("POST /admin/products/{id}", "-s-a"),
    ("POST /admin/products/{id}/archive", "-s-a"),
    ("POST /admin/products/{id}/pause", "-s-a"),
    ("GET /admin/products/{id}/pictures", "-s-a"),
    ("POST /admin/products/{id}/pictures", "-s-a"),
    ("POST /admin/products/{id}/pictures/{picture}/move", "-s-a"),
    ("POST /admin/products/{id}/pictures/{picture}/remove", "-s-a"),
    ("POST /admin/products/{id}/pictures/{picture}/text", "-s-a"),
    ("GET /admin/products/{id}/preview", "vsma"),
    ("POST /admin/products/{id}/resume", "-s-a"),
    ("POST /admin/products/{id}/stock", "-s-a"),
    ("GET /admin/refunds", "vsma"),
    ("GET /admin/refunds/{id}", "vsma"),
    ("POST /admin/refunds/{id}/{step}", "--ma"),
    ("GET /admin/setup/{token}", "*"),
    ("POST /admin/setup/{token}", "*"),
    ("GET /admin/sign-in", "*"),
    ("POST /admin/sign-in", "*"),
    ("GET /admin/sign-in/code", "*"),
    ("POST /admin/sign-in/code", "*"),
    ("POST /admin/sign-out", "*"),
    ("GET /admin/webhooks", "vsma"),
    ("POST /admin/webhooks", "---a"),
    ("POST /admin/webhooks/deliveries/{id}/redeliver", "---a"),
    ("GET /admin/webhooks/{id}", "vsma"),
    ("POST /admin/webhooks/{id}/disable", "---a"),
    ("POST /admin/webhooks/{id}/edit", "---a"),
    ("POST /admin/webhooks/{id}/enable", "---a"),
    ("POST /admin/webhooks/{id}/remove", "---a"),
    ("POST /admin/webhooks/{id}/rotate", "---a"),
    ("POST /admin/webhooks/{id}/test", "---a"),
];

/// Returns the path with ids that nothing has.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "no-such-thing" } else { part }).collect::<Vec<_>>().join("/")
}

#[test]
fn each_route_declares_the_access_that_is_expected() {
    let marks = |access| match access {
        Access::Anyone => "*".to_owned(),
        Access::SignedIn => "+".to_owned(),
        Access::With(permission) => Role::ALL
            .into_iter()
            .zip("vsma".chars())
            .map(|(role, mark)| if role.may(permission) { mark } else { '-' })
            .collect(),
    };
    let mut declared: Vec<_> = all_routes()
        .into_iter()
        .map(|route| (route.path, route.method.to_string(), marks(route.access)))
        .map(|(path, method, marks)| (path.to_owned(), format!("{method} {path}"), marks))
        .collect();
    declared.sort();
    let expected: Vec<_> = ROUTES.iter().map(|(route, marks)| ((*route).to_owned(), (*marks).to_owned())).collect();
    assert_eq!(declared.into_iter().map(|(_, route, marks)| (route, marks)).collect::<Vec<_>>(), expected);
}

#[test]
fn each_screen_of_the_navigation_has_a_page_with_its_permission() {
    for screen in Screen::ALL {
        let is_page =
            |route: &server::console::ConsoleRoute| route.method == Method::GET && route.path == screen.path();
        let route = all_routes().into_iter().find(is_page).unwrap();
        assert_eq!(route.access, screen.permission().map_or(Access::SignedIn, Access::With), "{screen:?}");
    }
}

#[tokio::test]
async fn each_role_uses_exactly_the_routes_that_its_permissions_allow() {
    let shop = Shop::open().await;
    shop.signed_in("admin@example.com", Role::Admin).await;
    for role in Role::ALL {
        let email = format!("{role}-too@example.com");
        let mut browser = shop.signed_in(&email, role).await;
        let mut expected_denials = 0;
        for route in all_routes() {
            let path = filled(route.path);
            if ["/admin/sign-out", "/admin/sign-in"].contains(&&*path) && route.method == Method::POST {
                continue;
            }
            let shown = browser.send(&route.method, &path, &[]).await;
            let is_allowed = match route.access {
                Access::Anyone | Access::SignedIn => true,
                Access::With(permission) => role.may(permission),
            };
            assert_eq!(shown.status != 403, is_allowed, "{role} {} {}: {}", route.method, route.path, shown.status);
            assert!(shown.status < 500, "{role} {} {}: {}", route.method, route.path, shown.status);
            if !is_allowed {
                shown.shows(403, "does not allow this");
                expected_denials += usize::from(route.method != Method::GET);
            }
        }
        assert!(browser.is_in().await);
        assert_eq!(shop.denials(&email).await, expected_denials, "{role}");
    }
}

#[tokio::test]
async fn strangers_are_led_to_the_sign_in() {
    let shop = Shop::open().await;
    let mut stranger = Browser::new(&shop);
    for route in all_routes().into_iter().filter(|route| route.access != Access::Anyone) {
        let shown = stranger.send(&route.method, &filled(route.path), &[]).await;
        assert!(shown.header("location").starts_with("/admin/sign-in?next="), "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn a_denied_form_is_in_the_audit_log_with_who_and_what() {
    let shop = Shop::open().await;
    let mut vera = shop.signed_in("vera@example.com", Role::Viewer).await;
    vera.get("/admin/operators").await.shows(403, "does not allow this");
    vera.post("/admin/operators", &[("email", "eve@example.com"), ("role", "admin")])
        .await
        .shows(403, "does not allow");
    let filter = AuditFilter { action: Some("access".to_owned()), ..AuditFilter::default() };
    let denied = shop.store().audit_log().list(&filter, None, 10).await.unwrap();
    assert_eq!(
        (denied.len(), denied[0].actor.name.as_str()),
        (1, "vera@example.com"),
        "a page that is only read leaves none"
    );
    assert!(denied[0].after.as_deref().unwrap().contains("POST /admin/operators"), "{denied:?}");
}

#[tokio::test]
async fn pages_are_protected_and_never_cached() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let csp = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; \
               form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    for route in all_routes().into_iter().filter(|route| route.method == Method::GET) {
        let shown = ada.get(&filled(route.path)).await;
        assert_eq!(shown.header("content-security-policy"), csp, "{}", route.path);
        assert_eq!(shown.header("cache-control"), "private, no-store", "{}", route.path);
        assert_eq!(shown.header("x-frame-options"), "DENY");
        let own_scripts = shown.text.matches("<script src=\"/admin/").count();
        assert_eq!(shown.text.matches("<script").count(), own_scripts, "{}", route.path);
        assert!(!shown.text.contains("style=\""), "{}", route.path);
    }
    let page = ada.get("/admin/account").await;
    for (file, start, content) in
        [("/admin/console.css", "href=\"", "--background"), ("/admin/console.js", "src=\"", "keydown")]
    {
        let version = page.text.split(&format!("{start}{file}")).nth(1).unwrap().split('"').next().unwrap();
        let shown = ada.get(&format!("{file}{version}")).await;
        shown.shows(200, content);
        assert!(shown.header("cache-control").contains("immutable"), "{file}");
    }
    let public = Browser::new(&shop).get("/admin/sign-in").await;
    assert!(!public.text.contains("<script"), "the sign-in needs no script");
}

#[tokio::test]
async fn forms_of_other_sites_are_rejected() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    for route in all_routes().into_iter().filter(|route| route.method == Method::POST) {
        let path = filled(route.path);
        for header in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
        {
            let shown = ada.post_with(&path, &[], &[header, ("accept", "text/html")]).await;
            shown.shows(403, "came from another site");
        }
    }
    assert!(ada.is_in().await);
}
