//! The built files that a page links: style sheet, script and WebAssembly, by the names that the build gave them.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use leptos::{nonce::use_nonce, prelude::*};
use std::sync::OnceLock;

/// A release build puts each file's hash in its name, so that browsers may keep it for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Files {
    style: String,
    script: String,
    wasm: String,
}

/// The names in a release, read once: a running program's files do not change.
static HASHED: OnceLock<Files> = OnceLock::new();

impl Files {
    fn of(options: &LeptosOptions) -> Self {
        if options.hash_files {
            return HASHED.get_or_init(|| Self::named(options, &hashes(&options.hash_file))).clone();
        }
        Self::named(options, "")
    }

    /// `hashes` is the build's list: a line for each kind of file, `css: …`.
    fn named(options: &LeptosOptions, hashes: &str) -> Self {
        let address = |kind: &str| {
            let hash = hashes.lines().filter_map(|line| line.split_once(':')).find(|(k, _)| k.trim() == kind);
            let hash = hash.map(|(_, hash)| format!(".{}", hash.trim())).unwrap_or_default();
            format!("/{}/{}{hash}.{kind}", options.site_pkg_dir, options.output_name)
        };
        Self { style: address("css"), script: address("js"), wasm: address("wasm") }
    }
}

/// The list lies beside the program; without it the plain names are tried.
fn hashes(name: &str) -> String {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(name)));
    beside.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_else(|| {
        tracing::error!(name, "the list of the storefront's file names cannot be read");
        String::new()
    })
}

/// The style sheet's address.
pub(crate) fn style(options: &LeptosOptions) -> String {
    Files::of(options).style
}

/// The style sheet.
#[component]
pub(crate) fn Style(options: LeptosOptions) -> impl IntoView {
    view! { <link rel="stylesheet" href=style(&options) /> }
}

/// Wakes the page's islands; a page that has none loads nothing. Unlike Leptos' own script it does not wait for the
/// browser to be idle, which a busy or half-hidden window may never be, and needs no preload that then goes unused.
#[component]
pub(crate) fn Wake(options: LeptosOptions) -> impl IntoView {
    if let Some(context) = Owner::current_shared_context() {
        // What lies outside the islands is drawn by the server alone.
        context.set_is_hydrating(false);
    }
    let Files { script, wasm, .. } = Files::of(&options);
    let script = format!(
        "const islands = document.querySelectorAll('leptos-island');\n\
         if (islands.length) {{\n\
         const wasm = fetch('{wasm}');\n\
         const shop = await import('{script}');\n\
         await shop.default({{ module_or_path: wasm }});\n\
         shop.hydrate();\n\
         for (const island of islands) shop[island.dataset.component](island);\n\
         }}"
    );
    view! { <script type="module" nonce=use_nonce()>{script}</script> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> LeptosOptions {
        LeptosOptions::builder().output_name("holdfast").build()
    }

    #[test]
    fn names_are_plain_while_developing() {
        let files = Files::named(&options(), "");
        assert_eq!(files.script, "/pkg/holdfast.js");
        assert_eq!(files.wasm, "/pkg/holdfast.wasm");
        assert_eq!(files.style, "/pkg/holdfast.css");
    }

    #[test]
    fn names_carry_their_hash_in_a_release() {
        let files = Files::named(&options(), "js: Ab-1\nwasm: Cd_2\ncss: Ef3\n");
        assert_eq!(files.script, "/pkg/holdfast.Ab-1.js");
        assert_eq!(files.wasm, "/pkg/holdfast.Cd_2.wasm");
        assert_eq!(files.style, "/pkg/holdfast.Ef3.css");
    }
}
