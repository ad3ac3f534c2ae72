//! Which passwords are accepted: long ones that are not among the first guesses (NIST SP 800-63B).

use checkout::store::operators::EmailAddress;
use std::collections::HashSet;

/// Minimum length, in characters.
const MIN_LENGTH: usize = 12;
/// Maximum length, in characters.
pub const MAX_LENGTH: usize = 256;
/// Minimum number of different characters.
const MIN_DIFFERENT: usize = 5;

/// Passwords of at least twelve characters that are found most often in leaked lists, and their like for this shop. They are
/// compared in lower case.
const COMMON: [&str; 28] = [
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789012345",
    "1234567890123456",
    "0123456789012",
    "123123123123",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
    "qwerty123456",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "q1w2e3r4t5y6",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "mypassword123",
    "iloveyou1234",
    "iloveyouforever",
    "letmeinletmein",
    "administrator",
    "administrator1",
    "changemeplease",
    "correcthorsebatterystaple",
    "welcome12345",
    "holdfastholdfast",
];

/// Why a password is refused, in words for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// It is too short.
    #[error("Use at least 12 characters.")]
    TooShort,
    /// It has a control character, which no keyboard types into the form.
    #[error("Use a password without control characters.")]
    ControlCharacter,
    /// It is too long.
    #[error("Use at most 256 characters.")]
    TooLong,
    /// It is one of the first that are guessed.
    #[error("This password is too easy to guess. Choose a few unrelated words.")]
    Common,
    /// It contains the e-mail address.
    #[error("Choose a password that does not contain your e-mail address.")]
    LikeEmail,
}

/// Checks a password that an operator chose.
pub fn check(password: &str, email: &EmailAddress) -> Result<(), PasswordError> {
    if password.chars().any(char::is_control) {
        return Err(PasswordError::ControlCharacter);
    }
    let length = password.chars().take(MAX_LENGTH + 1).count();
    if length < MIN_LENGTH {
        return Err(PasswordError::TooShort);
    }
    if length > MAX_LENGTH {
        return Err(PasswordError::TooLong);
    }
    let lower = password.to_lowercase();
    if lower.contains(email.as_str()) || lower == email.local_part() {
        return Err(PasswordError::LikeEmail);
    }
    if COMMON.contains(&lower.as_str()) || lower.chars().collect::<HashSet<_>>().len() < MIN_DIFFERENT {
        return Err(PasswordError::Common);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_passwords_that_nobody_guesses_first_are_accepted() {
        let email = "ada.lovelace@example.com".parse().unwrap();
        let long = "correct horse ".repeat(20);
        for (password, expected) in [
            ("twelve chars", Ok(())),
            ("ü-Ümläute-ß1", Ok(())),
            ("eleven char", Err(PasswordError::TooShort)),
            ("four unrelated\0words", Err(PasswordError::ControlCharacter)),
            ("four unrelated\u{85}words", Err(PasswordError::ControlCharacter)),
            (&long, Err(PasswordError::TooLong)),
            ("PassWord1234", Err(PasswordError::Common)),
            ("ababababababab", Err(PasswordError::Common)),
            ("Ada.Lovelace", Err(PasswordError::LikeEmail)),
            ("my ada.lovelace@example.com!", Err(PasswordError::LikeEmail)),
        ] {
            assert_eq!(check(password, &email), expected, "{password}");
        }
        assert!(
            COMMON
                .iter()
                .all(|password| password.chars().count() >= MIN_LENGTH && *password == password.to_lowercase())
        );
    }
}
