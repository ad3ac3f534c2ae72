//! Messages for operators about refused changes.

use super::labels::{self, amount, money, refund_state_name};
use checkout::model::{Currency, ForbiddenChar, ProductError, Refusal};

/// Explains why a change was refused, and what to do. Amounts are in `currency`.
pub fn refusal(refusal: &Refusal, currency: Option<Currency>) -> String {
    match refusal {
        Refusal::StockCommitted { committed } => {
            format!("{committed} units are held, pending or sold. The total cannot be less.")
        }
        Refusal::TooMuchStock => "That many units cannot be counted or paid for. Choose fewer.".to_owned(),
        Refusal::InvalidProduct { error } => product_error(*error).1,
        Refusal::ProductInUse { units } => {
            let units = labels::units(*units);
            format!("{units} in holds or unpaid orders. Pause the sale, and archive the product once they have ended.")
        }
        Refusal::OrderPaid => "This order is paid. Refund it instead.".to_owned(),
        Refusal::DisputeOpen => "The shopper disputes this payment at their bank. Refund it only once the dispute is \
                                 closed: until then, the money might go back twice."
            .to_owned(),
        Refusal::OrderNotPaid => "This order is not paid, so there is nothing to refund.".to_owned(),
        Refusal::AlreadyRestocked { left: 0 } => "All units of this order are on sale again already.".to_owned(),
        Refusal::AlreadyRestocked { left } => {
            format!("At most {} of this order can be put back on sale.", labels::units(*left))
        }
        Refusal::RefundTooLarge { left: 0 } => "Nothing is left to refund.".to_owned(),
        Refusal::RefundTooLarge { left } => {
            let left = amount(*left, currency, money);
            format!("The amount must be above zero, and at most {left}, which is left to refund.")
        }
        Refusal::RefundState { state, attempt } => {
            let state = refund_state_name(*state);
            format!("This refund has changed meanwhile: its state is {state}, in attempt {attempt}.")
        }
        Refusal::InProgress => "The same form is being processed. Open the page again in a moment.".to_owned(),
        Refusal::KeyReused => {
            "This form was already used for another change, so nothing was changed. Check it and send it again."
                .to_owned()
        }
        other => sentence(&other.to_string()),
    }
}

/// Returns the field of a product's form that an error is about, and the message beside it.
pub fn product_error(error: ProductError) -> (&'static str, String) {
    let (field, text) = match error {
        ProductError::NameCharacter(found) => return ("name", forbidden_char(found)),
        ProductError::DescriptionCharacter(found) => return ("description", forbidden_char(found)),
        ProductError::Slug => ("slug", "Use lower-case letters, digits and single hyphens, at most 64 characters."),
        ProductError::ReservedSlug => ("slug", "This slug is reserved. Choose another one."),
        ProductError::SlugLikeId => ("slug", "This slug has the form of an id. Choose another one."),
        ProductError::Name => ("name", "Enter 1 to 200 characters."),
        ProductError::Description => ("description", "Use at most 2000 characters."),
        ProductError::TaglineCharacter(found) => return ("tagline", forbidden_char(found)),
        ProductError::StoryCharacter(found) => return ("story", forbidden_char(found)),
        ProductError::SpecificationCharacter(found) => return ("specification", forbidden_char(found)),
        ProductError::Tagline => ("tagline", "Use at most 160 characters."),
        ProductError::Story => ("story", "Use at most 5000 characters."),
        ProductError::Specification => ("specification", "Use at most 30 lines."),
        ProductError::SpecificationRow => {
            ("specification", "Use at most 60 characters before the colon, and 300 after it.")
        }
        ProductError::Hue => ("hue", "Enter a whole number from 0 to 359, or leave it empty."),
        ProductError::Price => ("price", "Enter zero or more. Price times stock must be countable."),
        ProductError::Stock => ("stock", "Enter at most 1,000,000,000 units."),
        ProductError::Limit => ("limit", "Enter at least 1, or leave it empty for no limit."),
        ProductError::Image
        | ProductError::Pictures
        | ProductError::PictureText
        | ProductError::PictureCharacter(_)
        | ProductError::PictureTwice
        | ProductError::UnknownPicture => ("name", "The product’s pictures are not valid. Correct them on their page."),
        ProductError::Currency => ("price", "The currency of a product cannot be changed."),
        ProductError::Window => ("ends_at", "The sale must end after it starts."),
        ProductError::Span => ("hold_seconds", "Hold, payment and extension times are 1 second to 30 days."),
    };
    (field, text.to_owned())
}

/// Asks to remove a character that nobody sees.
pub fn forbidden_char(found: ForbiddenChar) -> String {
    format!("Remove the control or invisible character {found}.")
}

/// Returns the text as a sentence: with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_a_sentence() {
        for refused in [
            Refusal::UnknownProduct,
            Refusal::StockCommitted { committed: 3 },
            Refusal::ProductInUse { units: 1 },
            Refusal::RefundTooLarge { left: 5 },
            Refusal::AlreadyRestocked { left: 1 },
            Refusal::DisputeOpen,
            Refusal::SalePaused,
        ] {
            let text = refusal(&refused, Some("USD".parse().unwrap()));
            assert!(
                text.ends_with('.') && text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()),
                "{text}"
            );
        }
    }

    #[test]
    fn an_amount_is_in_the_currency_if_it_is_known() {
        let refused = Refusal::RefundTooLarge { left: 1999 };
        assert!(refusal(&refused, Some("USD".parse().unwrap())).contains("at most $19.99,"));
        assert!(refusal(&refused, None).contains("at most 1999 minor units,"));
    }
}
