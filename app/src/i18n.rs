//! The languages of the storefront. Each has one catalogue of texts: `locales/<language>/app.ftl`, in Fluent's format. English is
//! the source: its ids and arguments are checked at compile time, and a test compares the other catalogues with it.

use crate::shop::ShopInfo;
use checkout::model::{Language, Locale};
use http::{HeaderMap, header, request::Parts};
use i18n_embed::{
    LanguageLoader as _,
    fluent::{FluentLanguageLoader, fluent_language_loader},
};
use leptos::prelude::{Owner, provide_context, use_context};
use rust_embed::RustEmbed;
use std::{str::FromStr, sync::LazyLock};

#[derive(RustEmbed)]
#[folder = "../locales"]
struct Catalogues;

/// Name of the cookie with the language that a visitor has chosen.
pub const LANGUAGE_COOKIE: &str = "holdfast-language";

/// A language with a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogueLanguage {
    /// English, the source of the other catalogues.
    English,
    /// German.
    German,
}

impl CatalogueLanguage {
    /// All languages, in the order in which the switch offers them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The tag of the language without a region (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language's own name.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The territory of the language where none is named.
    fn territory(self) -> &'static str {
        match self {
            Self::English => "US",
            Self::German => "DE",
        }
    }

    fn locale(self) -> Locale {
        self.tag().parse().ok().and_then(|tag| Locale::of(&tag)).unwrap_or(Locale::ENGLISH)
    }

    fn loader(self) -> &'static FluentLanguageLoader {
        static ENGLISH: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(CatalogueLanguage::English));
        static GERMAN: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(CatalogueLanguage::German));
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

impl FromStr for CatalogueLanguage {
    type Err = ();

    /// Reads a language tag, whatever its region.
    fn from_str(tag: &str) -> Result<Self, ()> {
        let language = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(language)).ok_or(())
    }
}

/// The language of a page, and how it writes numbers and dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageLanguage {
    /// The language of the texts.
    pub catalogue: CatalogueLanguage,
    /// The language with its region, where the browser or the shop's settings name one.
    tag: Language,
    /// How numbers, prices and dates are written.
    pub locale: Locale,
}

impl Default for PageLanguage {
    fn default() -> Self {
        Self::plain(CatalogueLanguage::English)
    }
}

impl PageLanguage {
    /// Chooses the language for a request with these headers: the one of the switch, or else the first of the browser's languages
    /// that has a catalogue, or else the shop's. The browser's region stays, as in `de-CH`.
    pub fn of(headers: &HeaderMap, shop: &Self) -> Self {
        let accepted = Language::preferences(header_text(headers, &header::ACCEPT_LANGUAGE));
        let known = |tag: &Language| tag.as_str().parse::<CatalogueLanguage>().ok();
        let chosen = chosen(header_text(headers, &header::COOKIE));
        let catalogue = chosen.or_else(|| accepted.iter().find_map(known)).unwrap_or(shop.catalogue);
        let of_browser = accepted.into_iter().find(|tag| known(tag) == Some(catalogue));
        match of_browser.and_then(|tag| Some((Locale::of(&tag)?, tag))) {
            Some((locale, tag)) => Self { catalogue, tag, locale },
            None if catalogue == shop.catalogue => shop.clone(),
            None => Self::plain(catalogue),
        }
    }

    /// The language of a shop with this tag in its settings. Its texts are English if the tag's language has no catalogue.
    pub fn of_shop(tag: &Language) -> Self {
        let locale = Locale::of(tag);
        let language = match tag.as_str().parse() {
            Ok(catalogue) => Self { tag: tag.clone(), ..Self::plain(catalogue) },
            Err(()) => Self::default(),
        };
        Self { locale: locale.unwrap_or(language.locale), ..language }
    }

    /// A language without a region.
    fn plain(catalogue: CatalogueLanguage) -> Self {
        Self { catalogue, tag: plain(catalogue), locale: catalogue.locale() }
    }

