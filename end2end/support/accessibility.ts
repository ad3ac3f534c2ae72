// Accessibility checks with axe: WCAG 2.2 AA and best practices, in light and dark mode.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    // Without reduced motion, axe may measure colours in the middle of a transition.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect.soft(await violations(new AxeBuilder({ page }).withTags(RULES)), `${state}, ${colorScheme}`).toEqual([]);
  }
}

/** Checks that buttons and links are large enough or have enough space around them (WCAG 2.2, 2.5.8). */
export async function expectTargetSizes(page: Page, state: string): Promise<void> {
  expect.soft(await violations(new AxeBuilder({ page }).withRules('target-size')), state).toEqual([]);
}

async function violations(axe: AxeBuilder): Promise<string[]> {
  // Legacy mode needs no extra page to merge the results of frames. The shop has no frames.
  const results = await axe.setLegacyMode().analyze();
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
  );
}
