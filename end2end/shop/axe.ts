// axe looks at a page as it is now, in both colour schemes, and finds nothing against WCAG 2.2 AA or good practice.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    // Colours that are on their way from one to another are no finding.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect.soft(await findings(new AxeBuilder({ page }).withTags(RULES)), `${state}, ${colorScheme}`).toEqual([]);
  }
}

/** What can be pressed is large enough to be hit, or has enough room around it (WCAG 2.2, 2.5.8). */
export async function expectTargets(page: Page, state: string): Promise<void> {
  expect.soft(await findings(new AxeBuilder({ page }).withRules('target-size')), state).toEqual([]);
}

async function findings(axe: AxeBuilder): Promise<string[]> {
  // Pages without frames need no second document to put the results together in.
  const { violations } = await axe.setLegacyMode().analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
  );
}
