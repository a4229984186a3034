// One event, whole.

import { amend, write } from './address.js';
import { copyButton } from './clipboard.js';
import { h, isolated, outward } from './element.js';
import * as ledger from './ledger.js';
import { duration, full } from './moment.js';
import { subject } from './row.js';
import { mark } from './status.js';
import { tree } from './tree.js';

const drawer = document.querySelector('[data-drawer]');
let back = null;
let current = null;
/** Whether reading needs a token here, so that the `curl` line has one. */
let tokenNeeded = false;

export const isOpen = () => !drawer.hidden;

export function needToken(needed) {
  tokenNeeded = needed;
}

/** Opens an event; with `focus` the keyboard goes there and comes back when it closes. */
export function open(event, { focus = false } = {}) {
  if (drawer.hidden) back = document.activeElement;
  current = event.id;
  drawer.replaceChildren(...content(event));
  drawer.hidden = false;
  drawer.scrollTop = 0;
  document.body.classList.add('with-drawer');
  amend({ event: event.id });
  if (focus) drawer.focus();
}

/** Opens the event that a shared address names. */
export async function openById(id) {
  if (id === current && isOpen()) return;
  try {
    open(await ledger.event(id));
  } catch {
    amend({ event: null });
  }
}

export function close() {
  if (drawer.hidden) return;
  const inside = drawer.contains(document.activeElement);
  drawer.hidden = true;
  current = null;
  document.body.classList.remove('with-drawer');
  amend({ event: null });
  if (inside && back?.isConnected) back.focus({ preventScroll: true });
}

function content(event) {
  const heading = h('h2', { id: 'drawer-title' }, event.title);
  const about = subject(event);
  const shut = h('button', { type: 'button', class: 'quiet close', 'aria-label': 'Close', on: { click: close } }, '×');
  const links = h('p', { class: 'actions' },
    copyButton('Copy JSON', () => JSON.stringify(event, null, 2)), copyButton('Copy curl', () => curl(event)),
    event.link ? outward(event.link, 'Open the source') : null);
  return [
    h('header', {}, h('div', {}, mark(event.status), heading), shut),
    about ? h('p', { class: 'about' }, isolated(about)) : null, links,
    h('dl', { class: 'fields' }, fields(event)),
    h('h3', {}, 'meta'), tree(event.meta ?? {}),
  ].filter(Boolean);
}

function fields(event) {
  const lag = Date.parse(event.recorded_at) - Date.parse(event.ts);
  const moment = (iso) => h('time', { datetime: iso, title: iso }, full(iso));
  const task = event.vtid === 'UNSET' ? 'UNSET' : h('a', { href: write({ view: 'task', subject: event.vtid }) }, event.vtid);
  const pairs = [
    ['position', String(event.position)], ['ts', moment(event.ts)],
    ['recorded_at', h('span', {}, moment(event.recorded_at), lag > 0 ? ` (${duration(lag)} later)` : '')],
    ['vtid', task], ['layer', event.layer], ['module', event.module], ['source', event.source], ['kind', event.kind],
    ['status', event.status], ['title', event.title], ['ref', event.ref],
    ['link', event.link ? outward(event.link, event.link) : null], ['id', event.id], ['delivery_id', event.delivery_id],
  ];
  return pairs.map(([name, value]) => h('div', {}, h('dt', {}, name),
    h('dd', {}, typeof value === 'string' ? isolated(value) : value ?? h('span', { class: 'v-empty' }, 'none'))));
}

function curl(event) {
  const url = ledger.address(`api/v1/oasis/events/${event.id}`).href;
  const token = tokenNeeded ? ' -H "Authorization: Bearer $OASIS_READ_TOKEN"' : '';
  return `curl -sS${token} '${url}'`;
}
