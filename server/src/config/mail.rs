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
    /// Name of the shop in mails [default: Holdfast]
    #[arg(long, env = "HOLDFAST_SHOP_NAME", value_name = "NAME")]
    pub shop_name: Option<OsString>,
    /// E-mail address or page where shoppers turn with questions [default: none]
    #[arg(long, env = "HOLDFAST_SHOP_CONTACT", value_name = "CONTACT")]
    pub shop_contact: Option<OsString>,
    /// Language whose numbers and dates mails use where the shopper's is not known [default: en-US]
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
    /// Where shoppers turn with questions.
    pub contact: Option<ShopContact>,
    /// Numbers and dates of mails whose reader's language is not known.
    pub locale: Locale,
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
            locale: Locale::ENGLISH,
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
        let locale = errors.parse("HOLDFAST_LOCALE", args.locale, locale);
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
            locale: locale.unwrap_or(defaults.locale),
            zone: zone.unwrap_or(defaults.zone),
            link_secrets,
        }
    }

    /// Where mails go. Without an SMTP server, development keeps them in memory. Production does not: everybody could read them.
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
            locale: self.locale,
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

fn locale(text: &str) -> Result<Locale, String> {
    let locale = text.parse::<Language>().ok().and_then(|language| Locale::of(&language));
    locale.ok_or_else(|| "must be a language tag, such as en-US, de or pt-BR".to_owned())
}
