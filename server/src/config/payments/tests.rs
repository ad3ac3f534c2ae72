use super::*;
use std::path::PathBuf;

fn parse(env: Environment, args: PaymentArgs, public_url: Option<&str>) -> Result<PaymentConfig, String> {
    let public_url = public_url.map(str::to_owned);
    let common = Common {
        env,
        data_dir: PathBuf::from("."),
        database_url: String::new(),
        public_url,
        webhooks_allow_private: false,
    };
    let mut errors = SettingErrors::default();
    let config = PaymentConfig::parse(args, &common, &mut errors);
    errors.none_or(config).map_err(|error| error.to_string())
}

fn stripe(key: &str) -> PaymentArgs {
    PaymentArgs {
        payment_provider: Some("stripe".into()),
        stripe_key: Some(OsString::from(key).into()),
        ..PaymentArgs::default()
    }
}

const SHOP: Option<&str> = Some("https://shop.example");

#[test]
fn stripe_needs_a_key_and_in_production_an_address_to_lead_back_to() {
    let without_key = PaymentArgs { stripe_key: None, ..stripe("") };
    let message = parse(Environment::Development, without_key, None).unwrap_err();
    assert!(message.contains("HOLDFAST_STRIPE_KEY is required"), "{message}");
    for key in ["pk_live_hush", "sk_", "hush", "sk_live_hush hush", "rk_hüsh"] {
        let message = parse(Environment::Development, stripe(key), None).unwrap_err();
        assert_eq!(message.matches("HOLDFAST_STRIPE_KEY").count(), 1, "{message}");
        assert!(!message.contains("hush"), "{message}");
    }
    let message = parse(Environment::Production, stripe("sk_live_1"), None).unwrap_err();
    assert!(message.contains("HOLDFAST_PUBLIC_URL is required"), "{message}");
    assert!(parse(Environment::Development, stripe("rk_test_1"), None).is_ok());
    let config = parse(Environment::Production, stripe("sk_live_1"), SHOP).unwrap();
    let PaymentProvider::Stripe(stripe) = &config.provider else { panic!("{config:?}") };
    assert_eq!((stripe.key_text().as_str(), stripe.is_test_mode()), ("sk_live_1", false));
    assert!(!format!("{config:?}").contains("sk_live_1"));
    assert_eq!(config.page_origins(), [STRIPE_PAGES]);
}

#[test]
fn a_test_key_is_an_error_in_production_except_with_a_double() {
    for key in ["sk_test_hush", "rk_test_hush"] {
        let message = parse(Environment::Production, stripe(key), SHOP).unwrap_err();
        assert!(message.contains("HOLDFAST_STRIPE_KEY is a key of test mode"), "{message}");
        assert!(!message.contains("hush"), "{message}");
        let double = PaymentArgs { stripe_api: Some("http://127.0.0.1:12111".into()), ..stripe(key) };
        assert!(parse(Environment::Production, double, SHOP).is_ok());
    }
}

#[test]
fn a_test_key_is_recognised() {
    for (key, expected) in [("sk_test_1", true), ("rk_test_1", true), ("sk_live_1", false), ("rk_live_1", false)] {
        let config = StripeConfig { key: Secret::new(key), api: None, account: None };
        assert_eq!(config.is_test_mode(), expected, "{key}");
    }
}

#[test]
fn payments_of_others_count_unless_stripe_is_the_provider() {
    let with = |args: PaymentArgs| parse(Environment::Production, args, SHOP).unwrap();
    let switch = |text: &str| Some(OsString::from(text));
    assert!(with(PaymentArgs::default()).accepts_other_intents);
    assert!(!with(stripe("sk_live_1")).accepts_other_intents);
    let on = PaymentArgs { stripe_other_intents: switch("on"), ..stripe("sk_live_1") };
    assert!(with(on).accepts_other_intents);
    let off = PaymentArgs { stripe_other_intents: switch("off"), ..PaymentArgs::default() };
    assert!(!with(off).accepts_other_intents);
    assert!(with(PaymentArgs::default()).auto_refund);
    assert!(!with(PaymentArgs { auto_refund: switch("off"), ..PaymentArgs::default() }).auto_refund);
    let wrong = PaymentArgs { auto_refund: switch("yes"), ..PaymentArgs::default() };
    assert!(parse(Environment::Production, wrong, SHOP).unwrap_err().contains("HOLDFAST_AUTO_REFUND"));
}

#[test]
fn the_key_is_sent_over_tls_or_stays_on_this_machine() {
    for (url, is_valid) in [
        ("https://stripe.example/v1", true),
        ("http://127.0.0.1:12111", true),
        ("http://[::1]:12111", true),
        ("http://localhost:12111", true),
        ("http://10.0.0.1:12111", false),
        ("http://stripe.example", false),
        ("http://localhost.example", false),
        ("ftp://127.0.0.1", false),
        ("https://user:hush@stripe.example", false),
        ("stripe.example", false),
    ] {
        assert_eq!(stripe_api(url).is_ok(), is_valid, "{url}");
    }
    let args = PaymentArgs { stripe_api: Some("http://127.0.0.1:12111/x".into()), ..stripe("sk_test_1") };
    let config = parse(Environment::Development, args, None).unwrap();
    assert_eq!(config.page_origins(), [STRIPE_PAGES, "http://127.0.0.1:12111"]);
}

#[test]
fn an_account_has_the_form_of_stripes_ids() {
    for (text, is_valid) in [("acct_1Nv0FGQ9RKHgCVdK", true), ("acct_", false), ("cus_1", false), ("acct_1\n", false)] {
        assert_eq!(stripe_account(text).is_ok(), is_valid, "{text}");
    }
}
