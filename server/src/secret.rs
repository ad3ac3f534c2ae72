//! Secrets, which show themselves to nobody by accident, and the ones that a development server makes for itself.

use std::{
    ffi::OsString,
    fmt, fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

/// Bytes that only those may see who ask with [`Secret::expose`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Keeps `text` secret.
    pub fn new(text: &str) -> Self {
        Self(text.as_bytes().into())
    }

    /// The bytes themselves, to sign or to verify with.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A setting as it was given, which may hold a secret.
#[derive(Clone, Default)]
pub struct Given(OsString);

impl From<OsString> for Given {
    fn from(text: OsString) -> Self {
        Self(text)
    }
}

impl From<Given> for OsString {
    fn from(given: Given) -> Self {
        given.0
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// A key that signs and verifies access tokens; `kid` names it in the token's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtKey {
    /// The name in the header.
    pub kid: String,
    /// What HMAC-SHA256 is keyed with.
    pub secret: Secret,
}

/// The file in the data folder, in the form of a `.env`, so that a shell can read it and sign as the provider would.
pub const FILE: &str = "secrets.env";

/// 256 bits from the system's random source, in hexadecimal.
pub fn random_hex() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

/// Makes the data folder where there is none: orders and secrets are nobody else's business.
pub fn private_folder(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

/// The settings that this data folder keeps for development, made at the first call. However many servers start at
/// once, all get the same: a complete file appears under its name, or none does.
pub fn for_development(dir: &Path) -> io::Result<Vec<(String, String)>> {
    private_folder(dir)?;
    let path = dir.join(FILE);
    if !path.exists() {
        create(&path)?;
    }
    dotenvy::from_path_iter(&path)
        .and_then(Iterator::collect)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", path.display())))
}

fn create(path: &Path) -> io::Result<()> {
    let draft = path.with_extension(format!("{}.tmp", &random_hex()?[..16]));
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = write!(
        file,
        "# Made for development on the first start. In production these are given, not made.\n\
         HOLDFAST_WEBHOOK_SECRETS={}\nHOLDFAST_JWT_KEYS=dev:{}\n",
        random_hex()?,
        random_hex()?
    );
    // A hard link, unlike a rename, fails when the name is taken: whoever was first has made the file.
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
    fn development_secrets_are_made_once_and_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let all: Vec<_> = std::thread::scope(|scope| {
            let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| for_development(dir.path()).unwrap())).collect();
            starts.into_iter().map(|s| s.join().unwrap()).collect()
        });
        assert!(all.iter().all(|made| *made == all[0]));
        assert_eq!(all[0].len(), 2);
        let mode = fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no drafts are left behind");
    }

    #[test]
    fn a_secret_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "[secret]");
    }
}
