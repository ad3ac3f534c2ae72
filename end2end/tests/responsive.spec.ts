// Display preferences: small phone, zoom, dark mode, reduced motion and forced colours.
import type { Page } from '@playwright/test';
import { expectTargetSizes } from '../support/accessibility.js';
import { ApiClient } from '../support/api_client.js';
import { expect, test } from '../support/fixtures.js';
import { connection } from '../support/steps.js';
import { EXPECTED_ERRORS, visitEveryPage } from '../support/every_page.js';

test.describe('on a small phone', () => {
  test.use({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });

  test('a purchase: nothing overflows, and targets are large enough', async ({ page, shop, pageMonitor }) => {
    pageMonitor.allow(...EXPECTED_ERRORS);
    await visitEveryPage(page, shop, async (state) => {
      expect.soft(await overflowing(page), state).toEqual([]);
      await expectTargetSizes(page, state);
    });
  });
});

test.describe('zoomed to 200 %', () => {
  // The viewport of a window of 1280 by 800 pixels.
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

  test('a purchase: nothing overflows', async ({ page, shop, pageMonitor }) => {
    pageMonitor.allow(...EXPECTED_ERRORS);
    await visitEveryPage(page, shop, async (state) => expect.soft(await overflowing(page), state).toEqual([]));
  });
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`a purchase in ${colorScheme} mode`, async ({ page, shop, pageMonitor }) => {
    pageMonitor.allow(...EXPECTED_ERRORS);
    await page.emulateMedia({ colorScheme });
    await visitEveryPage(page, shop, async (state) => {
      const { background, text } = await brightness(page);
      const [darker, lighter] = colorScheme === 'dark' ? [background, text] : [text, background];
      expect.soft(darker, state).toBeLessThan(0.2);
      expect.soft(lighter, state).toBeGreaterThan(0.8);
    });
  });
}

test('with reduced motion nothing moves', async ({ page, context, shop, pageMonitor }) => {
  pageMonitor.allow(...EXPECTED_ERRORS, /net::ERR_INTERNET_DISCONNECTED/);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await visitEveryPage(page, shop, async (state) => expect.soft(await animated(page), state).toEqual([]));
  await page.goto('/products/flash-phone');
  await expect(connection(page)).toHaveText('Live');
  await context.setOffline(true);
  await expect(connection(page)).toHaveText('Reconnecting…');
  expect(await animated(page)).toEqual([]);
  expect(await runningAnimations(page)).toBe(0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect((await animated(page)).length).toBeGreaterThan(0);
  await expect.poll(() => runningAnimations(page)).toBe(1);
});

test('with forced colours, the button, the tiles, the meter and the focus stay visible', async ({ page, shop }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  const product = await shop.addProduct({ stock: 3 });
  await (await ApiClient.for(shop)).hold(product);
  await page.goto('/products/lamp');
  await expect(connection(page)).toHaveText('Live');
  const button = page.getByRole('button', { name: 'Reserve' });
  const style = (it: Element) => {
    const { borderTopColor, borderTopStyle, borderTopWidth, backgroundColor, outlineStyle, outlineWidth } = getComputedStyle(it);
    return { borderTopColor, borderTopStyle, borderTopWidth, backgroundColor, outlineStyle, outlineWidth };
  };
  const edge = await button.evaluate(style);
  expect(edge).toMatchObject({ borderTopStyle: 'solid', borderTopWidth: '2px' });
  expect(edge.borderTopColor).not.toBe(edge.backgroundColor);
  await page.keyboard.press('Tab');
  await button.focus();
  expect(await button.evaluate(style)).toMatchObject({ outlineStyle: 'solid', outlineWidth: '3px' });

  const canvas = await page.locator('html').evaluate((it) => getComputedStyle(it).backgroundColor);
  const tiles = await page.locator('.stock-tiles i').evaluateAll((all) => all.map((it) => getComputedStyle(it)).map(({ backgroundColor, backgroundImage }) => ({ backgroundColor, backgroundImage })));
  const [held, ...free] = tiles as [(typeof tiles)[number], ...typeof tiles];
  expect(held.backgroundImage).toContain('gradient');
  for (const { backgroundColor, backgroundImage } of free) {
    expect(backgroundImage).toBe('none');
    expect(backgroundColor).not.toBe(canvas);
  }

  await page.goto('/');
  const meter = page.locator('.stock-meter');
  expect(await meter.evaluate(style)).toMatchObject({ borderTopStyle: 'solid', borderTopWidth: '1px' });
  const fills = await meter.locator('rect').evaluateAll((parts) => parts.map((part) => getComputedStyle(part).fill));
  expect(new Set([...fills, canvas]).size).toBe(4);
});

/** Returns the elements that make the page scroll sideways. */
async function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const beyond = [...document.body.querySelectorAll('*')].filter((it) => it.getBoundingClientRect().right > clientWidth + 0.5);
    return [`${scrollWidth} > ${clientWidth}`, ...beyond.map((it) => `${it.tagName} ${it.getAttribute('class')}`)];
  });
}

/** Returns the brightness of background and text, from 0 to 1. */
async function brightness(page: Page): Promise<{ background: number; text: number }> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const luminance = (colour: string) => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data as unknown as [number, number, number];
      return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    };
    const { backgroundColor, color } = getComputedStyle(document.documentElement);
    return { background: luminance(backgroundColor), text: luminance(color) };
  });
}

/** Returns the elements with an animation or transition longer than 0.1 s. */
async function animated(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const longest = (durations: string) => Math.max(...durations.split(',').map((one) => Number.parseFloat(one)));
    return [...document.querySelectorAll('*')].flatMap((it) =>
      [null, '::before', '::after'].flatMap((part) => {
        const { animationName, animationDuration, transitionDuration, scrollBehavior } = getComputedStyle(it, part);
        const animated = animationName !== 'none' && longest(animationDuration) > 0.1;
        const moving = animated || longest(transitionDuration) > 0.1 || scrollBehavior === 'smooth';
        return moving ? [`${it.tagName} ${it.getAttribute('class')} ${part ?? ''}`] : [];
      }),
    );
  });
}

async function runningAnimations(page: Page): Promise<number> {
  // An animation that follows the scroll position counts as running, too, but moves nothing by itself.
  return page.evaluate(() => {
    const isRunning = ({ playState, timeline }: Animation) => playState === 'running' && timeline instanceof DocumentTimeline;
    return document.getAnimations().filter(isRunning).length;
  });
}
