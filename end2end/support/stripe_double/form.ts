// Decodes the form encoding of Stripe's API: `line_items[0][price_data][currency]=usd`, `types[]=refund.created`.
import { invalid } from './errors.js';

/** A decoded form. A list is a form whose names are numbers. */
export type Form = { [name: string]: Form | string };
export type Value = Form | string;

export function decodeForm(encoded: string): Form {
  const form = emptyForm();
  for (const [name, value] of new URLSearchParams(encoded)) insert(form, name, value);
  return form;
}

// Without a prototype, a parameter named `constructor` is one like any other.
const emptyForm = (): Form => Object.create(null) as Form;

function insert(form: Form, name: string, value: string): void {
  const [, first, rest] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? [];
  if (first === undefined || rest === undefined) throw invalid(`Invalid parameter name: ${name}`, name);
  const path = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part]) => part!)];
  let at = form;
  for (const [n, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(at).length) : part;
    if (n === path.length - 1) {
      if (at[key] !== undefined) throw invalid(`Parameter was given twice: ${name}`, name);
      at[key] = value;
    } else {
      const next = (at[key] ??= emptyForm());
      if (typeof next === 'string') throw invalid(`Invalid parameter name: ${name}`, name);
      at = next;
    }
  }
}
