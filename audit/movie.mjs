// `make movie`: films a drop that sells out, for README (docs/drop.webp). tools/movie.sh builds the program and runs this file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import sharp from 'sharp';
import { findBrowser } from '../end2end/find_browser.mjs';
import { killAll, sleep } from '../bench/process.mjs';
import { root } from '../bench/settings.mjs';
import { Shop } from './shop.mjs';

const VIEWPORT = { width: 1120, height: 700 };
const WIDTH = 840;
const FRAME_MS = 250;
/** The last frame stays for a moment before the film starts again. */
const LAST_FRAME_MS = 3000;
const MAX_FRAMES = 90;
const MAX_BYTES = 1_000_000;
const ARRIVAL_MS = 110;

/** The shoppers: quantity, and what becomes of the reservation. The same each time, so that two films can be compared. */
const SHOPPERS = Array.from({ length: 62 }, (_, n) => ({
  qty: [1, 2, 1, 2, 2, 2][n % 6],
  end: n % 9 === 4 ? 'releases' : 'pays',
  thinks: 600 + ((n * 397) % 2600),
}));

async function visit(visitor, { qty, end, thinks }) {
  const checkout = await visitor.tryReserve('flash-phone', qty);
  if (!checkout) return;
  await sleep(thinks);
  if (end === 'releases') return visitor.release(checkout);
  const order = await visitor.order(checkout);
  await sleep(thinks / 2);
  await visitor.pay(order);
}

async function film(shop) {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await chromium.launch({ executablePath: findBrowser(), args: [...args, '--disable-gpu'] });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT, colorScheme: 'light', locale: 'en-US' });
    await page.goto(`${shop.url}/products/flash-phone`);
    await page.locator('[data-testid="connection"][data-state="live"]').waitFor();
    const frames = [await page.screenshot()];
    let isOver = false;
    sell(shop).finally(() => (isOver = true));
    while (frames.length < MAX_FRAMES) {
      const began = Date.now();
      frames.push(await page.screenshot());
      if (isOver && frames.at(-1).equals(frames.at(-2))) break;
      await sleep(Math.max(0, FRAME_MS - (Date.now() - began)));
    }
    return frames;
  } finally {
    await browser.close();
  }
}

async function sell(shop) {
  const visits = [];
  // Late arrivals take what the others give back.
  for (const shopper of [...SHOPPERS, ...SHOPPERS.slice(0, 32).map((late) => ({ ...late, qty: 1, end: 'pays' }))]) {
    visits.push(visit(shop.newShopper(), shopper));
    await sleep(ARRIVAL_MS);
  }
  await Promise.all(visits);
}

async function encode(frames) {
  const small = await Promise.all(frames.map((frame) => sharp(frame).resize({ width: WIDTH }).png().toBuffer()));
  const delay = small.map((_, n) => (n === small.length - 1 ? LAST_FRAME_MS : FRAME_MS));
  for (const quality of [75, 60, 45, 30]) {
    const film = sharp(small, { join: { animated: true } });
    const bytes = await film.webp({ quality, effort: 6, loop: 0, delay, mixed: true, minSize: true }).toBuffer();
    if (bytes.length <= MAX_BYTES) return bytes;
  }
  throw new Error(`the film has more than ${MAX_BYTES} bytes, however low its quality`);
}

process.on('exit', killAll);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-movie-'));
const server = await Shop.open(folder);
const frames = await film(server);
await server.close();
rmSync(folder, { recursive: true });
const bytes = await encode(frames);
writeFileSync(join(root, 'docs/drop.webp'), bytes);
console.log(`docs/drop.webp: ${frames.length} frames, ${Math.round(bytes.length / 1000)} kB`);
