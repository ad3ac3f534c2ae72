//! The console: signing in, sessions, roles, and the protection of its pages.

use crate::shop::Shop;
use app::admin::layout::Screen;
use checkout::{
    model::Actor,
    store::{
        AuditFilter,
        operators::{EmailAddress, Role},
    },
};
use reqwest::{Method, Response, header, redirect};
use server::{
    config::{Environment, RateLimit},
    console::{Access, all_routes},
    operators::totp::{Key, step_at},
};
use std::{collections::HashSet, time::Duration};

const PASSWORD: &str = "four unrelated words";
const FORM: &str = "application/x-www-form-urlencoded";

/// A browser with the console's cookie.
struct Browser<'a> {
    shop: &'a Shop,
    http: reqwest::Client,
    cookie: String,
    /// The key in the operator's authenticator app.
    key: Option<Key>,
}

/// A response and its whole text.
struct Shown {
    status: u16,
    headers: header::HeaderMap,
    text: String,
}

impl Shown {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// Asserts that the response leads to this path.
    #[track_caller]
    fn leads_to(&self, path: &str) {
        assert_eq!((self.status, self.header("location")), (303, path), "{}", self.text);
    }

    /// Asserts that the response is a page with this text.
    #[track_caller]
    fn shows(&self, status: u16, text: &str) {
        assert!(self.status == status && self.text.contains(text), "{} {text}: {}", self.status, self.text);
    }

    /// The value of a hidden field.
    fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        self.text.split_once(&start).unwrap().1.split('"').next().unwrap().to_owned()
    }
}

