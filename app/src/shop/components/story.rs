//! The texts about a product besides its name and price: the tagline, the story, the specification, delivery and
//! returns, and answers to what shoppers ask. All of it is text; markup in it is shown as it was typed.

use crate::{
    i18n::text,
    messages::{format_duration, story as texts},
    shop::{ShopInfo, payment::PaymentTaker},
    ui::slot::{SLOT, with_element},
};
use checkout::model::{MAX_QUANTITY, Product, SpecificationRow};
use leptos::prelude::*;

/// Returns the sentence below the product's name.
pub(crate) fn tagline(product: &Product) -> Option<AnyView> {
    let tagline = Some(product.tagline.clone()).filter(|tagline| !tagline.is_empty());
    tagline.map(|tagline| view! { <p class="tagline">{tagline}</p> }.into_any())
}

/// Returns the sentence of the product's page: the tagline, or the description of a product without one. One sentence leaves
/// room for the reservation form on a phone.
pub(crate) fn sentence(product: &Product) -> Option<AnyView> {
    let description = || {
        let description = Some(product.description.clone()).filter(|text| !text.is_empty());
        description.map(|text| view! { <p class="product-description">{text}</p> }.into_any())
    };
    tagline(product).or_else(description)
}

/// Returns the part of the product's page below the reservation form.
pub(crate) fn below(product: &Product) -> AnyView {
    view! {
        <div class="product-about">
            {story(product)}
            {specification(product)}
            {shipping(product, use_context::<ShopInfo>().and_then(|info| info.contact), PaymentTaker::of_shop())}
            {questions(product, PaymentTaker::of_shop())}
        </div>
    }
    .into_any()
}

/// The story. It begins with the description, unless that stands beside the picture.
fn story(product: &Product) -> Option<AnyView> {
    let mut paragraphs = paragraphs(&product.story);
    if !product.tagline.is_empty() {
        paragraphs.splice(..0, self::paragraphs(&product.description));
    }
    (!paragraphs.is_empty()).then(|| {
        let paragraphs = paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view();
        view! {
            <section class="product-story" aria-labelledby="story">
                <h2 id="story">{text!("story-title")}</h2>
                {paragraphs}
            </section>
        }
        .into_any()
    })
}

/// Splits a text at its empty lines. Other line breaks stay.
fn paragraphs(text: &str) -> Vec<String> {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join("\n")).collect()
}

fn specification(product: &Product) -> Option<AnyView> {
    (!product.specification.is_empty()).then(|| {
        let row = |row: &SpecificationRow| {
            view! { <div><dt>{row.name.clone()}</dt><dd>{row.value.clone()}</dd></div> }
        };
        let rows = product.specification.iter().map(row).collect_view();
        view! {
            <section class="product-specification" aria-labelledby="specification">
                <h2 id="specification">{text!("story-specification")}</h2>
                <dl>{rows}</dl>
            </section>
        }
        .into_any()
    })
}

/// `contact` is the shop's contact: a text, and the address of its link.
fn shipping(product: &Product, contact: Option<(String, String)>, payment: PaymentTaker) -> AnyView {
    let contact = match contact {
        Some((text, url)) => view! { <a href=url>{text}</a> }.into_any(),
        None => text!("story-the-shop").into_any(),
    };
    let ask = with_element(&text!("story-ask", contact = SLOT), contact);
    let pay_within = format_duration(product.pay_within);
    view! {
        <section class="product-shipping" aria-labelledby="shipping">
            <h2 id="shipping">{text!("story-shipping")}</h2>
            <p>{texts::delivery(product.ships)}</p>
            <p>{texts::payment(payment != PaymentTaker::Elsewhere, &pay_within)}</p>
            <p>{ask} " " {text!("story-refund")}</p>
        </section>
    }
    .into_any()
}

