//! Texts that islands write. The browser has no catalogue, so every page has these texts in its own language, at the script that
//! starts the islands.

/// The id of the element with the texts, which are the lines of its attribute `data-texts`.
pub(crate) const ELEMENT_ID: &str = "hydration";

/// Defines the texts. Their order is that of the lines in the page.
macro_rules! island_texts {
    ($($name:ident => $text:expr,)+) => {
        /// A text that islands write. `{n}` in it stands for a number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum IslandText {
            $($name,)+
        }

        #[cfg(feature = "ssr")]
        impl IslandText {
            const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the text in the language of the page.
            pub(crate) fn get(self) -> String {
                use crate::i18n::text;
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

island_texts! {
    Connecting => text!("connection-connecting"),
    Live => text!("connection-live"),
    Lost => text!("connection-lost"),

    LeftToOrder => text!("countdown-order", time = "{time}"),
    LeftToPay => text!("countdown-pay", time = "{time}"),
    UntilSaleOpens => text!("countdown-sale", time = "{time}"),
    UntilDropOpens => text!("countdown-drop", time = "{time}"),
    TenSeconds => text!("countdown-ten-seconds"),
    ThirtySeconds => text!("countdown-thirty-seconds"),
    Minute => text!("countdown-minute"),
    TimeOver => text!("countdown-over"),

    BadgeUpcoming => text!("sale-badge-upcoming"),
    BadgeAvailable => text!("sale-badge-available"),
    BadgeAllTaken => text!("sale-all-taken"),
    BadgePaused => text!("sale-badge-paused"),
    BadgeEnded => text!("sale-badge-ended"),
    SoldOut => text!("sale-sold-out"),
    OneUnit => text!("sale-units", n = 1),
    Units => text!("sale-units", n = "{n}"),
    InCarts => text!("sale-in-carts", n = "{n}"),
    SoldOf => text!("sale-sold-of", n = "{n}", total = "{total}"),
    AvailableOf => text!("sale-available-of", n = "{n}", total = "{total}"),

    Quantity => text!("sale-quantity"),
    OneLess => text!("sale-quantity-less"),
    OneMore => text!("sale-quantity-more"),
    Watching => text!("sale-watching", n = "{n}"),
    Reserved => text!("sale-ticker-reserved", n = "{n}", age = "{age}"),
    BackOnSale => text!("sale-ticker-back", n = "{n}", age = "{age}"),
    Sold => text!("sale-ticker-sold", n = "{n}", age = "{age}"),
    Now => text!("sale-ticker-now"),
    SecondsAgo => text!("sale-ticker-seconds", n = "{n}"),
    MinutesAgo => text!("sale-ticker-minutes", n = "{n}"),

    HeldLabel => text!("held-label"),
    HeldOver => text!("held-over"),
}

impl IslandText {
    /// Returns the text with a number in place of `{n}`.
    pub(crate) fn with(self, n: impl Into<i64>) -> String {
        self.get().replace("{n}", &n.into().to_string())
    }
}

/// Returns all texts in the language of the page, one a line.
#[cfg(feature = "ssr")]
pub(crate) fn island_texts() -> String {
    let texts: Vec<_> = IslandText::ALL.iter().map(|text| text.get()).collect();
    texts.join("\n")
}

#[cfg(not(feature = "ssr"))]
impl IslandText {
    /// Returns the text in the language of the page.
    pub(crate) fn get(self) -> String {
        thread_local! {
            static TEXTS: String = read().unwrap_or_default();
        }
        TEXTS.with(|texts| texts.split('\n').nth(self as usize).unwrap_or_default().to_owned())
    }
}

#[cfg(not(feature = "ssr"))]
fn read() -> Option<String> {
    leptos::prelude::document().get_element_by_id(ELEMENT_ID)?.get_attribute("data-texts")
}

#[cfg(feature = "ssr")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::{PageLanguage, german};

    #[test]
    fn each_text_is_one_line_in_its_place() {
        for language in [PageLanguage::default(), german()] {
            language.scope(|| {
                let all = island_texts();
                let lines: Vec<_> = all.split('\n').collect();
                assert_eq!(lines.len(), IslandText::ALL.len());
                for text in IslandText::ALL {
                    assert_eq!(lines[*text as usize], text.get(), "{text:?}");
                }
            });
        }
    }

    #[test]
    fn numbers_take_the_place_of_their_mark() {
        let text = || IslandText::Watching.with(42_u32);
        assert_eq!([text(), german().scope(text)], ["42 watching right now", "42 schauen gerade zu"]);
        assert_eq!([IslandText::OneUnit.get(), IslandText::Units.with(3_u32)], ["1 unit", "3 units"]);
    }
}