impl<'a> Browser<'a> {
    fn new(shop: &'a Shop) -> Self {
        let http = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).build().unwrap();
        Self { shop, http, cookie: String::new(), key: None }
    }

    async fn get(&mut self, path: &str) -> Shown {
        let request = self.http.get(format!("http://{}{path}", self.shop.addr)).header("cookie", &self.cookie);
        self.read(request.send().await.unwrap()).await
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.post_with(path, fields, &[]).await
    }

    async fn post_with(&mut self, path: &str, fields: &[(&str, &str)], headers: &[(&str, &str)]) -> Shown {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = self.http.post(format!("http://{}{path}", self.shop.addr)).header("content-type", FORM);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.header("cookie", &self.cookie).body(form).send().await.unwrap();
        self.read(response).await
    }

    async fn read(&mut self, response: Response) -> Shown {
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut self.cookie);
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        assert_ne!(status, 500, "no request causes a 500");
        Shown { status, headers, text: response.text().await.unwrap() }
    }

    /// Opens a one-time link, and sets password and second factor. Returns the recovery codes.
    async fn set_up(&mut self, link: &str) -> Vec<String> {
        let page = self.get(link).await;
        page.shows(200, "New password");
        let secret = page.field("secret");
        self.key = Key::from_base32(&secret);
        let code = self.code(0);
        let done = self.post(link, &[("new_password", PASSWORD), ("secret", &secret), ("code", &code)]).await;
        done.shows(200, "Your recovery codes");
        done.text.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    }

    /// Opens a one-time link, and sets a password only.
    async fn set_up_password(&mut self, link: &str) {
        self.post(link, &[("new_password", PASSWORD)]).await.leads_to("/admin");
    }

    /// Returns the code that the app shows, or shows some steps later.
    fn code(&self, later: i64) -> String {
        self.key.as_ref().unwrap().code(step_at(self.shop.checkout.now()) + later).unwrap()
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Shown {
        self.post("/admin/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Whether the session opens a page.
    async fn is_in(&mut self) -> bool {
        self.get("/admin/account").await.status == 200
    }
}

impl Shop {
    /// Adds an operator. Returns the path of their one-time link.
    async fn invite(&self, email: &str, role: Role) -> String {
        let actor = Actor::command_line("a test");
        self.operators.invite(&actor, email.parse().unwrap(), "", role).await.unwrap().path()
    }

    /// Adds an operator who is signed in by password alone.
    async fn signed_in(&self, email: &str, role: Role) -> Browser<'_> {
        let mut browser = Browser::new(self);
        browser.set_up_password(&self.invite(email, role).await).await;
        browser
    }

    /// Returns the actions in the audit log, oldest first.
    async fn actions(&self) -> Vec<String> {
        let entries = self.store().audit_log().list(&AuditFilter::default(), None, 1000).await.unwrap();
        entries.iter().rev().map(|entry| entry.action.to_string()).collect()
    }
}

#[tokio::test]
async fn an_operator_sets_up_and_signs_in_with_two_factors_each_of_which_works_once() {
    let shop = Shop::open().await;
    let link = shop.invite("Ada@Example.com ", Role::Admin).await;
    let mut ada = Browser::new(&shop);
    let codes = ada.set_up(&link).await;
    assert_eq!(codes.iter().collect::<HashSet<_>>().len(), 10);
    ada.get("/admin").await.leads_to(Screen::first_of(Role::Admin).path());
    ada.get("/admin/account").await.shows(200, "10 recovery codes left");
    ada.get(&link).await.shows(410, "no longer works");
    ada.post(&link, &[("new_password", "another password")]).await.shows(410, "no longer works");

    let used = ada.code(0);
    let old = ada.cookie.clone();
    ada.post("/admin/sign-out", &[]).await.leads_to("/admin/sign-in");
    ada.cookie = old;
    ada.get("/admin/account").await.leads_to("/admin/sign-in?next=%2Fadmin%2Faccount");

    let second = "/admin/sign-in/code?next=%2Fadmin";
    ada.sign_in("ada@example.com", PASSWORD).await.leads_to(second);
    ada.get("/admin/account").await.leads_to("/admin/sign-in/code?next=%2Fadmin%2Faccount");
    // The code that set the second factor up was used then.
    ada.post("/admin/sign-in/code", &[("code", &used)]).await.shows(422, "used before");
    shop.clock.advance(Duration::from_secs(30));
    let code = ada.code(0);
    ada.post("/admin/sign-in/code", &[("code", &code)]).await.leads_to("/admin");
    assert!(ada.is_in().await);

    let mut elsewhere = Browser::new(&shop);
    elsewhere.sign_in("ada@example.com", PASSWORD).await.leads_to(second);
    elsewhere.post("/admin/sign-in/code", &[("code", &code)]).await.shows(422, "used before");
    elsewhere.post("/admin/sign-in/code", &[("code", &codes[3].to_lowercase())]).await.leads_to("/admin");
    elsewhere.get("/admin/account").await.shows(200, "9 recovery codes left");
    elsewhere.post("/admin/sign-out", &[]).await.leads_to("/admin/sign-in");
    elsewhere.sign_in("ada@example.com", PASSWORD).await.leads_to(second);
    elsewhere.post("/admin/sign-in/code", &[("code", &codes[3])]).await.shows(422, "used before");
    let failed = "operator.sign_in_failed";
    let expected = [
        "operator.invite",
        "operator.set_up",
        "operator.sign_out",
        failed,
        "operator.sign_in",
        failed,
        "operator.sign_in",
        "operator.sign_out",
        failed,
    ];
    assert_eq!(shop.actions().await, expected);
}

#[tokio::test]
async fn an_unknown_address_a_wrong_password_and_a_disabled_operator_look_alike() {
    let shop = Shop::open().await;
    shop.signed_in("ada@example.com", Role::Admin).await;
    shop.signed_in("bob@example.com", Role::Seller).await;
    shop.invite("new@example.com", Role::Seller).await;
    let bob = shop.operators.by_email(&"bob@example.com".parse::<EmailAddress>().unwrap()).await.unwrap();
    shop.operators.disable(&Actor::system(), bob.id).await.unwrap();
    let mut pages = HashSet::new();
    for (email, password) in [
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("ada@example.com", "a wrong password"),
        ("ada@example.com", ""),
        ("bob@example.com", PASSWORD),
        ("new@example.com", ""),
    ] {
        let mut browser = Browser::new(&shop);
        let shown = browser.sign_in(email, password).await;
        shown.shows(422, "The e-mail address or the password is wrong.");
        assert_eq!(browser.cookie, "", "no session is opened");
        pages.insert(shown.text.replace(email, ""));
    }
    assert_eq!(pages.len(), 1);
}

#[tokio::test]
async fn failures_slow_an_account_down_and_do_not_lock_its_owner_out() {
    let shop = Shop::open().await;
    let mut ada = Browser::new(&shop);
    ada.set_up(&shop.invite("ada@example.com", Role::Admin).await).await;
    for email in ["ada@example.com", "nobody@example.com"] {
        let mut attacker = Browser::new(&shop);
        for _ in 0..5 {
            attacker.sign_in(email, "a wrong password").await.shows(422, "is wrong");
        }
        let slowed = attacker.sign_in(email, PASSWORD).await;
        slowed.shows(429, "Try again in a second.");
        assert_eq!(slowed.header("retry-after"), "1");
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            shop.clock.advance(Duration::from_millis(wait * 1000 - 1));
            attacker.sign_in(email, PASSWORD).await.shows(429, "Try again in a second.");
            shop.clock.advance(Duration::from_millis(1));
            attacker.sign_in(email, "a wrong password").await.shows(422, "is wrong");
        }
        attacker.sign_in(email, PASSWORD).await.shows(429, "Try again in 15 minutes.");
    }
    // The owner waits once, and then gets in with password and code.
    shop.clock.advance(Duration::from_mins(15));
    let mut owner = Browser { key: ada.key.clone(), ..Browser::new(&shop) };
    owner.sign_in("ada@example.com", PASSWORD).await.leads_to("/admin/sign-in/code?next=%2Fadmin");
    let code = owner.code(0);
    owner.post("/admin/sign-in/code", &[("code", &code)]).await.leads_to("/admin");
    // A success forgets the failures.
    for _ in 0..5 {
        Browser::new(&shop).sign_in("ada@example.com", "a wrong password").await.shows(422, "is wrong");
    }
    // Failures of the second factor count as well, whatever happens between them.
    shop.clock.advance(Duration::from_hours(25));
    let mut thief = Browser { key: ada.key.clone(), ..Browser::new(&shop) };
    for _ in 0..5 {
        thief.sign_in("ada@example.com", PASSWORD).await.leads_to("/admin/sign-in/code?next=%2Fadmin");
        thief.post("/admin/sign-in/code", &[("code", "000000")]).await.shows(422, "wrong");
    }
    thief.sign_in("ada@example.com", PASSWORD).await.shows(429, "Try again in a second.");
}

