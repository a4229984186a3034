// A JSON value as a tree whose branches fold.

import { h, isWeb, isolated, outward } from './element.js';

/** Deeper or longer than this nobody reads; the JSON has all of it. */
const MAX_DEPTH = 12;
const MAX_ITEMS = 200;

export function tree(value, depth = 0) {
  if (value === null || typeof value !== 'object') return leaf(value);
  const pairs = Object.entries(value);
  if (pairs.length === 0) return h('span', { class: 'v-empty' }, Array.isArray(value) ? '[ ]' : '{ }');
  if (depth >= MAX_DEPTH) return h('span', { class: 'v-empty' }, `… ${pairs.length} more`);
  const items = pairs.slice(0, MAX_ITEMS).map(([name, inner]) => branch(name, inner, depth));
  if (pairs.length > MAX_ITEMS) items.push(h('li', {}, `… ${pairs.length - MAX_ITEMS} more`));
  return h('ul', { class: 'tree' }, items);
}

function branch(name, value, depth) {
  if (value === null || typeof value !== 'object' || Object.keys(value).length === 0) {
    return h('li', {}, h('span', { class: 'k' }, isolated(name)), tree(value, depth + 1));
  }
  const size = h('span', { class: 'v-empty' }, ` ${Object.keys(value).length}`);
  const summary = h('summary', {}, h('span', { class: 'k' }, isolated(name)), size);
  return h('li', {}, h('details', { open: depth < 2 }, summary, tree(value, depth + 1)));
}

function leaf(value) {
  const text = value === null ? 'null' : String(value);
  const shown = typeof value === 'string' && isWeb(value) ? outward(value, text) : isolated(text);
  return h('span', { class: `v v-${value === null ? 'null' : typeof value}` }, shown);
}
