//! The countries of the address form.

use crate::i18n::{CatalogueLanguage, PageLanguage, text};
use checkout::model::Country;
use std::sync::LazyLock;

/// Returns all countries with their names in the language of the page, ordered by these names.
pub(super) fn countries() -> &'static [(Country, String)] {
    // The catalogue searches a name among all others, so that each language is read once.
    static ENGLISH: LazyLock<Vec<(Country, String)>> = LazyLock::new(read);
    static GERMAN: LazyLock<Vec<(Country, String)>> = LazyLock::new(read);
    match PageLanguage::current().catalogue {
        CatalogueLanguage::English => &ENGLISH,
        CatalogueLanguage::German => &GERMAN,
    }
}

/// Reads the names in the language of the page.
fn read() -> Vec<(Country, String)> {
    let name = |country: &Country| text!("country", code = country.code(), name = country.name());
    let mut all: Vec<_> = Country::all().into_iter().map(|country| (country, name(&country))).collect();
    // The order of the English names is that of the engine.
    if PageLanguage::current().catalogue != CatalogueLanguage::English {
        all.sort_by_cached_key(|(_, name)| sort_key(name));
    }
    all
}

/// Returns a name as it is sorted: letters count without their accents.
fn sort_key(name: &str) -> String {
    let plain = |letter| match letter {
        'ä' | 'ã' | 'å' => 'a',
        'é' | 'è' => 'e',
        'í' => 'i',
        'ö' | 'ô' => 'o',
        'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    name.to_lowercase().chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::in_german;

    #[test]
    fn countries_have_names_in_the_language_of_the_page_and_its_order() {
        let english = countries();
        assert!(
            english
                .iter()
                .zip(Country::all())
                .all(|((known, name), country)| { *known == country && name == country.name() })
        );
        let german = in_german(countries);
        let names: Vec<_> = german.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names.len(), english.len());
        assert_eq!(names[..3], ["Afghanistan", "Ägypten", "Ålandinseln"]);
        let name = |code| german.iter().find(|(country, _)| country.code() == code).map(|(_, name)| name.as_str());
        assert_eq!([name("DE"), name("AT"), name("CH")], [Some("Deutschland"), Some("Österreich"), Some("Schweiz")]);
        assert!(!names.contains(&""));
    }

    #[test]
    fn each_country_is_translated() {
        let same = |country: &Country| in_german(|| text!("country", code = country.code(), name = "?")) == "?";
        assert_eq!(Country::all().into_iter().filter(same).collect::<Vec<_>>(), []);
    }
}
