//! The screen of operators.

use super::*;

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
    for (name, text) in [("\u{feff}Ada", "U+FEFF"), ("A\u{202e}da", "U+202E"), (&"x".repeat(101), "at most 100")] {
        let fields = [("email", "eve@example.com"), ("name", name), ("role", "seller")];
        ada.post("/admin/operators", &fields).await.shows(422, text);
    }
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
