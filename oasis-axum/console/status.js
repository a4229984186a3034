// A status is a shape and a word; the colour only repeats it.

import { h, s } from './element.js';

export const STATUSES = [
  'queued', 'in_progress', 'success', 'failure', 'error', 'cancelled', 'warning', 'info',
];

const FINAL = new Set(['success', 'failure', 'error', 'cancelled']);
const BAD = new Set(['failure', 'error']);

export const isFinal = (status) => FINAL.has(status);
export const isBad = (status) => BAD.has(status);
export const word = (status) => status.replace('_', ' ');

const known = (status) => (STATUSES.includes(status) ? status : 'info');

/** The shape alone, for a place whose text says the word. */
export function shape(status, attributes = {}) {
  const use = s('use', { href: `#s-${known(status)}` });
  return s('svg', { class: `shape st-${known(status)}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', ...attributes }, use);
}

export function mark(status) {
  return h('span', { class: `mark st-${known(status)}` }, shape(status), h('span', {}, word(status)));
}

/** Turns a mark into another status's, so that a row can be used again. */
export function remark(element, status) {
  element.className = `mark st-${known(status)}`;
  const [svg, text] = element.children;
  svg.setAttribute('class', `shape st-${known(status)}`);
  svg.firstElementChild.setAttribute('href', `#s-${known(status)}`);
  text.textContent = word(status);
}
