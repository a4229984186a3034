// Small bar charts. The numbers stand beside them as text.

import { h, s } from './element.js';
import { clock } from './moment.js';
import { SLOT } from './tally.js';

const HEIGHT = 100;

/** Bars for each ten minutes of a day; `unit` makes a number of events the text of its bar. */
export function bars(series, { label, unit, name = '', top = Math.max(...series, 1) }) {
  const last = Math.floor(Date.now() / SLOT);
  const drawn = series.map((value, at) => {
    if (value === 0) return null;
    const height = Math.max(3, (value / top) * HEIGHT);
    const from = (last - series.length + 1 + at) * SLOT;
    return s('rect', { x: at + 0.1, width: 0.8, y: HEIGHT - height, height }, s('title', {}, `${clock(from)}–${clock(from + SLOT)}: ${unit(value)}`));
  });
  return s('svg', { class: `bars ${name}`, viewBox: `0 0 ${series.length} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label }, drawn);
}

/** The hours under a day's chart. */
export function hours() {
  const now = Date.now();
  return h('div', { class: 'hours', 'aria-hidden': 'true' }, [24, 18, 12, 6].map((ago) => h('span', {}, clock(now - ago * 3_600_000))), h('span', {}, 'now'));
}
