// The badge: LIVE, RECONNECTING or OFFLINE, and how old the last message is.

import { announce } from './announce.js';
import { age, count, duration, time } from './moment.js';

const badge = document.querySelector('[data-badge]');
const note = document.querySelector('[data-note]');
let feed = null;
let said = null;
let hide = 0;

/** Shows this feed's state from now on; `null` while a view has none. */
export function follow(next) {
  feed = next;
  show();
}

export function show() {
  const state = feed?.state ?? 'idle';
  badge.hidden = state === 'idle';
  badge.dataset.state = state;
  const [, name, since] = badge.children;
  name.textContent = state.toUpperCase();
  const last = feed?.lastMessage;
  since.textContent = last ? age(Date.now() - last) : '';
  badge.title = last ? `last message at ${time(last)}` : 'no message yet';
  if (state !== said && said !== null && !['idle', 'connecting'].includes(state)) {
    announce(`Feed ${state}`);
  }
  if (state !== 'idle') said = state;
}

/** Says after a cut that the feed went on where it ended. */
export function resumed({ away, events }) {
  const what = events === 0 ? 'nothing happened meanwhile' : `${count(events)} event${events === 1 ? '' : 's'} caught up`;
  note.textContent = `Back after ${duration(away)}: ${what}, nothing was missed.`;
  note.hidden = false;
  clearTimeout(hide);
  hide = setTimeout(() => { note.hidden = true; }, 8000);
  announce(note.textContent);
}

setInterval(show, 1000);
