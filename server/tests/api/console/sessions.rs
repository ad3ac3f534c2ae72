//! Sessions: their tokens, their end, and their list.

use super::*;

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