    /// The language of the page that is being rendered. It is English outside of a request.
    pub fn current() -> Self {
        // Pages provide the language; server functions have the request alone.
        use_context::<Self>()
            .or_else(|| use_context::<Parts>().map(|parts| Self::of(&parts.headers, &ShopInfo::current().language)))
            .unwrap_or_default()
    }

    /// Calls a function that writes texts or prices in this language, outside of a page.
    pub fn scope<T>(self, write: impl FnOnce() -> T) -> T {
        Owner::new().with(|| {
            provide_context(self);
            write()
        })
    }

    /// The language tag, with its region where the browser or the shop's settings name one.
    pub fn tag(&self) -> &Language {
        &self.tag
    }

    /// The language and its territory as the Open Graph protocol writes them: `de_CH`.
    pub fn open_graph(&self) -> String {
        let mut parts = self.tag.as_str().split('-').skip(1);
        let region = parts.find(|part| part.len() == 2).map(str::to_ascii_uppercase);
        format!("{}_{}", self.catalogue.tag(), region.as_deref().unwrap_or(self.catalogue.territory()))
    }
}

/// The catalogue of the page that is being rendered.
pub(crate) fn catalogue() -> &'static FluentLanguageLoader {
    let language =
        use_context::<PageLanguage>().map_or_else(|| PageLanguage::current().catalogue, |page| page.catalogue);
    language.loader()
}

/// A text of the catalogue in the language of the page: `text!("id")`, `text!("id", "attribute")`, or with arguments
/// `text!("id", name = value)`. It is a `String`.
macro_rules! text {
    ($id:literal) => { i18n_embed_fl::fl!($crate::i18n::catalogue(), $id) };
    ($id:literal, $($rest:tt)+) => { i18n_embed_fl::fl!($crate::i18n::catalogue(), $id, $($rest)+) };
}
pub(crate) use text;

/// A message with a title and, as the attribute `text` of the same entry, its text. Both get the same arguments.
macro_rules! notice {
    ($id:literal) => {
        $crate::messages::Notice::new($crate::i18n::text!($id), $crate::i18n::text!($id, "text"))
    };
}
pub(crate) use notice;

/// Loads a catalogue. Texts that it lacks are taken from the English one.
fn load(language: CatalogueLanguage) -> FluentLanguageLoader {
    let loader = fluent_language_loader!();
    let wanted = [language.tag(), CatalogueLanguage::English.tag()].map(|tag| tag.parse().unwrap_or_default());
    if let Err(error) = loader.load_languages(&Catalogues, &wanted) {
        tracing::error!(%error, language = language.tag(), "cannot load the texts of a language");
    }
    // The marks around arguments are for texts of two writing directions. They would stay in titles and file names.
    loader.set_use_isolating(false);
    loader
}

fn header_text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Returns the language that the visitor has chosen, from the value of a `Cookie` header.
fn chosen(cookies: &str) -> Option<CatalogueLanguage> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == LANGUAGE_COOKIE)?.1.parse().ok()
}

fn plain(language: CatalogueLanguage) -> Language {
    match language.tag().parse() {
        Ok(tag) => tag,
        Err(_) => unreachable!("the tag of a catalogue is valid"),
    }
}

