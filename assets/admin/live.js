// Keeps the Live screen up to date. The server sends the parts of the page that have changed, at most once a second; each
// replaces the one on the page. Without this script, the page has a link to refresh it.
(() => {
  const root = document.querySelector('[data-live]');
  if (!root || !('EventSource' in window)) return;
  const connection = document.querySelector('[data-live-connection]');
  const refresh = document.querySelector('[data-live-refresh]');
  const isStill = matchMedia('(prefers-reduced-motion: reduce)');
  let source;
  let pointer;

  const show = (state, text) => {
    if (connection.dataset.state === state) return;
    connection.dataset.state = state;
    connection.textContent = text;
    refresh.hidden = state === 'live' || state === 'reconnecting';
  };

  // Replaces the content of a part. Open tables, the focus and scroll positions stay as they are.
  const replace = (part, html) => {
    const open = [...part.querySelectorAll('details[open]')].map((details) => details.id);
    const scrolled = [...part.querySelectorAll('.table')].map((box) => [box.scrollLeft, box.scrollTop]);
    const focusable = 'a, summary, [tabindex]';
    const focused = [...part.querySelectorAll(focusable)].indexOf(document.activeElement);
    const before = [...part.querySelectorAll('[data-live-value]')].map((value) => value.textContent);
    part.innerHTML = html;
    for (const id of open) document.getElementById(id)?.setAttribute('open', '');
    part.querySelectorAll('.table').forEach((box, nth) => box.scrollTo(...(scrolled[nth] ?? [0, 0])));
    if (focused !== -1) part.querySelectorAll(focusable)[focused]?.focus({ preventScroll: true });
    if (isStill.matches) return;
    part.querySelectorAll('[data-live-value]').forEach((value, nth) => {
      if (before[nth] !== undefined && before[nth] !== value.textContent) value.classList.add('changed');
    });
  };

  const update = (event) => {
    for (const [id, html] of Object.entries(JSON.parse(event.data))) {
      const part = document.getElementById(id);
      // A selection would be lost. The next change replaces the part.
      if (part && !part.contains(getSelection()?.isCollapsed === false ? getSelection().anchorNode : null)) replace(part, html);
    }
    point();
  };

  const connect = () => {
    if (source || document.hidden) return;
    source = new EventSource(root.dataset.live);
    source.addEventListener('live', update);
    source.addEventListener('open', () => show('live', 'Live'));
    source.addEventListener('error', () => {
      if (source?.readyState === EventSource.CLOSED) {
        source = undefined;
        show('ended', 'Not live. Refresh the page, or sign in again.');
      } else {
        show('reconnecting', 'Reconnecting…');
      }
    });
  };

  const disconnect = () => {
    source?.close();
    source = undefined;
  };

  // A line through the chart at the pointer, with the text of the column that it is over.
  const point = () => {
    document.querySelectorAll('.crosshair').forEach((crosshair) => crosshair.remove());
    if (!pointer) return;
    const column = document.elementFromPoint(pointer.x, pointer.y)?.closest('.column');
    if (!column) return;
    // The browser's own tooltip would cover this one.
    const title = column.querySelector('title');
    if (title) column.dataset.text = title.textContent;
    title?.remove();
    const box = column.getBoundingClientRect();
    const chart = column.closest('svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    const x = `${parseFloat(column.getAttribute('x')) + parseFloat(column.getAttribute('width')) / 2}%`;
    const attributes = { class: 'crosshair', x1: x, x2: x, y1: '0', y2: '100%' };
    for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
    chart.append(line);
    const tip = document.createElement('p');
    tip.className = 'crosshair crosshair-text';
    tip.setAttribute('aria-hidden', 'true');
    tip.textContent = column.dataset.text;
    chart.closest('.chart-panel').append(tip);
    const panel = chart.closest('.chart-panel').getBoundingClientRect();
    // Beside the line, on the side that has more room.
    const x0 = box.x + box.width / 2 - panel.x;
    const left = x0 < panel.width / 2 ? x0 + 10 : x0 - tip.offsetWidth - 10;
    tip.style.left = `${Math.max(4, Math.min(left, panel.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${box.y - panel.y + 6}px`;
  };

  root.addEventListener('pointermove', (event) => {
    pointer = { x: event.clientX, y: event.clientY };
    point();
  });
  root.addEventListener('pointerleave', () => {
    pointer = undefined;
    point();
  });
  // A hidden page needs no stream. One that is shown again gets all that has changed.
  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
  addEventListener('pagehide', disconnect);
  addEventListener('pageshow', connect);
  connect();
})();
