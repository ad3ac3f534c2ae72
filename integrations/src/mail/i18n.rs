//! The languages of mails to shoppers. Each has one catalogue of texts: `locales/<language>/integrations.ftl`, in Fluent's format.

use checkout::model::{Language, Locale};
use i18n_embed::{
    LanguageLoader as _,
    fluent::{FluentLanguageLoader, fluent_language_loader},
};
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "../locales"]
struct Catalogues;

/// A language with a catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum MailLanguage {
    /// English, which operators and all other shoppers read.
    #[default]
    English,
    /// German.
    German,
}

impl MailLanguage {
    const ALL: [Self; 2] = [Self::English, Self::German];

    /// Returns the language of a tag, whatever its region.
    fn of(tag: &Language) -> Self {
        let language = tag.as_str().split('-').next().unwrap_or_default();
        let known = Self::ALL.into_iter().find(|known| known.tag().eq_ignore_ascii_case(language));
        known.unwrap_or_default()
    }

    /// The tag of the language (BCP 47).
    pub(super) fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The texts of the language.
    pub(super) fn catalogue(self) -> &'static FluentLanguageLoader {
        static ENGLISH: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(MailLanguage::English));
        static GERMAN: LazyLock<FluentLanguageLoader> = LazyLock::new(|| load(MailLanguage::German));
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
        }
    }
}

/// The language of a mail's texts, and the way in which its reader writes numbers and dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reader {
    pub(super) language: MailLanguage,
    pub(super) locale: Locale,
}

impl Reader {
    /// A shopper, whose language may be unknown.
    pub(super) fn shopper(language: Option<&Language>, of_shop: &Language) -> Self {
        let known = language.and_then(|tag| Some((tag, Locale::of(tag)?)));
        let (tag, locale) = known.unwrap_or_else(|| (of_shop, Self::operator(of_shop).locale));
        Self { language: MailLanguage::of(tag), locale }
    }

    /// An operator, who reads English, and numbers as the shop writes them.
    pub(super) fn operator(of_shop: &Language) -> Self {
        Self { language: MailLanguage::English, locale: Locale::of(of_shop).unwrap_or(Locale::ENGLISH) }
    }
}

/// A text for a reader: `text!(reader, "id")`, `text!(reader, "id", "attribute")`, or with arguments
/// `text!(reader, "id", name = value)`. It is a `String`.
macro_rules! text {
    ($reader:expr, $id:literal) => { i18n_embed_fl::fl!($reader.language.catalogue(), $id) };
    ($reader:expr, $id:literal, $($rest:tt)+) => { i18n_embed_fl::fl!($reader.language.catalogue(), $id, $($rest)+) };
}
pub(super) use text;

/// Loads a catalogue. Texts that it lacks are taken from the English one.
fn load(language: MailLanguage) -> FluentLanguageLoader {
    let loader = fluent_language_loader!();
    let wanted = [language.tag(), MailLanguage::English.tag()].map(|tag| tag.parse().unwrap_or_default());
    if let Err(error) = loader.load_languages(&Catalogues, &wanted) {
        tracing::error!(%error, language = language.tag(), "cannot load the texts of a language");
    }
    // The marks around arguments are for texts of two writing directions. They would stay in subjects.
    loader.set_use_isolating(false);
    loader
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn reader(language: Option<&str>, shop: &str) -> Reader {
        let language = language.map(|tag| tag.parse().unwrap());
        Reader::shopper(language.as_ref(), &shop.parse().unwrap())
    }

    fn locale(tag: &str) -> Locale {
        Locale::of(&tag.parse().unwrap()).unwrap()
    }

    #[test]
    fn shoppers_read_their_own_language_and_else_that_of_the_shop() {
        use MailLanguage::{English, German};
        for (own, shop, language, numbers) in [
            (Some("de-CH"), "en", German, "de-CH"),
            (Some("DE"), "en", German, "de"),
            (Some("en-GB"), "de", English, "en-GB"),
            (Some("fr"), "de", English, "fr"),
            (Some("tlh"), "de-AT", German, "de-AT"),
            (None, "de-AT", German, "de-AT"),
            (None, "fr", English, "fr"),
        ] {
            let expected = Reader { language, locale: locale(numbers) };
            assert_eq!(reader(own, shop), expected, "{own:?} {shop}");
        }
        let operator = Reader::operator(&"de".parse().unwrap());
        assert_eq!(operator, Reader { language: English, locale: locale("de") });
    }

    /// The entries of a catalogue, each with the arguments that its value and attributes use.
    fn entries(language: MailLanguage) -> BTreeMap<String, BTreeSet<String>> {
        let file = Catalogues::get(&format!("{}/integrations.ftl", language.tag())).unwrap();
        let text = String::from_utf8(file.data.into_owned()).unwrap();
        let mut entries = BTreeMap::<String, BTreeSet<String>>::new();
        let (mut message, mut entry) = (String::new(), String::new());
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((attribute, _)) = line.trim().strip_prefix('.').and_then(|rest| rest.split_once(" =")) {
                entry = format!("{message}.{attribute}");
            } else if let Some((id, _)) = line.split_once(" =").filter(|_| !line.starts_with(' ')) {
                id.clone_into(&mut message);
                entry.clone_from(&message);
                assert!(!entries.contains_key(&entry), "{entry} is there twice ({language:?})");
            }
            let arguments = line.split('$').skip(1).map(|rest| {
                rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect::<String>()
            });
            if !entry.is_empty() {
                entries.entry(entry.clone()).or_default().extend(arguments);
            }
        }
        entries
    }

    #[test]
    fn each_catalogue_has_the_same_texts_with_the_same_arguments() {
        let english = entries(MailLanguage::English);
        assert!(english.contains_key("mail-receipt.heading"), "{english:?}");
        for language in MailLanguage::ALL {
            assert_eq!(english, entries(language));
        }
    }
}
