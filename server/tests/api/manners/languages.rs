//! The languages of pages and mails: how they are chosen, and what follows the choice.

use super::*;
use crate::{
    checkout_form::{EMAIL, Shopper, id},
    mailbox::mail,
};
use serde_json::Value;
use server::config::Environment;

/// Returns a page for a browser with these languages and cookies.
async fn page(shop: &Shop, path: &str, languages: &str, cookies: &str) -> String {
    let request = shop.request(Method::GET, path).header("accept", "text/html");
    let request = request.header("accept-language", languages).header("cookie", cookies);
    request.send().await.unwrap().text().await.unwrap()
}

/// Asserts that a page names this language, and that its navigation is in it.
#[track_caller]
fn assert_language(page: &str, tag: &str) {
    assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{tag}: {page}");
    for (language, orders) in [("en", "My orders"), ("de", "Meine Bestellungen")] {
        let is_shown = page.contains(&format!("<li><a href=\"/orders\">{orders}</a></li>"));
        assert_eq!(is_shown, tag.starts_with(language), "{tag} {orders}: {page}");
    }
}

/// Uses the language switch.
async fn switch(shop: &Shop, language: &str, page: &str) -> Response {
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form =
        form_urlencoded::Serializer::new(String::new()).extend_pairs([("language", language), ("page", page)]).finish();
    let request = client.post(format!("http://{}/actions/language", shop.addr)).body(form);
    request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
}

/// A shop whose settings name this language.
async fn shop_in(language: &'static str) -> Shop {
    Shop::open_with(|settings| settings.mail.language = language.parse().unwrap()).await
}

#[tokio::test]
async fn a_page_is_in_the_language_of_the_browser() {
    let shop = Shop::open().await;
    shop.add(draft("lamp", "Lamp", 3)).await;
    for (languages, tag) in
        [("", "en"), ("de", "de"), ("fr, de-CH;q=0.9, en;q=0.8", "de-CH"), ("en-GB", "en-GB"), ("fr", "en")]
    {
        for path in ["/", "/products/lamp", "/orders", "/terms", "/privacy", "/nowhere"] {
            assert_language(&page(&shop, path, languages, "").await, tag);
        }
    }
    let console = page(&shop, "/admin/sign-in", "de", "").await;
    assert!(console.contains("<html lang=\"en\">"), "the console is in English: {console}");
}

#[tokio::test]
async fn the_chosen_language_wins() {
    let shop = Shop::open().await;
    for (languages, cookies, tag) in [
        ("en-US", "holdfast-language=de", "de"),
        ("de", "other=1; holdfast-language=en", "en"),
        ("de", "holdfast-language=xx", "de"),
    ] {
        let home = page(&shop, "/", languages, cookies).await;
        assert_language(&home, tag);
        let buttons: Vec<_> = home.split("<button").filter(|rest| rest.contains("name=\"language\"")).collect();
        assert_eq!(buttons.len(), 2, "{home}");
        for button in buttons {
            let (attributes, _) = button.split_once('>').unwrap();
            let is_chosen = attributes.contains(&format!("value=\"{tag}\""));
            assert_eq!(attributes.contains("aria-current=\"true\""), is_chosen, "{attributes}");
        }
    }
}

