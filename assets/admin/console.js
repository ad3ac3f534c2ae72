// Keyboard shortcuts of the console: `/` moves to the search field, the arrow keys move between the rows of a table, and
// Enter follows the link of the row. Every page works without them.
(() => {
  const ROW_LINK = '[data-row-link]';

  const isTyping = (target) => target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;

  const isVisible = (element) => element.getClientRects().length > 0;

  const focusSearch = () => {
    const field = [...document.querySelectorAll('[data-search]')].find(isVisible);
    field?.focus();
    field?.select();
    return field !== undefined;
  };

  // Moves from the focused row to the next or the previous one. Elsewhere on the page, the first row is next.
  const moveRow = (step) => {
    const focused = document.activeElement;
    const row = focused?.closest('tr');
    const table = row?.closest('table') ?? focused?.querySelector('table') ?? document.querySelector('table');
    const isElsewhere = focused && focused !== document.body && !focused.contains(table) && !row;
    if (!table || isElsewhere) return false;
    const links = [...table.querySelectorAll(ROW_LINK)];
    const current = links.findIndex((link) => row?.contains(link));
    const next = current === -1 ? (step > 0 ? links[0] : undefined) : links[current + step];
    next?.focus();
    return next !== undefined;
  };

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const isHandled =
      (event.key === '/' && focusSearch()) ||
      (!event.shiftKey && event.key === 'ArrowDown' && moveRow(1)) ||
      (!event.shiftKey && event.key === 'ArrowUp' && moveRow(-1));
    if (isHandled) event.preventDefault();
  });

  // A click anywhere in a row follows its link, unless the operator selects text or uses something in the row.
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || event.target.closest('a, button, input, select, textarea, label, summary, form')) return;
    if (String(getSelection()) !== '') return;
    event.target.closest('tbody tr')?.querySelector(ROW_LINK)?.click();
  });
})();
