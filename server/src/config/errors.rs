//! Collects the errors of all settings, so that one message names them all.

use super::{
    Common, Environment,
    secret::{self, JwtKey, Secret},
    values,
};
use std::{ffi::OsString, fmt};

/// All invalid and missing settings, one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("some settings are invalid or missing:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for ConfigError {}

/// Collects the errors of all settings: name and message.
#[derive(Default)]
pub(super) struct SettingErrors(Vec<(&'static str, String)>);

impl SettingErrors {
    pub(super) fn add(&mut self, name: &'static str, message: &str) {
        self.0.push((name, message.to_owned()));
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| *found == name)
    }

    /// Parses one setting. Returns `None` if it is missing, empty or invalid. Messages never repeat the value, since a
    /// secret may have been put into the wrong setting.
    pub(super) fn parse<T>(
        &mut self,
        name: &'static str,
        value: Option<impl Into<OsString>>,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let value = value.map(Into::into).filter(|v| !v.is_empty())?;
        let parsed = value.to_str().ok_or_else(|| "must be UTF-8".to_owned()).and_then(|v| parse(v.trim()));
        parsed.map_err(|message| self.add(name, &message)).ok()
    }

    /// Returns the secrets that the server cannot run without. Production must configure them; in development, missing
    /// ones are generated once and stored in the data folder.
    pub(super) fn required_secrets(
        &mut self,
        common: &Common,
        webhook: Option<Vec<Secret>>,
        jwt: Option<Vec<JwtKey>>,
    ) -> (Vec<Secret>, Vec<JwtKey>) {
        let mut generated = Vec::new();
        // An invalid environment may have meant production, so no secrets are generated for it.
        let is_development = common.env == Environment::Development && !self.has("HOLDFAST_ENV");
        if is_development && (webhook.is_none() || jwt.is_none()) {
            match secret::for_development(&common.data_dir) {
                Ok(secrets) => generated = secrets,
                Err(error) => {
                    self.add("HOLDFAST_DATA_DIR", &format!("cannot be used: {}: {error}", common.data_dir.display()));
                }
            }
        }
        let find = |name: &str| generated.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let webhook = webhook.or_else(|| values::webhook_secrets(find("HOLDFAST_WEBHOOK_SECRETS")?, 1).ok());
        let jwt = jwt.or_else(|| values::jwt_keys(find("HOLDFAST_JWT_KEYS")?, 1).ok());
        for (name, missing) in [("HOLDFAST_WEBHOOK_SECRETS", webhook.is_none()), ("HOLDFAST_JWT_KEYS", jwt.is_none())] {
            if missing && common.env == Environment::Production && !self.has(name) {
                self.add(name, "is required in production");
            }
        }
        (webhook.unwrap_or_default(), jwt.unwrap_or_default())
    }

    /// Returns the secrets that sign links in mails. In development, a missing one is generated.
    pub(super) fn link_secrets(
        &mut self,
        common: &Common,
        given: Option<Vec<Secret>>,
        is_required: bool,
    ) -> Vec<Secret> {
        const NAME: &str = "HOLDFAST_LINK_SECRETS";
        let is_development = common.env == Environment::Development && !self.has("HOLDFAST_ENV");
        if is_development && given.is_none() {
            // An unusable folder is reported with the other secrets.
            let generated = secret::for_development(&common.data_dir).unwrap_or_default();
            let found = generated.iter().find(|(name, _)| name == NAME);
            return found.and_then(|(_, value)| values::secrets(value, 1).ok()).unwrap_or_default();
        }
        self.require(NAME, given.is_some() || !is_required, "is required in production with HOLDFAST_SMTP_URL");
        given.unwrap_or_default()
    }

    /// Reports a setting that is missing, unless it is reported already.
    pub(super) fn require(&mut self, name: &'static str, is_there: bool, message: &str) {
        if !is_there && !self.has(name) {
            self.add(name, message);
        }
    }

    pub(super) fn none_or<T>(self, settings: T) -> Result<T, ConfigError> {
        if self.0.is_empty() {
            return Ok(settings);
        }
        Err(ConfigError(self.0.into_iter().map(|(name, message)| format!("{name} {message}")).collect()))
    }
}