#[tokio::test]
async fn one_network_has_a_limited_number_of_attempts() {
    let shop = Shop::open_with(|settings| settings.rate_limit = RateLimit::TokensOnly).await;
    let mut statuses = Vec::new();
    for n in 0..40 {
        statuses.push(Browser::new(&shop).sign_in(&format!("{n}@example.com"), "a wrong password").await);
    }
    let limited = statuses.iter().find(|shown| shown.status == 429).unwrap();
    assert!(statuses[..30].iter().all(|shown| shown.status == 422) && !limited.header("retry-after").is_empty());
}

#[tokio::test]
async fn the_session_gets_a_new_token_with_each_step() {
    let shop = Shop::open().await;
    let mut ada = Browser::new(&shop);
    ada.set_up(&shop.invite("ada@example.com", Role::Admin).await).await;
    ada.post("/admin/sign-out", &[]).await;
    shop.clock.advance(Duration::from_secs(30));
    // An attacker planted a cookie.
    ada.cookie = format!("operator={}", "A".repeat(43));
    let mut tokens = vec![ada.cookie.clone()];
    ada.sign_in("ada@example.com", PASSWORD).await;
    tokens.push(ada.cookie.clone());
    let code = ada.code(0);
    ada.post("/admin/sign-in/code", &[("code", &code)]).await.leads_to("/admin");
    tokens.push(ada.cookie.clone());
    let mut other = Browser { key: ada.key.clone(), ..Browser::new(&shop) };
    shop.clock.advance(Duration::from_secs(30));
    other.sign_in("ada@example.com", PASSWORD).await;
    let code = other.code(0);
    other.post("/admin/sign-in/code", &[("code", &code)]).await.leads_to("/admin");
    let change = [("current_password", PASSWORD), ("new_password", "some other long words")];
    ada.post("/admin/account/password", &change).await.leads_to("/admin/account?done=password");
    assert!(ada.is_in().await && !other.is_in().await, "a new password ends all other sessions");
    for token in &tokens {
        assert_ne!(*token, ada.cookie);
        assert!(!Browser { cookie: token.clone(), ..Browser::new(&shop) }.is_in().await, "{token}");
    }
    assert_eq!(tokens.iter().collect::<HashSet<_>>().len(), 3);
    let refused = ada.post("/admin/account/password", &[("current_password", PASSWORD), ("new_password", PASSWORD)]);
    refused.await.shows(422, "The password is wrong.");
    let short = [("current_password", "some other long words"), ("new_password", "too short")];
    ada.post("/admin/account/password", &short).await.shows(422, "Use at least 12 characters.");
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_without_use_and_after_seven_days() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Viewer).await;
    for _ in 0..15 {
        shop.clock.advance(Duration::from_hours(11));
        assert!(ada.is_in().await);
    }
    shop.clock.advance(Duration::from_hours(11));
    assert!(!ada.is_in().await, "seven days are over");
    ada.sign_in("ada@example.com", PASSWORD).await.leads_to("/admin");
    shop.clock.advance(Duration::from_hours(12));
    assert!(!ada.is_in().await, "it was not used");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_and_a_disabled_operator_is_out_at_once() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let mut bob = shop.signed_in("bob@example.com", Role::Seller).await;
    let mut other = Browser::new(&shop);
    other.sign_in("bob@example.com", PASSWORD).await.leads_to("/admin");
    let page = bob.get("/admin/account").await;
    page.shows(200, "This session");
    assert_eq!(page.text.matches("127.0.0.1").count(), 2);
    let id = page.field("session");
    ada.post("/admin/account/sessions/end", &[("session", &id)]).await;
    assert!(other.is_in().await, "it is not the other operator's to end");
    bob.post("/admin/account/sessions/end", &[("session", &id)]).await.leads_to("/admin/account?done=session");
    assert!(bob.is_in().await && !other.is_in().await);

    let id = shop.operators.by_email(&"bob@example.com".parse::<EmailAddress>().unwrap()).await.unwrap().id;
    ada.post(&format!("/admin/operators/{id}/disable"), &[]).await.leads_to("/admin/operators?done=disabled");
    assert!(!bob.is_in().await);
    bob.sign_in("bob@example.com", PASSWORD).await.shows(422, "is wrong");
    ada.post(&format!("/admin/operators/{id}/enable"), &[]).await.leads_to("/admin/operators?done=enabled");
    bob.sign_in("bob@example.com", PASSWORD).await.leads_to("/admin");
    ada.post(&format!("/admin/operators/{id}/end-sessions"), &[]).await.leads_to("/admin/operators?done=ended");
    assert!(!bob.is_in().await);
}

