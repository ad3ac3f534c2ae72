//! The WebAssembly entry point. It hydrates the islands that the server rendered.

use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares hydration. The page's script calls this once the module has loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
