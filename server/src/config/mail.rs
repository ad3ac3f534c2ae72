//! The settings of mail, and of what shoppers read in it.

use super::{Common, Environment, MIN_SECRET_LENGTH, errors::SettingErrors, secret::SensitiveArg, values};
use crate::config::secret::Secret;
use checkout::model::{Language, Locale, check_line};
use clap::Args;
use integrations::mail::{Delivery, MailSettings, OrderLinks, Sender, ShopContact, Smtp, Zone};
use std::{ffi::OsString, str::FromStr};

/// Longest name of a shop, in characters.
const MAX_SHOP_NAME_CHARS: usize = 100;

/// The sender where none is configured, which only development allows.
const DEVELOPMENT_SENDER: &str = "shop@shop.example";

/// Raw settings of mail.
#[derive(Debug, Clone, Default, Args)]
pub struct MailArgs {
    /// SMTP server: `smtps://user:password@host`, or `smtp://` with `?tls=required`, `opportunistic` or `none` [default: mails
    /// wait; development keeps them in memory]
    #[arg(long, env = "HOLDFAST_SMTP_URL", value_name = "URL", hide_env_values = true)]
    pub smtp_url: Option<SensitiveArg>,
    /// Sender of mails, such as `Shop <shop@shop.example>`
    #[arg(long, env = "HOLDFAST_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<OsString>,
    /// Name of the shop on its pages and in mails [default: Holdfast]
    #[arg(long, env = "HOLDFAST_SHOP_NAME", value_name = "NAME")]
    pub shop_name: Option<OsString>,
    /// E-mail address or page where shoppers turn with questions [default: none]
    #[arg(long, env = "HOLDFAST_SHOP_CONTACT", value_name = "CONTACT")]
    pub shop_contact: Option<OsString>,
    /// Address of the shop's own terms, which replace the built-in page: https [default: none]
    #[arg(long, env = "HOLDFAST_TERMS_URL", value_name = "URL")]
    pub terms_url: Option<OsString>,
    /// Address of the shop's own page about personal data, which replaces the built-in one: https [default: none]
    #[arg(long, env = "HOLDFAST_PRIVACY_URL", value_name = "URL")]
    pub privacy_url: Option<OsString>,
    /// Language of shared images, and of pages and mails where the shopper's own is not known [default: en]
    #[arg(long, env = "HOLDFAST_LOCALE", value_name = "TAG")]
    pub locale: Option<OsString>,
    /// Time zone of mails, by its IANA name [default: UTC]
    #[arg(long, env = "HOLDFAST_TIME_ZONE", value_name = "ZONE")]
    pub time_zone: Option<OsString>,
    /// Secrets that sign the links in mails, comma-separated; all verify, and the first signs
    #[arg(long, env = "HOLDFAST_LINK_SECRETS", value_name = "SECRETS", hide_env_values = true)]
    pub link_secrets: Option<SensitiveArg>,
}

/// Settings of mail.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// The SMTP server.
    pub smtp: Option<Smtp>,
    /// The sender.
    pub from: Option<Sender>,
    /// Name of the shop.
    pub shop_name: String,
    /// Contact for questions of shoppers.
    pub contact: Option<ShopContact>,
    /// The shop's own terms.
    pub terms_url: Option<String>,
    /// The shop's own page about personal data.
    pub privacy_url: Option<String>,
    /// The language of readers whose own is not known, and of images that everybody shares.
    pub language: Language,
    /// The zone of times.
    pub zone: Zone,
    /// Secrets that verify links. The first signs.
    pub link_secrets: Vec<Secret>,
}

/// The settings where none is given.
impl Default for MailConfig {
    fn default() -> Self {
        Self {
            smtp: None,
            from: None,
            shop_name: "Holdfast".to_owned(),
            contact: None,
            terms_url: None,
            privacy_url: None,
            language: Language::default(),
            zone: Zone::default(),
            link_secrets: Vec::new(),
        }
    }
}