fn questions(product: &Product, payment: PaymentTaker) -> AnyView {
    let (hold_for, pay_within) = (format_duration(product.hold_for), format_duration(product.pay_within));
    let extend_by = product.extend_by.map(format_duration);
    let charged = match payment {
        PaymentTaker::Provider => text!("story-charged-by-provider"),
        PaymentTaker::Sandbox => text!("story-charged-by-sandbox"),
        PaymentTaker::Elsewhere => text!("story-charged-elsewhere"),
    };
    let most = product.stock.total.clamp(1, MAX_QUANTITY);
    let answers = [
        (text!("story-what-is-a-reservation"), texts::reservation(&hold_for, extend_by.as_deref())),
        (text!("story-what-if-time-runs-out"), text!("story-time-runs-out", time = pay_within.as_str())),
        (text!("story-how-many"), texts::how_many(product.per_shopper_limit, most)),
        (text!("story-when-charged"), charged),
        (text!("story-what-if-it-sells-out"), text!("story-sells-out", time = pay_within.as_str())),
    ];
    let answers = answers.map(|(question, answer)| {
        view! { <details class="question"><summary>{question}</summary><p>{answer}</p></details> }
    });
    view! {
        <section class="product-questions" aria-labelledby="questions">
            <h2 id="questions">{text!("story-questions")}</h2>
            {answers.into_iter().collect_view()}
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{Money, ProductDraft, Timestamp};
    use std::time::Duration;

    fn product(change: impl FnOnce(&mut ProductDraft)) -> Product {
        let price = Money::parse("1.00", "USD".parse().unwrap()).unwrap();
        let mut draft = ProductDraft::new("mug".parse().unwrap(), "Mug", price, 40);
        change(&mut draft);
        draft.check(uuid::Uuid::nil().into(), Timestamp::default()).unwrap()
    }

    #[test]
    fn an_empty_line_begins_a_paragraph() {
        for (text, expected) in [
            ("", vec![]),
            ("One.", vec!["One."]),
            ("One,\r\nstill one.\r\n\r\n\r\nTwo.\n  \nThree.\n", vec!["One,\nstill one.", "Two.", "Three."]),
        ] {
            assert_eq!(paragraphs(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_product_without_texts_has_answers_only() {
        let bare = product(|_| {});
        let html = Owner::new().with(|| below(&bare).to_html());
        assert!(tagline(&bare).is_none());
        assert!(!html.contains("product-story") && !html.contains("product-specification"), "{html}");
        assert_eq!(html.matches("<details").count(), 5, "{html}");
        assert!(html.contains("No postal address needed") && html.contains("contact <!>the shop"), "{html}");
    }

    #[test]
    fn one_sentence_stands_beside_the_picture_and_the_rest_below() {
        let described = product(|draft| draft.description = "A mug & more.".to_owned());
        let html = Owner::new().with(|| below(&described).to_html());
        assert!(
            sentence(&described).unwrap().to_html().contains("A mug &amp; more.") && !html.contains("A mug"),
            "{html}"
        );
        let both = Product { tagline: "It holds.".to_owned(), story: "Once.".to_owned(), ..described };
        let html = Owner::new().with(|| below(&both).to_html());
        assert!(sentence(&both).unwrap().to_html().contains("It holds."));
        assert!(html.contains("<p>A mug &amp; more.</p><p>Once.</p>"), "{html}");
        assert!(sentence(&product(|_| {})).is_none());
    }

    #[test]
    fn texts_are_shown_and_never_markup() {
        let product = product(|draft| {
            draft.tagline = "Small & <b>warm</b>.".to_owned();
            draft.story = "First <script>.\n\nSecond.".to_owned();
            draft.specification = vec!["<i>Weight</i>: 300 <g>".parse().unwrap()];
        });
        let html = Owner::new().with(|| below(&product).to_html());
        for text in ["<p>First &lt;script&gt;.</p>", "<p>Second.</p>", "&lt;i&gt;Weight&lt;/i&gt;", "300 &lt;g&gt;"] {
            assert!(html.contains(text), "{text}: {html}");
        }
        let tagline = tagline(&product).unwrap().to_html();
        assert!(tagline.contains("Small &amp; &lt;b&gt;warm&lt;/b&gt;."), "{tagline}");
    }

    #[test]
    fn the_answers_have_the_products_own_times_and_the_shops_way_of_payment() {
        let product = product(|draft| {
            draft.ships = true;
            draft.per_shopper_limit = Some(2);
            draft.hold_for = Duration::from_mins(3);
            draft.pay_within = Duration::from_secs(90);
            draft.extend_by = None;
        });
        let contact = Some(("help@shop.example".to_owned(), "mailto:help@shop.example".to_owned()));
        let html = shipping(&product, contact, PaymentTaker::Provider).to_html();
        for text in ["ships to you", "within 90 seconds", "<a href=\"mailto:help@shop.example\">help@shop.example</a>"]
        {
            assert!(html.contains(text), "{text}: {html}");
        }
        let html = questions(&product, PaymentTaker::Provider).to_html();
        for text in ["set aside for 3 minutes", "you have 90 seconds to pay", "Up to 2 units", "Only when you pay"] {
            assert!(html.contains(text), "{text}: {html}");
        }
        assert!(!html.contains("Need longer"), "{html}");
        assert!(questions(&product, PaymentTaker::Sandbox).to_html().contains("Never. This is a test shop"));
        assert!(shipping(&product, None, PaymentTaker::Elsewhere).to_html().contains("takes your payment elsewhere"));
    }
}
