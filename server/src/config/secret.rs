//! Secrets, which cannot be logged by accident, and the generated secrets of a development server.

use super::dotenv;
use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use std::{
    borrow::Cow,
    ffi::OsString,
    fmt, fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

/// Secrets are copied by people and often lose their padding, which the libraries accept.
const LENIENT_BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Bytes that are never logged. [`Secret::expose`] is the only way to read them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: &str) -> Self {
        Self(text.as_bytes().into())
    }

    /// Returns the bytes, to sign or verify with.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Returns the key of a Standard Webhooks secret: the base64 after `whsec_`, or without that prefix the bytes
    /// themselves, which the specification's libraries call "raw". `None` if the prefix is not followed by valid base64.
    pub fn standard_webhooks_key(&self) -> Option<Cow<'_, [u8]>> {
        let Some(encoded) = self.0.strip_prefix(b"whsec_") else { return Some((&*self.0).into()) };
        LENIENT_BASE64.decode(encoded).ok().filter(|key| !key.is_empty()).map(Cow::Owned)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A raw setting that may contain a secret.
#[derive(Clone, Default)]
pub struct SensitiveArg(OsString);

impl From<OsString> for SensitiveArg {
    fn from(text: OsString) -> Self {
        Self(text)
    }
}

impl From<SensitiveArg> for OsString {
    fn from(arg: SensitiveArg) -> Self {
        arg.0
    }
}

impl fmt::Debug for SensitiveArg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A key that signs and verifies access tokens; `kid` names it in the token's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtKey {
    /// Key id in the token's header.
    pub kid: String,
    /// The HMAC-SHA256 key.
    pub secret: Secret,
}

/// File name in the data folder. It has the format of a `.env`, so that a shell can read it and sign webhooks.
pub const SECRETS_FILE: &str = "secrets.env";

/// Returns 256 random bits in hexadecimal.
pub fn random_hex() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

/// Creates the data folder, readable by its owner only.
pub fn private_folder(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// The secrets of a development server, and what stands before the random digits of each.
const GENERATED: [(&str, &str); 3] =
    [("HOLDFAST_WEBHOOK_SECRETS", ""), ("HOLDFAST_JWT_KEYS", "dev:"), ("HOLDFAST_LINK_SECRETS", "")];

/// Returns the development secrets of a data folder, which the first call generates. Servers that start at the same time
/// get the same secrets, because the file appears complete or not at all. A file of an earlier version is completed.
pub fn for_development(dir: &Path) -> io::Result<Vec<(String, String)>> {
    private_folder(dir)?;
    let path = dir.join(SECRETS_FILE);
    if !path.exists() {
        create(&path)?;
    }
    let secrets = read(&path)?;
    if generate(&secrets)?.is_empty() {
        return Ok(secrets);
    }
    complete(&path)?;
    read(&path)
}

fn read(path: &Path) -> io::Result<Vec<(String, String)>> {
    dotenv::read(path)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))
}

/// Returns a line for each secret that is not among the known ones.
fn generate(known: &[(String, String)]) -> io::Result<String> {
    let missing = GENERATED.iter().filter(|(name, _)| known.iter().all(|(other, _)| other != name));
    missing.map(|(name, prefix)| Ok(format!("{name}={prefix}{}\n", random_hex()?))).collect()
}

/// Adds the secrets that the file lacks. The lock lets one server do it, and the others find them.
fn complete(path: &Path) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().append(true).open(path)?;
    file.lock()?;
    let lines = generate(&read(path)?)?;
    if lines.is_empty() {
        return Ok(());
    }
    // The last line may lack its end.
    file.write_all(format!("\n# Added by a later version.\n{lines}").as_bytes())?;
    file.sync_all()
}

fn create(path: &Path) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.tmp", &random_hex()?[..16]));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let lines = generate(&[])?;
    let written = write!(file, "# Generated for development on the first start. Production needs its own.\n{lines}");
    // A hard link, unlike a rename, fails if the file exists, so the first server wins.
    let linked = written.and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn development_secrets_are_generated_once_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let all: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| for_development(dir.path()).unwrap())).collect();
            starts.into_iter().map(|s| s.join().unwrap()).collect()
        });
        assert!(all.iter().all(|secrets| *secrets == all[0]));
        assert_eq!(all[0].len(), 3);
        let mode = fs::metadata(dir.path().join(SECRETS_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary files are left");
    }

    #[test]
    fn a_file_of_an_earlier_version_is_completed_once_and_keeps_its_secrets() {
        for earlier in ["HOLDFAST_WEBHOOK_SECRETS=one,two\nHOLDFAST_JWT_KEYS=dev:three", "# none\n", ""] {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join(SECRETS_FILE);
            fs::write(&path, earlier).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            let all: Vec<_> = std::thread::scope(|scope| {
                let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| for_development(dir.path()).unwrap())).collect();
                starts.into_iter().map(|s| s.join().unwrap()).collect()
            });
            assert!(all.iter().all(|secrets| *secrets == all[0]), "{earlier}");
            let names: Vec<_> = all[0].iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, GENERATED.map(|(name, _)| name), "{earlier}");
            assert!(all[0].iter().all(|(_, value)| !value.is_empty()), "{earlier}");
            assert_eq!(all[0][2].1.len(), 64, "{earlier}");
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with(earlier), "{text}");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            assert_eq!(for_development(dir.path()).unwrap(), all[0]);
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_damaged_file_of_development_secrets_is_reported_without_its_content() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(SECRETS_FILE), "HOLDFAST_WEBHOOK_SECRETS=hush hush\n").unwrap();
        let message = for_development(dir.path()).unwrap_err().to_string();
        assert!(message.contains("line 1") && !message.contains("hush"), "{message}");
    }

    #[test]
    fn debug_output_hides_secrets() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "[secret]");
    }

    #[test]
    fn a_standard_webhooks_secret_is_base64_after_its_prefix_and_raw_without() {
        let key = |text: &str| Secret::new(text).standard_webhooks_key().map(Cow::into_owned);
        assert_eq!(key("whsec_AAEC"), Some(vec![0, 1, 2]));
        assert_eq!(key("AAEC"), Some(b"AAEC".to_vec()));
        assert_eq!(key("whsec_AAE="), key("whsec_AAE"));
        for broken in ["whsec_", "whsec_*", "whsec_A", "whsec_AAEC "] {
            assert_eq!(key(broken), None, "{broken}");
        }
    }
}
