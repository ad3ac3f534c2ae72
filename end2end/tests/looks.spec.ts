// However it is looked at: on a small phone, zoomed in, in the dark, without motion, in the colours of the system.
import type { Page } from '@playwright/test';
import { expectTargets } from '../shop/axe.js';
import { expect, test } from '../shop/fixtures.js';
import { connection } from '../shop/steps.js';
import { tour } from '../shop/tour.js';

test.describe('on a small phone', () => {
  test.use({ viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });

  test('a purchase: nothing sticks out, and everything can be hit', async ({ page, shop, witness }) => {
    witness.tolerate(/\b404\b.*\/nowhere/);
    await tour(page, shop, async (what) => {
      expect.soft(await sticksOut(page), what).toEqual([]);
      await expectTargets(page, what);
    });
  });
});

test.describe('zoomed in to 200 %', () => {
  // What a window of 1280 by 800 comes to.
  test.use({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });

  test('a purchase: nothing sticks out', async ({ page, shop, witness }) => {
    witness.tolerate(/\b404\b.*\/nowhere/);
    await tour(page, shop, async (what) => expect.soft(await sticksOut(page), what).toEqual([]));
  });
});

for (const colorScheme of ['dark', 'light'] as const) {
  test(`a purchase in ${colorScheme}`, async ({ page, shop, witness }) => {
    witness.tolerate(/\b404\b.*\/nowhere/);
    await page.emulateMedia({ colorScheme });
    await tour(page, shop, async (what) => {
      const { paper, ink } = await brightness(page);
      const [darker, lighter] = colorScheme === 'dark' ? [paper, ink] : [ink, paper];
      expect.soft(darker, what).toBeLessThan(0.2);
      expect.soft(lighter, what).toBeGreaterThan(0.8);
    });
  });
}

test('without motion nothing moves, and with it only what is meant to', async ({ page, context, shop, witness }) => {
  witness.tolerate(/\b404\b.*\/nowhere/, /net::ERR_INTERNET_DISCONNECTED/);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await tour(page, shop, async (what) => expect.soft(await moves(page), what).toEqual([]));
  await page.goto('/products/flash-phone');
  await expect(connection(page)).toHaveText('Live');
  await context.setOffline(true);
  await expect(connection(page)).toHaveText('Reconnecting…');
  expect(await moves(page)).toEqual([]);
  expect(await running(page)).toBe(0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  expect((await moves(page)).length).toBeGreaterThan(0);
  expect(await running(page)).toBe(1);
});

test('in the colours of the system: the button, the meter and the focus are still seen', async ({ page, shop }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await shop.addProduct({ stock: 3 });
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

  const meter = page.locator('.meter');
  expect(await meter.evaluate(style)).toMatchObject({ borderTopStyle: 'solid', borderTopWidth: '1px' });
  const canvas = await page.locator('html').evaluate((it) => getComputedStyle(it).backgroundColor);
  const fills = await meter.locator('rect').evaluateAll((parts) => parts.map((part) => getComputedStyle(part).fill));
  expect(new Set([...fills, canvas]).size).toBe(4);
});

/** What makes the page scroll sideways. */
async function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const beyond = [...document.body.querySelectorAll('*')].filter((it) => it.getBoundingClientRect().right > clientWidth + 0.5);
    return [`${scrollWidth} > ${clientWidth}`, ...beyond.map((it) => `${it.tagName} ${it.getAttribute('class')}`)];
  });
}

/** How bright paper and ink are, from 0 to 1. */
async function brightness(page: Page): Promise<{ paper: number; ink: number }> {
  return page.evaluate(() => {
    const bright = (colour: string) => {
      const [red, green, blue] = colour.match(/[\d.]+/g)!.map(Number) as [number, number, number];
      return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
    };
    const { backgroundColor, color } = getComputedStyle(document.documentElement);
    return { paper: bright(backgroundColor), ink: bright(color) };
  });
}

/** What would move for longer than a blink if something changed. */
async function moves(page: Page): Promise<string[]> {
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

async function running(page: Page): Promise<number> {
  return page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length);
}
