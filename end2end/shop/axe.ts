// axe looks at a page as it is now, in both colour schemes, and finds nothing against WCAG 2.2 AA or good practice.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export async function expectAccessible(page: Page, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    // Colours that are on their way from one to another are no finding.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // Pages without frames need no second document to put the results together in.
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
    const findings = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
    );
    expect.soft(findings, `${state}, ${colorScheme}`).toEqual([]);
  }
}
