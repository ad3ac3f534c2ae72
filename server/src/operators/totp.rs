//! Codes of an authenticator app (RFC 6238): six digits that change every 30 seconds.

use super::OperatorError;
use checkout::{model::Timestamp, store::operators::EmailAddress};
use qrcode::{EcLevel, QrCode, render::svg};
use subtle::ConstantTimeEq as _;
use totp_rs::{Algorithm, Secret, TOTP};

/// Length of a code, in digits.
const DIGITS: usize = 6;
/// Time for which a code is shown.
const STEP_S: i64 = 30;
/// Steps before and after the current one whose codes are accepted, because clocks differ and people are slow.
const TOLERANCE: i64 = 1;
/// Length of a key in bytes: that of the digest (RFC 4226 §4).
const KEY_LENGTH: usize = 20;
/// The name of the shop in the app.
const ISSUER: &str = "Holdfast";

/// A key of an authenticator app. It has no `Debug`, so that no log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Vec<u8>);

impl Key {
    /// Generates a key.
    pub fn generate() -> Result<Self, OperatorError> {
        let mut bytes = vec![0; KEY_LENGTH];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Parses a key in base 32; `None` unless it is as long as ours.
    pub fn from_base32(text: &str) -> Option<Self> {
        let bytes = Secret::Encoded(text.trim().to_owned()).to_bytes().ok()?;
        (bytes.len() == KEY_LENGTH).then_some(Self(bytes))
    }

    /// Returns the key in base 32, as people type it.
    pub fn to_base32(&self) -> String {
        base32(&self.0)
    }

    /// Returns the bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Returns a QR code from which an app reads the key, as SVG.
    pub fn qr_code(&self, email: &EmailAddress) -> Result<String, OperatorError> {
        let failed = |error: qrcode::types::QrError| OperatorError::Failed(error.to_string());
        let code = QrCode::with_error_correction_level(self.uri(email), EcLevel::M).map_err(failed)?;
        // A light margin around it, also in the dark theme.
        let image = code.render::<svg::Color<'_>>().min_dimensions(220, 220).quiet_zone(true).build();
        // Within a page, there is no XML declaration.
        Ok(image.split_once("?>").map_or(image.clone(), |(_, svg)| svg.to_owned()))
    }

    /// Returns the address that apps understand.
    fn uri(&self, email: &EmailAddress) -> String {
        let label: String = form_urlencoded::byte_serialize(email.as_str().as_bytes()).collect();
        format!("otpauth://totp/{ISSUER}:{label}?secret={}&issuer={ISSUER}", self.to_base32())
    }

    /// Returns the code of a time step.
    pub fn code(&self, step: i64) -> Result<String, OperatorError> {
        let totp = TOTP::new(Algorithm::SHA1, DIGITS, 0, STEP_S.unsigned_abs(), self.0.clone());
        let totp = totp.map_err(|error| OperatorError::Failed(error.to_string()))?;
        Ok(totp.generate(u64::try_from(step * STEP_S).unwrap_or(0)))
    }

    /// Returns the time step of a code that is valid at `now`.
    pub fn matching_step(&self, code: &str, now: Timestamp) -> Result<Option<i64>, OperatorError> {
        let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let current = step_at(now);
        let mut found = None;
        // All steps are compared, so that the time does not tell which one matches.
        for step in current - TOLERANCE..=current + TOLERANCE {
            if bool::from(self.code(step)?.as_bytes().ct_eq(typed.as_bytes())) {
                found = Some(step);
            }
        }
        Ok(found)
    }
}

/// Returns the time step of an instant.
pub fn step_at(now: Timestamp) -> i64 {
    now.as_millis() / 1000 / STEP_S
}

/// Returns bytes in base 32, without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    Secret::Raw(bytes.to_vec()).to_encoded().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the examples in RFC 6238, appendix B.
    fn key() -> Key {
        Key::from_bytes(b"12345678901234567890")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let step = step_at(Timestamp::from_millis(seconds * 1000));
            assert_eq!(key().code(step).unwrap(), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_is_valid_one_step_early_or_late() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let step = step_at(now);
        for (offset, valid) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = key().code(step + offset).unwrap();
            let found = key().matching_step(&format!(" {} {} ", &code[..3], &code[3..]), now).unwrap();
            assert_eq!(found, valid.then_some(step + offset), "{offset}");
        }
        for code in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(key().matching_step(code, now).unwrap(), None, "{code}");
        }
    }

    #[test]
    fn a_key_is_read_as_it_is_shown() {
        let key = Key::generate().unwrap();
        assert!(Key::from_base32(&key.to_base32()) == Some(key.clone()));
        assert!(Key::from_base32("GEZDGNBV").is_none() && Key::from_base32("not base 32!").is_none());
        let email = "ada+shop@example.com".parse().unwrap();
        let svg = key.qr_code(&email).unwrap();
        assert!(svg.trim_start().starts_with("<svg"), "{svg}");
        assert!(key.uri(&email).starts_with("otpauth://totp/Holdfast:ada%2Bshop%40example.com?secret="));
    }
}
