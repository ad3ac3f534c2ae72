// Rules that parse and check parameters. A schema of an object must name every parameter in the official type and no other,
// so the compiler tells when it differs from Stripe's API.
import { invalid, missingParameter, unknownParameter } from './errors.js';
import type { Form, Value } from './form.js';

/** Parses one parameter. `path` is its name in errors. Returns undefined for an absent parameter. */
export type Rule<T> = { read(value: Value | undefined, path: string): T | undefined };

/** One rule for each parameter of an official type. */
export type Rules<P> = { [K in keyof P]-?: Rule<NonNullable<P[K]>> };

/** Builds a rule from a function that is called for present parameters only. */
const rule = <T>(parse: (value: Value, path: string) => T): Rule<T> => ({
  read: (value, path) => (value === undefined ? undefined : parse(value, path)),
});

const scalar = <T>(parse: (value: string, path: string) => T): Rule<T> =>
  rule((value, path) => {
    if (typeof value !== 'string') throw invalid(`Invalid string: ${JSON.stringify(value)}`, path);
    return parse(value, path);
  });

export function required<T>(inner: Rule<T>): Rule<T> {
  return {
    read(value, path) {
      if (value === undefined) throw missingParameter(path);
      return inner.read(value, path);
    },
  };
}

/** A parameter that Stripe knows and the double does not implement. The error has a text of its own, to tell them apart. */
export const unsupported: Rule<never> = rule((_, path) => {
  throw invalid(`The double does not implement the parameter ${path}`, path, 'not_implemented_by_the_double');
});

/** Non-empty text of limited length. */
export const text = (limit: number): Rule<string> =>
  scalar((value, path) => {
    if (value === '') throw invalid(`You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset.`, path, 'parameter_invalid_empty');
    if (value.length > limit) throw invalid(`Invalid string: ${value.slice(0, 10)}...; must be at most ${limit} characters`, path);
    return value;
  });

export const integer: Rule<number> = scalar((value, path) => {
  if (!/^-?\d{1,15}$/.test(value)) throw invalid(`Invalid integer: ${value}`, path, 'parameter_invalid_integer');
  return Number(value);
});

export const between = (least: number, most: number): Rule<number> =>
  rule((value, path) => {
    const number = integer.read(value, path)!;
    if (number < least) throw invalid(`This value must be greater than or equal to ${least}.`, path, 'parameter_invalid_integer');
    if (number > most) throw invalid(`This value must be less than or equal to ${most}.`, path, 'parameter_invalid_integer');
    return number;
  });

export const boolean: Rule<boolean> = scalar((value, path) => {
  if (value !== 'true' && value !== 'false') throw invalid(`Invalid boolean: ${value}`, path);
  return value === 'true';
});

export const oneOf = <const T extends string>(...values: T[]): Rule<T> =>
  scalar((value, path) => {
    const found = values.find((known) => known === value);
    if (found === undefined) throw invalid(`Invalid ${path}: must be one of ${values.join(', ')}`, path);
    return found;
  });

/** An absolute address. */
export const url: Rule<string> = scalar((value, path) => {
  const [scheme] = /^https?:\/\/[^/]/.exec(value) ?? [];
  if (!scheme || !URL.canParse(value) || value.length > 5_000) throw invalid('Not a valid URL', path, 'url_invalid');
  return value;
});

export const email: Rule<string> = scalar((value, path) => {
  if (!/^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(value) || value.length > 800) throw invalid(`Invalid email address: ${value}`, path, 'email_invalid');
  return value;
});

// Currencies that Stripe accepts and that a flash sale may use; the point is to refuse wrong ones.
const CURRENCIES = new Set(
  ('aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc ' +
    'cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes ' +
    'kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr ' +
    'nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ' +
    'ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw').split(' '),
);

export const currency: Rule<string> = scalar((value, path) => {
  if (!CURRENCIES.has(value.toLowerCase())) throw invalid(`Invalid currency: ${value}`, path);
  return value.toLowerCase();
});

const METADATA_KEYS = 50;
const METADATA_KEY_LENGTH = 40;
const METADATA_VALUE_LENGTH = 500;

export const metadata: Rule<Record<string, string>> = rule((value, path) => {
  if (typeof value === 'string') throw invalid(`Invalid hash`, path);
  const entries = Object.entries(value);
  if (entries.length > METADATA_KEYS) throw invalid(`Metadata can have at most ${METADATA_KEYS} keys`, path);
  return Object.fromEntries(
    entries.map(([name, content]) => {
      if (typeof content !== 'string') throw invalid(`Metadata values must be strings`, `${path}[${name}]`);
      if (name.length > METADATA_KEY_LENGTH) throw invalid(`Metadata keys can be up to ${METADATA_KEY_LENGTH} characters long`, path);
      if (content.length > METADATA_VALUE_LENGTH) throw invalid(`Metadata values can have up to ${METADATA_VALUE_LENGTH} characters`, `${path}[${name}]`);
      return [name, content];
    }),
  );
});

export const list = <T>(inner: Rule<T>, limit: number): Rule<T[]> =>
  rule((value, path) => {
    if (typeof value === 'string') throw invalid('Invalid array', path);
    const names = Object.keys(value).sort((a, b) => Number(a) - Number(b));
    if (names.some((name, n) => name !== String(n))) throw invalid('Invalid array', path);
    if (names.length > limit) throw invalid(`Array ${path} exceeded maximum ${limit} allowed elements.`, path);
    return names.map((name) => inner.read(value[name], `${path}[${name}]`)!);
  });

/** An object with the parameters of an official type. */
export const object = <P extends object>(rules: Rules<P>): Rule<P> =>
  rule((value, path) => {
    if (typeof value === 'string') throw invalid('Invalid object', path);
    return readAll(rules, value, (name) => `${path}[${name}]`);
  });

/** Parses the parameters of a call. */
export function readForm<P extends object>(rules: Rules<P>, form: Form): P {
  return readAll(rules, form, (name) => name);
}

function readAll<P extends object>(rules: Rules<P>, form: Form, pathOf: (name: string) => string): P {
  for (const name of Object.keys(form)) if (!Object.hasOwn(rules, name)) throw unknownParameter(pathOf(name));
  const read = (Object.entries(rules) as [string, Rule<unknown>][]).map(([name, inner]) => [name, inner.read(form[name], pathOf(name))]);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as P;
}