#[tokio::test]
async fn administrators_invite_change_roles_and_reset() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let invited =
        ada.post("/admin/operators", &[("email", "Bob@example.com"), ("name", "Bob"), ("role", "seller")]).await;
    invited.shows(200, "One-time link for");
    let link = |shown: &Shown| {
        let url = shown.text.split("/admin/setup/").nth(1).unwrap().split('<').next().unwrap().to_owned();
        format!("/admin/setup/{url}")
    };
    let mut bob = Browser::new(&shop);
    bob.set_up_password(&link(&invited)).await;
    for (fields, status, text) in [
        ([("email", "bob@example.com"), ("role", "seller")], 409, "exists"),
        ([("email", "bob"), ("role", "seller")], 422, "Enter an e-mail address"),
        ([("email", "eve@example.com"), ("role", "owner")], 422, "Enter an e-mail address"),
    ] {
        ada.post("/admin/operators", &fields).await.shows(status, text);
    }
    let id = |email: &str| {
        let (operators, email) = (shop.operators.clone(), email.parse::<EmailAddress>().unwrap());
        async move { operators.by_email(&email).await.unwrap().id }
    };
    let (own, his) = (id("ada@example.com").await, id("bob@example.com").await);
    let role = format!("/admin/operators/{his}/role");
    ada.post(&role, &[("expected", "seller"), ("role", "money")]).await.leads_to("/admin/operators?done=role");
    ada.post(&role, &[("expected", "seller"), ("role", "viewer")]).await.shows(409, "somebody else changed");
    ada.post(&format!("/admin/operators/{own}/role"), &[("expected", "admin"), ("role", "viewer")])
        .await
        .shows(409, "your own role");
    ada.post(&format!("/admin/operators/{own}/disable"), &[]).await.shows(409, "disable yourself");
    ada.post("/admin/operators/nobody/disable", &[]).await.shows(404, "");

    let reset = ada.post(&format!("/admin/operators/{his}/reset"), &[]).await;
    reset.shows(200, "for an hour");
    assert!(bob.is_in().await, "until the link is used");
    let mut again = Browser::new(&shop);
    again.set_up(&link(&reset)).await;
    assert!(again.is_in().await && !bob.is_in().await);
    let late = ada.post(&format!("/admin/operators/{his}/reset"), &[]).await;
    shop.clock.advance(Duration::from_hours(1));
    again.get(&link(&late)).await.shows(410, "no longer works");
}

