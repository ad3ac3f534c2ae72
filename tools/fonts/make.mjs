// Makes the storefront's fonts: subsets two variable fonts, names the files by their content, and writes style/fonts.css
// with their faces. Run it with tools/fonts.sh.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { entireMetricsCollection } from '@capsizecss/metrics/entireMetricsCollection';
import { fromBuffer } from '@capsizecss/unpack';
import subsetFont from 'subset-font';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDER = join(ROOT, 'assets/fonts');
const STYLESHEET = join(ROOT, 'style/fonts.css');
const require = createRequire(import.meta.url);

/** Size of all files together, in bytes. `assets.rs` tests the same limit. */
const MAX_BYTES = 60 * 1024;

/** English, German and the accents of their neighbours' names, punctuation, currency signs, and the arrows that the fonts have. */
const TEXT = [
  range(0x20, 0x7e),
  'ÄÖÜẞäöüßÅÉØàáâåæçèéêëíñóôøú',
  '§©®°·–—‘’‚“”„…«»€£¥™−×↑↓',
  '\u00a0\u2009\u202f\u2011',
].join('');

/** OpenType features: kerning, ligatures, and digits of one width. */
const FEATURES = ['kern', 'liga', 'locl', 'tnum', 'pnum'];

/**
 * `axes` limits a variable font: a number pins an axis. `at` is the instance whose widths the fallback face copies, and
 * `fallback` the system font with its metrics.
 */
const FONTS = [
  {
    family: 'Holdfast Display',
    file: 'display',
    source: '@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque-latin-standard-normal.woff2',
    licence: '@fontsource-variable/bricolage-grotesque/LICENSE',
    axes: { opsz: 40, wdth: 87, wght: { min: 500, max: 800 } },
    at: { wght: 750 },
    fallback: { names: ['Arial Bold', 'Arial-BoldMT', 'Liberation Sans Bold', 'Helvetica Bold'], metrics: entireMetricsCollection.arial.variants['700'] },
  },
  {
    family: 'Holdfast Text',
    file: 'text',
    source: '@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2',
    licence: '@fontsource-variable/instrument-sans/LICENSE',
    axes: { wght: { min: 400, max: 700 } },
    at: { wght: 450 },
    fallback: { names: ['Arial', 'ArialMT', 'Liberation Sans', 'Helvetica'], metrics: entireMetricsCollection.arial },
  },
];

function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, nth) => String.fromCodePoint(first + nth)).join('');
}

/** Returns a number of per cent with four digits at most, as CSS writes it. */
function percent(ratio) {
  return `${Number((ratio * 100).toFixed(2))}%`;
}

/** Returns the descriptors that give the fallback the widths and the line height of the font (see css-fonts-5). */
function overrides(font, fallback) {
  const adjust = font.xWidthAvg / font.unitsPerEm / (fallback.xWidthAvg / fallback.unitsPerEm);
  const share = (metric) => percent(metric / (font.unitsPerEm * adjust));
  return {
    'size-adjust': percent(adjust),
    'ascent-override': share(font.ascent),
    'descent-override': share(Math.abs(font.descent)),
    'line-gap-override': share(font.lineGap),
  };
}

async function make({ family, file, source, licence, axes, at, fallback }) {
  const original = readFileSync(require.resolve(source));
  const font = await subsetFont(original, TEXT, { targetFormat: 'woff2', variationAxes: axes, keepFeatures: FEATURES, noHinting: true });
  const version = createHash('sha256').update(font).digest('hex').slice(0, 8);
  const name = `${file}.${version}.woff2`;
  writeFileSync(join(FOLDER, name), font);
  writeFileSync(join(FOLDER, `${file}.LICENSE.txt`), readFileSync(require.resolve(licence)));
  const instance = await subsetFont(original, TEXT, { targetFormat: 'truetype', variationAxes: { ...axes, ...at } });
  const adjusted = Object.entries(overrides(await fromBuffer(instance), fallback.metrics));
  const css = [
    '@font-face {',
    `  font-family: "${family}";`,
    `  src: url("/fonts/${name}") format("woff2");`,
    `  font-weight: ${axes.wght.min} ${axes.wght.max};`,
    '  font-display: swap;',
    '}',
    '',
    `/* The system's font in the size of ${family}, so that nothing moves when the file arrives. */`,
    '@font-face {',
    `  font-family: "${family} Fallback";`,
    `  src: ${fallback.names.map((name) => `local("${name}")`).join(', ')};`,
    `  font-weight: ${axes.wght.min} ${axes.wght.max};`,
    ...adjusted.map(([name, value]) => `  ${name}: ${value};`),
    '}',
  ].join('\n');
  return { name, bytes: font.length, css };
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const made = [];
for (const font of FONTS) made.push(await make(font));
writeFileSync(STYLESHEET, `/* Written by tools/fonts.sh. */\n${made.map(({ css }) => css).join('\n\n')}\n`);
const bytes = made.reduce((sum, font) => sum + font.bytes, 0);
for (const font of made) console.log(`${font.name}: ${font.bytes} bytes`);
if (bytes > MAX_BYTES) throw new Error(`The fonts have ${bytes} bytes; the limit is ${MAX_BYTES}.`);
