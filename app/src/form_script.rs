//! A script for all forms of the storefront. A form that is submitted without a network stays on its page and says so: the
//! browser would replace the page with its own error page. It is inline, because it has to work before the WebAssembly
//! does, and on pages without islands.

use crate::i18n::text;

/// Further submissions of a form with `aria-busy` are ignored for this long after the first. The form's key makes them
/// harmless; this avoids needless requests. The shopper may have stopped the navigation, so the time is short.
const RESUBMIT_TIMEOUT_MS: u32 = 5_000;

/// Returns the script. A button with `aria-disabled` submits nothing: unlike `disabled`, that attribute leaves the focus at
/// the button, where a shopper may wait for a unit to come back.
pub(crate) fn script() -> String {
    // JSON is also JavaScript; no text of the script ends the element.
    let text = serde_json::Value::from(text!("sale-offline"));
    format!(
        "const clear = () => document.getElementById('unsent')?.remove();\n\
         addEventListener('online', clear);\n\
         addEventListener('submit', (event) => {{\n\
         const form = event.target;\n\
         const button = event.submitter ?? form.querySelector('[type=submit]');\n\
         const is = (element, name) => element?.getAttribute(name) === 'true';\n\
         clear();\n\
         if (navigator.onLine && !is(button, 'aria-disabled') && !is(form, 'aria-busy')) {{\n\
         if (!form.hasAttribute('aria-busy')) return;\n\
         form.setAttribute('aria-busy', 'true');\n\
         setTimeout(() => form.setAttribute('aria-busy', 'false'), {RESUBMIT_TIMEOUT_MS});\n\
         return;\n\
         }}\n\
         event.preventDefault();\n\
         if (navigator.onLine) return;\n\
         const note = document.createElement('p');\n\
         note.id = 'unsent';\n\
         note.className = 'notice notice-error unsent';\n\
         note.setAttribute('role', 'alert');\n\
         note.append({text});\n\
         button ? button.after(note) : form.append(note);\n\
         }}, true);\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_contains_its_text_and_cannot_end_its_element() {
        let script = script();
        assert!(script.contains("note.append(\"You’re offline. Nothing was sent.\")"), "{script}");
        assert!(!script.contains("</") && !script.contains("<!--"), "{script}");
    }
}