#[tokio::test]
async fn changes_of_operators_need_a_password_of_the_last_ten_minutes() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    shop.clock.advance(Duration::from_mins(10));
    let fields = [("email", "bob@example.com"), ("name", "<Bob>"), ("role", "seller")];
    let asked = ada.post("/admin/operators", &fields).await;
    asked.shows(200, "Enter your password");
    assert_eq!((asked.field("email"), asked.field("name")), ("bob@example.com".into(), "&lt;Bob&gt;".into()));
    let with = |password| [&fields[..], &[("confirm_password", password)]].concat();
    let wrong = ada.post("/admin/operators", &with("a wrong password")).await;
    wrong.shows(422, "The password is wrong.");
    assert!(!wrong.text.contains("a wrong password"));
    ada.post("/admin/operators", &with(PASSWORD)).await.shows(200, "One-time link for");
    ada.post("/admin/operators", &[("email", "eve@example.com"), ("role", "seller")])
        .await
        .shows(200, "One-time link for");
    for path in ["/admin/account/recovery-codes", "/admin/account/second-factor", "/admin/account/second-factor/remove"]
    {
        shop.clock.advance(Duration::from_mins(10));
        ada.post(path, &[]).await.shows(200, "Enter your password");
    }
}

#[tokio::test]
async fn production_requires_the_second_factor_and_a_secure_cookie() {
    let shop = Shop::open_with(|settings| settings.common.env = Environment::Production).await;
    let link = shop.invite("ada@example.com", Role::Admin).await;
    let mut ada = Browser::new(&shop);
    let secret = ada.get(&link).await.field("secret");
    let without = ada.post(&link, &[("new_password", PASSWORD), ("secret", &secret)]).await;
    without.shows(422, "Enter the six digits");
    assert_eq!(without.field("secret"), secret, "the app need not be set up twice");
    let wrong = ada.post(&link, &[("new_password", PASSWORD), ("secret", &secret), ("code", "000000")]).await;
    wrong.shows(422, "This is not the code");
    ada.post(&link, &[("new_password", "password1234"), ("secret", &secret)]).await.shows(422, "too easy to guess");
    ada.set_up(&link).await;
    assert!(ada.cookie.starts_with("__Host-operator="), "{}", ada.cookie);
    ada.post("/admin/account/second-factor/remove", &[]).await.shows(409, "required here");
    shop.clock.advance(Duration::from_secs(30));
    let signed_in = Browser::new(&shop).sign_in("ada@example.com", PASSWORD).await;
    let cookie = signed_in.header("set-cookie");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=604800"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{attribute}: {cookie}");
    }
    // An operator from before the second factor was required can only set it up.
    let id = shop.operators.by_email(&"ada@example.com".parse::<EmailAddress>().unwrap()).await.unwrap().id;
    let remove = checkout::store::operators::OperatorChange::SetTotp { id, totp: None };
    assert!(shop.store().operators().change(vec![remove], None).await.unwrap());
    ada.get("/admin/operators").await.leads_to("/admin/account/second-factor");
    ada.get("/admin/account/second-factor").await.shows(200, "QR code");
}

