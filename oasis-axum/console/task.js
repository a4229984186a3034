// A task's page: what became of it, on one time line, and its events.

import * as drawer from './drawer.js';
import { h } from './element.js';
import { EventList } from './event-list.js';
import * as ledger from './ledger.js';
import { count, duration, full } from './moment.js';
import { STATUSES, shape, word } from './status.js';
import { Timeline } from './timeline.js';
import { tracks } from './track.js';

/** The time line shows so many of the newest events; the list has all. */
const MOST = 5000;

export class Task {
  title = 'Task';
  #vtid = null;
  #events = new Map();
  #cut = false;
  #whole = null;
  #work = new AbortController();
  #frame = 0;

  constructor() {
    const open = (event) => drawer.open(event);
    this.heading = h('h1');
    this.facts = h('div', { class: 'facts' });
    this.timeline = new Timeline(open);
    this.list = new EventList({
      open,
      selected: (event) => { if (drawer.isOpen()) drawer.open(event); },
      learned: (events) => this.#learn(events),
      empty: () => h('div', {}, h('h2', {}, 'Nothing is known of this task'), h('p', {}, 'Its first event will appear here.'),
        h('p', {}, h('a', { href: '#/live' }, 'All events'))),
    });
    this.section = h('section', { class: 'course', 'aria-label': 'Time line', tabindex: '0' }, this.timeline.element);
    this.element = h('div', { class: 'view task' }, h('header', { class: 'task-head' }, this.heading, this.facts), this.section, this.list.element);
  }

  show({ subject, parameters }) {
    const vtid = subject.toUpperCase();
    if (vtid !== this.#vtid) {
      this.#vtid = vtid;
      this.#work.abort();
      this.#work = new AbortController();
      this.#events.clear();
      this.#cut = false;
      this.#whole = null;
      this.heading.replaceChildren(h('bdi', {}, vtid));
      this.#draw();
      this.list.show({ vtid });
      this.#load(vtid, this.#work.signal);
    }
    if (parameters.event) drawer.openById(parameters.event);
  }

  hide() {
    this.#work.abort();
    this.list.stop();
    this.#vtid = null;
  }

  async #load(vtid, signal) {
    try {
      for await (const { events, cut } of ledger.pages({ vtid }, { most: MOST, signal })) {
        this.#cut = cut;
        this.#learn(events);
      }
      // Of a longer history the gateway tells the sums.
      if (this.#cut) this.#whole = await ledger.task(vtid, signal);
    } catch {
      // The list below says what is wrong, and offers to try again.
    }
  }

  #learn(events) {
    for (const event of events) {
      if (event.vtid === this.#vtid && this.#events.size < 2 * MOST) this.#events.set(event.position, event);
    }
    this.#frame ||= requestAnimationFrame(() => { this.#frame = 0; this.#draw(); });
  }

  #draw() {
    const events = [...this.#events.values()];
    this.section.hidden = events.length === 0;
    this.timeline.show(tracks(events));
    this.facts.replaceChildren(...(events.length === 0 ? [] : this.#summary(events)));
  }

  #summary(events) {
    const times = events.map((event) => Date.parse(event.ts)).sort((a, b) => a - b);
    const first = this.#whole ? Date.parse(this.#whole.first.ts) : times[0];
    const last = times[times.length - 1];
    const tally = (key) => events.reduce((sums, event) => sums.set(key(event), (sums.get(key(event)) ?? 0) + 1), new Map());
    const statuses = this.#whole ? new Map(Object.entries(this.#whole.statuses)) : tally((event) => event.status);
    const places = [...tally((event) => event.meta?.vtid_source ?? null)].filter(([place]) => typeof place === 'string');
    const total = this.#whole?.events ?? events.length;
    const span = `${count(total)} event${total === 1 ? '' : 's'} over ${duration(last - first)}`;
    const shown = total > events.length ? `; the time line has the newest ${count(events.length)}` : '';
    return [
      h('span', { title: `${full(first)} to ${full(last)}` }, span + shown),
      h('span', { class: 'counts' }, STATUSES.filter((status) => statuses.has(status)).map((status) => h('span', { class: `mark st-${status}` },
        shape(status), h('span', {}, `${count(statuses.get(status))} ${word(status)}`)))),
      places.length === 0 ? null : h('span', {}, 'VTID found in ', h('bdi', {}, places.map(([place, n]) => `${place.replace('_', ' ')} (${n})`).join(', '))),
    ].filter(Boolean);
  }
}