impl MailConfig {
    /// Parses the settings.
    pub(super) fn parse(args: MailArgs, common: &Common, errors: &mut SettingErrors) -> Self {
        let is_production = common.env == Environment::Production;
        let min_secret = if is_production { MIN_SECRET_LENGTH } else { 1 };
        let smtp = errors.parse("HOLDFAST_SMTP_URL", args.smtp_url, |v| v.parse::<Smtp>().map_err(|e| e.to_string()));
        let from = errors.parse("HOLDFAST_MAIL_FROM", args.mail_from, text::<Sender>);
        let shop_name = errors.parse("HOLDFAST_SHOP_NAME", args.shop_name, shop_name);
        let contact = errors.parse("HOLDFAST_SHOP_CONTACT", args.shop_contact, text::<ShopContact>);
        let terms_url = errors.parse("HOLDFAST_TERMS_URL", args.terms_url, values::page_url);
        let privacy_url = errors.parse("HOLDFAST_PRIVACY_URL", args.privacy_url, values::page_url);
        let language = errors.parse("HOLDFAST_LOCALE", args.locale, language);
        let zone = errors.parse("HOLDFAST_TIME_ZONE", args.time_zone, text::<Zone>);
        let secrets = errors.parse("HOLDFAST_LINK_SECRETS", args.link_secrets, |v| values::secrets(v, min_secret));
        let link_secrets = errors.link_secrets(common, secrets, smtp.is_some());
        if smtp.is_some() {
            errors.require("HOLDFAST_MAIL_FROM", from.is_some(), "is required with HOLDFAST_SMTP_URL");
            let has_url = common.public_url.is_some() || !is_production;
            errors.require("HOLDFAST_PUBLIC_URL", has_url, "is required in production with HOLDFAST_SMTP_URL");
        }
        let defaults = Self::default();
        Self {
            smtp,
            from,
            shop_name: shop_name.unwrap_or(defaults.shop_name),
            contact,
            terms_url,
            privacy_url,
            language: language.unwrap_or(defaults.language),
            zone: zone.unwrap_or(defaults.zone),
            link_secrets,
        }
    }

    /// Destination of mails. Without an SMTP server, development keeps them in memory. Production does not: everybody could read them.
    pub fn delivery(&self, env: Environment) -> Delivery {
        match &self.smtp {
            Some(smtp) => Delivery::Smtp(smtp.clone()),
            None if env == Environment::Development => Delivery::Memory,
            None => Delivery::Nowhere,
        }
    }

    /// The settings of a shop at this address.
    ///
    /// # Errors
    ///
    /// The default sender cannot be used.
    pub fn settings(&self, public_url: String) -> Result<MailSettings, String> {
        let from = match &self.from {
            Some(from) => from.clone(),
            None => DEVELOPMENT_SENDER.parse().map_err(str::to_owned)?,
        };
        let secrets = self.link_secrets.iter().map(|secret| secret.expose().to_vec()).collect();
        Ok(MailSettings {
            shop_name: self.shop_name.clone(),
            contact: self.contact.clone(),
            from,
            links: OrderLinks::new(public_url.clone(), secrets),
            public_url,
            language: self.language.clone(),
            zone: self.zone.clone(),
        })
    }
}

fn text<T: FromStr<Err = &'static str>>(text: &str) -> Result<T, String> {
    text.parse().map_err(str::to_owned)
}

fn shop_name(text: &str) -> Result<String, String> {
    let fits = text.chars().count() <= MAX_SHOP_NAME_CHARS && check_line(text).is_ok();
    fits.then(|| text.to_owned()).ok_or_else(|| format!("must be one line of at most {MAX_SHOP_NAME_CHARS} characters"))
}

