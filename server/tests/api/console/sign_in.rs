//! Signing in: one-time links, passwords, the second factor, and the throttle.

use super::*;

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
async fn the_sign_in_leads_to_no_other_site() {
    let shop = Shop::open().await;
    shop.signed_in("ada@example.com", Role::Admin).await;
    for (next, leads_to) in [
        ("/admin/audit-log?actor=ada", "/admin/audit-log?actor=ada"),
        ("https://evil.example/", "/admin"),
        ("//evil.example/admin", "/admin"),
        ("/admin/../../evil", "/admin"),
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