#[tokio::test]
async fn a_second_factor_is_turned_on_and_off() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Admin).await;
    let page = ada.get("/admin/account/second-factor").await;
    let secret = page.field("secret");
    assert!(page.text.contains("<svg"));
    let wrong = ada.post("/admin/account/second-factor", &[("secret", &secret), ("code", "000000")]).await;
    wrong.shows(422, "This is not the code");
    ada.key = Key::from_base32(&secret);
    let code = ada.code(0);
    ada.post("/admin/account/second-factor", &[("secret", &secret), ("code", &code)])
        .await
        .shows(200, "recovery codes");
    ada.post("/admin/account/recovery-codes", &[]).await.shows(200, "recovery codes");
    ada.post("/admin/account/second-factor/remove", &[]).await.leads_to("/admin/account?done=second-factor-off");
    Browser::new(&shop).sign_in("ada@example.com", PASSWORD).await.leads_to("/admin");
}

#[tokio::test]
async fn each_role_uses_exactly_the_routes_that_its_permissions_allow() {
    let shop = Shop::open().await;
    shop.signed_in("admin@example.com", Role::Admin).await;
    for role in Role::ALL {
        let mut expected_denials = 0;
        for (nth, route) in all_routes().into_iter().enumerate() {
            let mut browser = shop.signed_in(&format!("{role}{nth}@example.com"), role).await;
            let path = route.path.replace("{id}", "no-id").replace("{token}", "no-token");
            let shown = match route.method {
                Method::GET => browser.get(&path).await,
                _ => browser.post(&path, &[]).await,
            };
            let is_allowed = match route.access {
                Access::Anyone | Access::SignedIn => true,
                Access::With(permission) => role.may(permission),
            };
            assert_eq!(shown.status != 403, is_allowed, "{role} {} {}: {}", route.method, route.path, shown.status);
            if !is_allowed {
                shown.shows(403, "does not allow this");
                expected_denials += u32::from(route.method != Method::GET);
            }
            let mut stranger = Browser::new(&shop);
            let refused = match route.method {
                Method::GET => stranger.get(&path).await,
                _ => stranger.post(&path, &[]).await,
            };
            if route.access != Access::Anyone {
                assert!(refused.header("location").starts_with("/admin/sign-in?next="), "{} {path}", route.method);
            }
        }
        let filter = AuditFilter { action: Some("access.denied".to_owned()), ..AuditFilter::default() };
        let denied = shop.store().audit_log().list(&filter, None, 1000).await.unwrap();
        let of_role = denied.iter().filter(|entry| entry.actor.name.starts_with(role.name())).count();
        assert_eq!(of_role, expected_denials as usize, "{role}");
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
    let csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
               form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    for route in all_routes().into_iter().filter(|route| route.method == Method::GET) {
        let shown = ada.get(&route.path.replace("{token}", "x")).await;
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
        let path = route.path.replace("{id}", "x").replace("{token}", "x");
        for header in
            [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
        {
            let shown = ada.post_with(&path, &[], &[header, ("accept", "text/html")]).await;
            shown.shows(403, "came from another site");
        }
    }
    assert!(ada.is_in().await);
}

#[tokio::test]
async fn the_sign_in_leads_to_no_other_site() {
    let shop = Shop::open().await;
    shop.signed_in("ada@example.com", Role::Admin).await;
    for (next, leads_to) in [
        ("/admin/audit-log?actor=ada", "/admin/audit-log?actor=ada"),
        ("https://evil.example/", "/admin"),
        ("//evil.example/admin", "/admin"),
        ("/admin/../../evil", "/admin/../../evil"),
        ("/orders", "/admin"),
    ] {
        let mut browser = Browser::new(&shop);
        let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", next)];
        browser.post("/admin/sign-in", &fields).await.leads_to(leads_to);
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        browser.get(&format!("/admin/sign-in?next={next}")).await.leads_to(leads_to);
    }
}

#[tokio::test]
async fn the_audit_log_is_filtered_paged_and_exported() {
    let shop = Shop::open().await;
    let mut ada = shop.signed_in("ada@example.com", Role::Viewer).await;
    for n in 0..120_u64 {
        let mut entry = shop.entry(if n % 2 == 0 { "client.add" } else { "client.rotate" });
        entry.object.id = format!("=cmd{n:03}");
        shop.store().audit_log().append(&entry).await.unwrap();
        shop.clock.advance(Duration::from_millis(10));
    }
    let first = ada.get("/admin/audit-log?action=client").await;
    first.shows(200, "=cmd119");
    assert!(first.text.contains("=cmd070") && !first.text.contains("=cmd069"));
    let path =
        first.text.split("href=\"").map(|part| part.split('"').next().unwrap()).find(|href| href.contains("before="));
    let second = ada.get(&path.unwrap().replace("&amp;", "&")).await;
    assert!(second.text.contains("=cmd069") && second.text.contains("=cmd020") && !second.text.contains("=cmd070"));
    ada.get("/admin/audit-log?action=client.add&object=client/%3Dcmd004").await.shows(200, "=cmd004");
    ada.get("/admin/audit-log?actor=nobody").await.shows(200, "No entry matches");
    ada.get("/admin/audit-log?actor=%27%20OR%201%3D1%20--%00").await.shows(200, "No entry matches");
    ada.get("/admin/audit-log?since=yesterday").await.shows(422, "Enter a day");
    ada.get("/admin/audit-log?since=2026-01-01&until=2026-01-02&before=nonsense").await.shows(200, "No entry matches");

    let csv = ada.get("/admin/audit-log.csv?action=client.add").await;
    assert!(
        csv.header("content-type").starts_with("text/csv") && csv.header("content-disposition").contains("attachment")
    );
    assert_eq!(csv.text.lines().count(), 61);
    assert!(csv.text.starts_with("id,at,actor_kind") && csv.text.contains(",'=cmd004,"), "{}", csv.text);
    let json = ada.get("/admin/audit-log.jsonl").await;
    let lines: Vec<serde_json::Value> = json.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 120 && lines[0]["object"]["id"] == "=cmd119", "{}", lines[0]);
}

#[tokio::test]
async fn the_first_operator_of_a_development_server_is_invited_until_somebody_has_set_up() {
    let shop = Shop::open().await;
    let first = shop.operators.first_invitation().await.unwrap().unwrap().path();
    let second = shop.operators.first_invitation().await.unwrap().unwrap().path();
    Browser::new(&shop).get(&first).await.shows(410, "no longer works");
    let mut admin = Browser::new(&shop);
    admin.set_up_password(&second).await;
    admin.get("/admin/operators").await.shows(200, "admin@localhost");
    assert!(shop.operators.first_invitation().await.unwrap().is_none());
}