#[tokio::test]
async fn the_switch_remembers_a_language_for_a_year_and_leads_back() {
    let shop = Shop::open().await;
    let path = "/products/lamp?qty=2";
    let response = switch(&shop, "de", path).await;
    assert_eq!((response.status().as_u16(), header(&response, "location")), (303, path));
    let cookie = header(&response, "set-cookie");
    assert_eq!(cookie, "holdfast-language=de; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
    let unknown = switch(&shop, "xx", path).await;
    assert_eq!((header(&unknown, "location"), header(&unknown, "set-cookie")), (path, ""));
    for foreign in
        ["https://evil.example/", "//evil.example", "/\\evil.example", "evil.example", "javascript:alert(1)", ""]
    {
        assert_eq!(header(&switch(&shop, "de", foreign).await, "location"), "/", "{foreign}");
    }
    let there = page(&shop, "/terms", "", "").await;
    assert!(there.contains("name=\"page\" value=\"/terms\""), "the switch knows its page: {there}");
    let production = Shop::open_with(|settings| {
        settings.payments = server::config::PaymentConfig::of(server::config::PaymentProvider::None);
        settings.common.env = Environment::Production;
    })
    .await;
    assert!(header(&switch(&production, "de", "/").await, "set-cookie").ends_with("; Secure"));
}

#[tokio::test]
async fn error_pages_have_the_language_too() {
    let shop = Shop::open().await;
    // The first is a page of the storefront, and the second replaces a problem.
    for path in ["/nowhere", "/actions/reserve"] {
        assert_language(&page(&shop, path, "de", "").await, "de");
        assert_language(&page(&shop, path, "de", "holdfast-language=en").await, "en");
    }
}

#[tokio::test]
async fn the_pages_of_text_are_translated() {
    let shop = named_shop().await;
    let terms = page(&shop, "/terms", "de", "").await;
    for part in ["<title>Bedingungen · Fast &amp; Fair</title>", "<h1>Bedingungen</h1>", "Schreib an Fast &amp; Fair:"]
    {
        assert!(terms.contains(part), "{part}: {terms}");
    }
    let privacy = page(&shop, "/privacy", "de", "").await;
    for part in ["<h1>Datenschutz</h1>", "„holdfast“", "„holdfast-language“", "Jahr lang"] {
        assert!(privacy.contains(part), "{part}: {privacy}");
    }
    assert!(shop.text("/privacy").await.contains("“holdfast-language” remembers it for a year"));
}

#[tokio::test]
async fn tags_have_the_language_of_the_page_and_everybody_gets_the_same_card() {
    let shop = named_shop().await;
    shop.add(draft("lamp", "Lamp", 3)).await;
    let card = |page: &str| page.split("/products/lamp/card.png?v=").nth(1).unwrap()[..8].to_owned();
    let english = page(&shop, "/products/lamp", "", "").await;
    assert!(english.contains("property=\"og:locale\" content=\"en_US\""), "{english}");
    let german = page(&shop, "/products/lamp", "de-AT", "").await;
    for part in ["property=\"og:locale\" content=\"de_AT\"", "Jetzt im Verkauf.", "Reserviere deins"] {
        assert!(german.contains(part), "{part}: {german}");
    }
    assert_eq!(card(&english), card(&german));
}

#[tokio::test]
async fn a_shop_has_a_language_of_its_own() {
    let (german, english) = (shop_in("de-AT").await, shop_in("en").await);
    for (shop, tag, language) in [(&german, "de-AT", "de_AT"), (&english, "en", "en_US")] {
        shop.add(draft("lamp", "Lamp", 3)).await;
        for languages in ["", "fr"] {
            assert_language(&page(shop, "/", languages, "").await, tag);
            assert_language(&page(shop, "/actions/reserve", languages, "").await, tag);
        }
        assert!(shop.text("/").await.contains(&format!("property=\"og:locale\" content=\"{language}\"")));
        let manifest: Value = serde_json::from_str(&shop.text("/site.webmanifest").await).unwrap();
        assert_eq!(manifest["lang"], tag);
    }
    assert_language(&page(&german, "/", "en-GB", "").await, "en-GB");
    for path in ["/card.png", "/products/lamp/card.png"] {
        let [of_german, of_english] = [german.ask(path).await, english.ask(path).await];
        assert_ne!(header(&of_german, "etag"), header(&of_english, "etag"), "{path}");
    }
}

#[tokio::test]
async fn mails_have_the_language_in_which_the_order_was_placed() {
    let shop = Shop::open().await;
    let product = shop.product("phone", 3).await;
    let mut shopper = Shopper::arrive_reading(&shop, "de-DE");
    shopper.reserve_another(&product).await;
    let order = id(&shopper.order(&EMAIL).await);
    let mail = mail(&shop).await;
    assert_eq!(mail["subject"], "Bestellung eingegangen: Flash Phone", "{order}");
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("Gesamtbetrag: 5.000,00\u{a0}US$") && text.contains("23. November 2026"), "{text}");
}
