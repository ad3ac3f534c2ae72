//! Location of the storefront's files, and Leptos' options. They are set in code, so that the program runs from anywhere
//! without variables; the variables of `cargo leptos` override them.

use crate::config::Settings;
use leptos::config::{LeptosOptions, errors::LeptosConfigError, get_configuration};
use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Base name of the files that the build writes.
const OUTPUT_NAME: &str = "holdfast";

/// Returns the options for a server that listens on `addr`.
pub fn options(settings: &Settings, addr: SocketAddr) -> Result<LeptosOptions, LeptosConfigError> {
    let mut options = get_configuration(None)?.leptos_options;
    let root = root(settings.site_root.as_deref());
    options.output_name = OUTPUT_NAME.into();
    options.site_addr = addr;
    if env::var_os("LEPTOS_HASH_FILES").is_none() {
        options.hash_files = hashed(&root.join(&*options.site_pkg_dir), &options.hash_file);
    }
    let pkg = root.join(&*options.site_pkg_dir);
    if !pkg.is_dir() {
        tracing::warn!(root = %root.display(), "the storefront's files are missing; build them with `cargo leptos build`");
    } else if !options.hash_files && !has_script(&pkg, OUTPUT_NAME) {
        tracing::warn!(
            root = %root.display(),
            "the storefront's files do not match this program: keep the build's hash.txt beside the program"
        );
    }
    options.site_root = root.to_string_lossy().into();
    Ok(options)
}

/// Returns the port of the reload socket when run by `cargo leptos watch`.
pub fn reload_port(options: &LeptosOptions) -> Option<u32> {
    env::var_os("LEPTOS_WATCH").map(|_| options.reload_external_port.unwrap_or(options.reload_port))
}

/// Returns the configured folder, or the first that exists of `target/site`, `site` beside the program, and `site` beside
/// the program's folder.
pub fn root(configured: Option<&Path>) -> PathBuf {
    let configured = configured.map(Path::to_owned).or_else(|| env::var_os("LEPTOS_SITE_ROOT").map(PathBuf::from));
    let built = PathBuf::from("target/site");
    configured.unwrap_or_else(|| {
        let program = program_folder();
        let beside = [program.join("site"), program.join("../site")];
        [built.clone()].into_iter().chain(beside).find(|folder| folder.is_dir()).unwrap_or(built)
    })
}

fn program_folder() -> PathBuf {
    env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).unwrap_or_default()
}

/// Whether file names contain hashes. A release build writes the hashes beside the program; they count only if the files
/// of that build are being served.
fn hashed(pkg: &Path, hash_file: &str) -> bool {
    let list = fs::read_to_string(program_folder().join(hash_file)).unwrap_or_default();
    let script = list.lines().find_map(|line| line.trim().strip_prefix("js:")).map(str::trim);
    script.is_some_and(|hash| has_script(pkg, &format!("{OUTPUT_NAME}.{hash}")))
}

/// Whether the folder has the script that the pages would load under this name.
fn has_script(pkg: &Path, name: &str) -> bool {
    pkg.join(format!("{name}.js")).is_file()
}
