//! Links to the built style sheet, script and WebAssembly file.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use crate::{
    form_script,
    ui::island_text::{self, island_texts},
};
use leptos::{nonce::use_nonce, prelude::*};
use std::sync::{LazyLock, OnceLock};

/// Paths of the built files. A release build puts each file's hash into its name, so that browsers can cache it forever.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AssetPaths {
    style: String,
    script: String,
    wasm: String,
}

/// The paths of a release build, read once because they do not change while the program runs.
static HASHED_PATHS: OnceLock<AssetPaths> = OnceLock::new();

impl AssetPaths {
    fn from_options(options: &LeptosOptions) -> Self {
        if options.hash_files {
            return HASHED_PATHS.get_or_init(|| Self::with_hashes(options, &read_hashes(&options.hash_file))).clone();
        }
        Self::with_hashes(options, "")
    }

    /// `hashes` has one line for each kind of file, such as `css: Ef3`. Files without a hash get their plain names.
    fn with_hashes(options: &LeptosOptions, hashes: &str) -> Self {
        let path = |kind: &str| {
            let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(k, _)| k.trim() == kind);
            let hash = hash.map(|(_, hash)| format!(".{}", hash.trim())).unwrap_or_default();
            format!("/{}/{}{hash}.{kind}", options.site_pkg_dir, options.output_name)
        };
        Self { style: path("css"), script: path("js"), wasm: path("wasm") }
    }
}

/// The faces of the fonts, which `tools/fonts.sh` writes.
const FONT_FACES: &str = include_str!("../../style/fonts.css");

/// The paths of the fonts. Their names contain a hash of their content.
static FONT_PATHS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let sources = FONT_FACES.split("url(\"").skip(1);
    sources.filter_map(|source| Some(source.split_once('"')?.0)).collect()
});

/// Reads the list of hashes that the build wrote next to the executable.
fn read_hashes(name: &str) -> String {
    let path = std::env::current_exe().ok().and_then(|executable| Some(executable.parent()?.join(name)));
    path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_else(|| {
        tracing::error!(name, "cannot read the hashes of the storefront's files");
        String::new()
    })
}

/// Returns the path of the style sheet.
pub(crate) fn stylesheet_path(options: &LeptosOptions) -> String {
    AssetPaths::from_options(options).style
}

/// Returns a short digest of a file that the program contains, for its address: browsers may then cache it forever.
pub(crate) fn content_version(content: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(content.as_bytes());
    let bytes = digest.first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(bytes))
}

/// Fetches the fonts together with the style sheet, instead of after it: every page uses them.
#[component]
pub(crate) fn FontPreloads() -> impl IntoView {
    let links = FONT_PATHS
        .iter()
        .map(|path| view! { <link rel="preload" href=*path r#as="font" type="font/woff2" crossorigin="anonymous" /> });
    links.collect_view()
}

/// Links the style sheet.
#[component]
pub(crate) fn Stylesheet(options: LeptosOptions) -> impl IntoView {
    view! { <link rel="stylesheet" href=stylesheet_path(&options) /> }
}

/// Guards the page's forms, hydrates its islands and has their texts. A page without islands loads neither script nor WebAssembly. Unlike Leptos' own script,
/// this one does not wait until the browser is idle, which a busy or half-hidden window may never be. It also needs no
/// preload links, which would go unused on pages without islands.
#[component]
pub(crate) fn HydrationScript(options: LeptosOptions) -> impl IntoView {
    if let Some(context) = Owner::current_shared_context() {
        // Only islands hydrate, so nothing outside them needs hydration markers.
        context.set_is_hydrating(false);
    }
    let AssetPaths { script, wasm, .. } = AssetPaths::from_options(&options);
    let hydrate = format!(
        "const islands = document.querySelectorAll('leptos-island');\n\
         if (islands.length) {{\n\
         const wasm = fetch('{wasm}');\n\
         const app = await import('{script}');\n\
         await app.default({{ module_or_path: wasm }});\n\
         app.hydrate();\n\
         for (const island of islands) app[island.dataset.component](island);\n\
         }}"
    );
    let script = form_script::script() + &hydrate;
    view! {
        <script type="module" id=island_text::ELEMENT_ID data-texts=island_texts() nonce=use_nonce()>
            {script}
        </script>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> LeptosOptions {
        LeptosOptions::builder().output_name("holdfast").build()
    }

    /// Size of all fonts together, in bytes. The script that makes them has the same limit.
    const MAX_FONT_BYTES: u64 = 60 * 1024;

    #[test]
    fn preloaded_fonts_are_files_of_at_most_60_kib() {
        let html = view! { <FontPreloads /> }.to_html();
        let files: Vec<_> = html.split("href=\"").skip(1).filter_map(|link| Some(link.split_once('"')?.0)).collect();
        assert_eq!(files.len(), FONT_FACES.matches("format(\"woff2\")").count(), "{html}");
        assert_eq!((files.len(), html.matches("crossorigin=\"anonymous\"").count()), (2, 2), "{html}");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets");
        let bytes = files.iter().map(|file| std::fs::metadata(format!("{folder}{file}")).expect(file).len());
        let bytes: u64 = bytes.sum();
        assert!(bytes > 0 && bytes <= MAX_FONT_BYTES, "{bytes} bytes");
    }

    #[test]
    fn names_of_fonts_change_with_their_content() {
        use sha2::{Digest as _, Sha256};
        for path in FONT_PATHS.iter() {
            let content = std::fs::read(format!("{}/../assets{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
            let version =
                Sha256::digest(content)[..4].iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            assert!(path.ends_with(&format!(".{version}.woff2")), "{path} {version}");
        }
    }

    #[test]
    fn development_builds_use_plain_names() {
        let paths = AssetPaths::with_hashes(&options(), "");
        assert_eq!(paths.script, "/pkg/holdfast.js");
        assert_eq!(paths.wasm, "/pkg/holdfast.wasm");
        assert_eq!(paths.style, "/pkg/holdfast.css");
    }

    #[test]
    fn release_builds_put_the_hash_into_the_name() {
        let paths = AssetPaths::with_hashes(&options(), "js: Ab-1\nwasm: Cd_2\ncss: Ef3\n");
        assert_eq!(paths.script, "/pkg/holdfast.Ab-1.js");
        assert_eq!(paths.wasm, "/pkg/holdfast.Cd_2.wasm");
        assert_eq!(paths.style, "/pkg/holdfast.Ef3.css");
    }
}