/// The language of a page for a visitor who reads German.
#[cfg(test)]
pub(crate) fn german() -> PageLanguage {
    PageLanguage::plain(CatalogueLanguage::German)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn of_shop(tag: &str) -> PageLanguage {
        PageLanguage::of_shop(&tag.parse().unwrap())
    }

    fn page(accepted: &str, cookies: &str, shop: &str) -> (String, CatalogueLanguage) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, accepted.parse().unwrap());
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        let page = PageLanguage::of(&headers, &of_shop(shop));
        (page.tag().as_str().to_owned(), page.catalogue)
    }

    #[test]
    fn the_switch_comes_before_the_browsers_languages() {
        for (accepted, cookies, tag) in [
            ("", "", "en"),
            ("fr-FR, nl", "", "en"),
            ("fr, de-CH;q=0.9, en;q=0.8", "", "de-CH"),
            ("de;q=0.5, en-GB", "", "en-GB"),
            ("de-AT, en", "a=b; holdfast-language=en", "en"),
            ("de-AT, en-GB", "holdfast-language=de", "de-AT"),
            ("en", "holdfast-language=de", "de"),
            ("en", "holdfast-language=xx; other=de", "en"),
        ] {
            let (found, language) = page(accepted, cookies, "en");
            assert_eq!(found, tag, "{accepted:?} {cookies:?}");
            assert!(found.starts_with(language.tag()));
        }
    }

    #[test]
    fn visitors_whose_languages_have_no_catalogue_read_that_of_the_shop() {
        for (shop, accepted, cookies, tag) in [
            ("de-AT", "", "", "de-AT"),
            ("de-AT", "fr", "", "de-AT"),
            ("de-AT", "fr, de", "", "de"),
            ("de-AT", "en-GB", "", "en-GB"),
            ("de-AT", "fr", "holdfast-language=en", "en"),
            ("de-AT", "en", "holdfast-language=de", "de-AT"),
            ("fr-FR", "", "", "en"),
        ] {
            assert_eq!(page(accepted, cookies, shop).0, tag, "{shop} {accepted:?} {cookies:?}");
        }
        let french = of_shop("fr-FR");
        assert_eq!(french.catalogue, CatalogueLanguage::English);
        assert_ne!(french.locale, Locale::ENGLISH, "prices on cards are those of the settings");
    }

    #[test]
    fn the_language_has_a_territory_for_the_open_graph_protocol() {
        for (tag, expected) in
            [("en", "en_US"), ("en-gb", "en_GB"), ("de", "de_DE"), ("de-CH", "de_CH"), ("fr", "en_US")]
        {
            assert_eq!(of_shop(tag).open_graph(), expected);
        }
    }

    /// The entries of a catalogue, each with the arguments that its value and attributes use.
    fn entries(language: CatalogueLanguage) -> BTreeMap<String, BTreeSet<String>> {
        let file = Catalogues::get(&format!("{}/app.ftl", language.tag())).unwrap();
        let text = String::from_utf8(file.data.into_owned()).unwrap();
        let mut entries = BTreeMap::<String, BTreeSet<String>>::new();
        let (mut message, mut entry) = (String::new(), String::new());
        for line in text.lines() {
            if let Some((id, _)) = line.split_once('=')
                && line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')
            {
                id.trim().clone_into(&mut message);
                entry.clone_from(&message);
                assert!(!entries.contains_key(&entry), "{entry} is there twice ({language:?})");
            } else if let Some((attribute, _)) = line.trim().strip_prefix('.').and_then(|rest| rest.split_once(" =")) {
                entry = format!("{message}.{attribute}");
            }
            if !entry.is_empty() && !line.starts_with('#') {
                let arguments = line.split('$').skip(1).map(|rest| {
                    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect::<String>()
                });
                entries.entry(entry.clone()).or_default().extend(arguments);
            }
        }
        entries
    }

    #[test]
    fn each_catalogue_has_the_same_texts_with_the_same_arguments() {
        let english = entries(CatalogueLanguage::English);
        for language in CatalogueLanguage::ALL {
            let other = entries(language);
            for (id, arguments) in &english {
                assert_eq!(other.get(id), Some(arguments), "{id} ({language:?})");
            }
            assert_eq!(english.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        }
    }

    #[test]
    fn texts_are_in_the_language_of_the_page() {
        let title = |tag: &str| {
            let language = tag.parse::<CatalogueLanguage>().unwrap();
            language.loader().get("nav-orders")
        };
        assert_eq!((title("en-US").as_str(), title("de").as_str()), ("My orders", "Meine Bestellungen"));
    }
}