fn language(text: &str) -> Result<Language, String> {
    let language = text.parse::<Language>().ok().filter(|language| Locale::of(language).is_some());
    language.ok_or_else(|| "must be a language tag, such as en-US, de or pt-BR".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkout::model::{OrderId, Timestamp};
    use tempfile::TempDir;

    const LINK_SECRETS: &str = "a hush secret of links,another hush secret of links";

    /// Parses the settings, without an address of the shop unless it is given.
    fn parse(env: Environment, args: MailArgs, public_url: Option<&str>, dir: &TempDir) -> Result<MailConfig, String> {
        let common = Common {
            env,
            data_dir: dir.path().into(),
            database_url: String::new(),
            public_url: public_url.map(str::to_owned),
            webhooks_allow_private: false,
        };
        let mut errors = SettingErrors::default();
        let config = MailConfig::parse(args, &common, &mut errors);
        errors.none_or(config).map_err(|error| error.to_string())
    }

    fn sensitive(text: &str) -> SensitiveArg {
        OsString::from(text).into()
    }

    fn with_smtp() -> MailArgs {
        MailArgs { smtp_url: Some(sensitive("smtps://shop:hush@mail.example")), ..MailArgs::default() }
    }

    fn complete() -> MailArgs {
        MailArgs {
            mail_from: Some("shop@shop.example".into()),
            link_secrets: Some(sensitive(LINK_SECRETS)),
            ..with_smtp()
        }
    }

    const SHOP: Option<&str> = Some("https://shop.example");

    #[test]
    fn an_smtp_server_needs_a_sender_and_in_production_an_address_and_a_secret_for_links() {
        let dir = tempfile::tempdir().unwrap();
        let message = parse(Environment::Production, with_smtp(), None, &dir).unwrap_err();
        for name in ["HOLDFAST_MAIL_FROM", "HOLDFAST_PUBLIC_URL", "HOLDFAST_LINK_SECRETS"] {
            assert_eq!(message.matches(&format!("{name} is required")).count(), 1, "{message}");
        }
        assert!(!message.contains("hush"), "{message}");
        let message = parse(Environment::Development, with_smtp(), None, &dir).unwrap_err();
        assert_eq!(message.lines().count(), 2, "{message}");
        assert!(message.contains("HOLDFAST_MAIL_FROM is required"), "{message}");
        for (env, url) in [(Environment::Production, SHOP), (Environment::Development, None)] {
            let config = parse(env, complete(), url, &dir).unwrap();
            assert!(matches!(config.delivery(env), Delivery::Smtp(_)), "{config:?}");
            assert_eq!(config.link_secrets.len(), 2);
            assert!(!format!("{config:?}").contains("hush"), "{config:?}");
        }
    }

    #[test]
    fn without_an_smtp_server_mails_wait_in_production_and_are_kept_in_development() {
        let dir = tempfile::tempdir().unwrap();
        let config = parse(Environment::Production, MailArgs::default(), None, &dir).unwrap();
        assert!(matches!(config.delivery(Environment::Production), Delivery::Nowhere), "{config:?}");
        assert_eq!((config.link_secrets.len(), std::fs::read_dir(dir.path()).unwrap().count()), (0, 0));
        let config = parse(Environment::Development, MailArgs::default(), None, &dir).unwrap();
        assert!(matches!(config.delivery(Environment::Development), Delivery::Memory), "{config:?}");
        assert_eq!(config.link_secrets.len(), 1, "it was generated");
        let again = parse(Environment::Development, MailArgs::default(), None, &dir).unwrap();
        assert_eq!(again.link_secrets, config.link_secrets);
    }

    #[test]
    fn each_wrong_setting_is_named_once_and_not_repeated() {
        let dir = tempfile::tempdir().unwrap();
        let long = OsString::from("hush".repeat(26));
        let wrong = |shop_name: OsString| MailArgs {
            smtp_url: Some(sensitive("http://shop:hush@mail.example")),
            mail_from: Some("hush".into()),
            shop_name: Some(shop_name),
            shop_contact: Some("javascript:hush".into()),
            terms_url: Some("http://hush.example/terms".into()),
            privacy_url: Some("javascript:hush".into()),
            locale: Some("hush hush".into()),
            time_zone: Some("Europe/Hush".into()),
            link_secrets: Some(sensitive("a hush secret of links,hush")),
        };
        for shop_name in [long, "a\nhush".into(), "a\u{202E}hush".into()] {
            let message = parse(Environment::Production, wrong(shop_name), SHOP, &dir).unwrap_err();
            for name in [
                "HOLDFAST_SMTP_URL",
                "HOLDFAST_MAIL_FROM",
                "HOLDFAST_SHOP_NAME",
                "HOLDFAST_SHOP_CONTACT",
                "HOLDFAST_TERMS_URL",
                "HOLDFAST_PRIVACY_URL",
                "HOLDFAST_LOCALE",
                "HOLDFAST_TIME_ZONE",
                "HOLDFAST_LINK_SECRETS",
            ] {
                assert_eq!(message.matches(name).count(), 1, "{name}: {message}");
            }
            assert!(!message.to_lowercase().contains("hush"), "{message}");
        }
    }

    #[test]
    fn the_settings_of_mail_follow_the_configuration() {
        let dir = tempfile::tempdir().unwrap();
        let args = MailArgs {
            shop_name: Some("Fast & Fair".into()),
            shop_contact: Some("help@shop.example".into()),
            locale: Some("de".into()),
            ..complete()
        };
        let url = "https://shop.example".to_owned();
        let config = parse(Environment::Production, args, SHOP, &dir).unwrap();
        let settings = config.settings(url.clone()).unwrap();
        assert_eq!((settings.shop_name.as_str(), settings.host().as_str()), ("Fast & Fair", "shop.example"));
        assert_eq!(settings.contact.map(|contact| contact.url()).as_deref(), Some("mailto:help@shop.example"));
        assert_eq!(settings.language.as_str(), "de");
        // The first secret signs, and both verify.
        let (order, now) = (OrderId::from(uuid::Uuid::from_u128(1)), Timestamp::from_millis(1_800_000_000_000));
        let [first, second] = LINK_SECRETS.split(',').collect::<Vec<_>>()[..] else { panic!("two secrets") };
        let links = |secret: &str| OrderLinks::new(url.clone(), vec![secret.as_bytes().to_vec()]);
        assert_eq!(settings.links.sign(order, now), links(first).sign(order, now));
        assert_eq!(settings.links.names(), [links(first).names(), links(second).names()].concat());
        let defaults = MailConfig::default().settings(url).unwrap();
        assert_eq!((defaults.shop_name.as_str(), defaults.language.as_str()), ("Holdfast", "en"));
    }
}
