// The overview: what is broken, how much happens, who is heard.

import { announce } from './announce.js';
import { write } from './address.js';
import * as badge from './badge.js';
import { bars, hours } from './chart.js';
import * as drawer from './drawer.js';
import { h, isolated } from './element.js';
import { Feed } from './feed.js';
import * as ledger from './ledger.js';
import { age, clock, count } from './moment.js';
import { mark, shape } from './status.js';
import { DAY, SLOT, SLOTS, Tally } from './tally.js';

/** So many events are counted at most; the page says from when on they are. */
const MOST = 20_000;
/** Sources whose silence is worth knowing. */
const KNOWN = ['github.actions', 'gcp.deploy', 'agent.ping', 'oasis.events'];

export class Overview {
  title = 'Overview';
  #tally = null;
  #feed = null;
  #work = new AbortController();
  #timer = 0;
  #since = null;
  #parts = {};

  constructor() {
    const card = (name, title, className = '') => {
      this.#parts[name] = h('div', { class: 'card-body' });
      return h('section', { class: `card ${className}`, 'aria-label': title }, h('h2', {}, title), this.#parts[name]);
    };
    this.element = h('div', { class: 'view overview', tabindex: '-1' }, h('h1', { class: 'unseen' }, 'Overview'),
      card('open', 'Open failures', 'wide'), card('rate', 'Events a minute, last 24 h', 'wide'),
      card('failures', 'Failures by source, last 24 h'), card('sources', 'Last delivery of each source'));
  }

  show({ parameters }) {
    if (!this.#tally) this.#load();
    if (parameters.event) drawer.openById(parameters.event);
  }

  hide() {
    this.#work.abort();
    this.#feed?.stop();
    this.#tally = null;
    clearInterval(this.#timer);
    badge.follow(null);
  }

  async #load() {
    this.#work = new AbortController();
    const { signal } = this.#work;
    const tally = new Tally();
    this.#tally = tally;
    this.#since = null;
    for (const part of Object.values(this.#parts)) part.replaceChildren(h('p', { class: 'dim' }, 'Reading the ledger …'));
    try {
      let newest = 0;
      const since = new Date(Date.now() - DAY).toISOString();
      for await (const { events, cut } of ledger.pages({ since }, { most: MOST, signal })) {
        newest = Math.max(newest, events[0]?.position ?? 0);
        for (const event of events) tally.add(event);
        if (cut) this.#since = Date.parse(events[events.length - 1].ts);
        this.#draw();
      }
      const last = await Promise.all(KNOWN.map((source) => ledger.page({ source }, { limit: 1, signal })));
      for (const { events: [event] } of last) {
        if (!event) continue;
        tally.hear(event.source, Date.parse(event.recorded_at));
        newest = Math.max(newest, event.position);
      }
      this.#draw();
      if (!signal.aborted) this.#follow(tally, newest);
    } catch (error) {
      if (signal.aborted) return;
      const again = h('button', { type: 'button', on: { click: () => { this.hide(); this.#load(); } } }, 'Try again');
      for (const part of Object.values(this.#parts)) part.replaceChildren();
      this.#parts.open.replaceChildren(h('p', {}, `The ledger could not be read: ${error.message}`), again);
    }
  }

  #follow(tally, newest) {
    let dirty = false;
    this.#feed = new Feed({}, newest, {
      events: (events) => {
        const before = tally.failed;
        for (const event of events) tally.add(event);
        if (tally.failed > before) announce(`${tally.failed - before} new failures`);
        dirty = true;
      },
      state: () => badge.show(),
      resumed: badge.resumed,
      resync: () => { this.hide(); this.#load(); },
    });
    badge.follow(this.#feed);
    let turn = 0;
    this.#timer = setInterval(() => {
      turn += 1;
      // Ages and the clock's hours move on without events too, but need no redraw each second.
      if (dirty || turn % 15 === 0) this.#draw();
      dirty = false;
    }, 1000);
  }

  #draw() {
    const tally = this.#tally;
    if (!tally) return;
    // Who reads with the keyboard in a card is not thrown out of it.
    const active = document.activeElement?.dataset?.key;
    this.#parts.open.replaceChildren(...this.#open(tally));
    this.#parts.rate.replaceChildren(...this.#rate(tally));
    this.#parts.failures.replaceChildren(...this.#failures(tally));
    this.#parts.sources.replaceChildren(this.#sources(tally));
    if (active) this.element.querySelector(`[data-key="${CSS.escape(active)}"]`)?.focus({ preventScroll: true });
  }

  #open(tally) {
    const open = tally.openFailures();
    if (open.length === 0) return [h('p', { class: 'calm' }, shape('success'), h('span', {}, 'Nothing that failed in the last 24 h is still failing.'))];
    const row = ({ event, at, name }) => h('li', {}, mark(event.status),
      h('button', { type: 'button', class: 'line', 'data-key': event.id, on: { click: () => drawer.open(event, { focus: true }) } },
        h('b', {}, isolated(name)), h('span', { class: 'dim' }, isolated([event.ref, event.meta?.repository].filter(Boolean).join(' · ')))),
      event.vtid === 'UNSET' ? h('span') : h('a', { class: 'vtid', 'data-key': `${event.id}-task`, href: write({ view: 'task', subject: event.vtid }) }, event.vtid),
      h('time', { datetime: event.ts, title: event.ts }, `${age(Date.now() - at)} ago`));
    const more = open.length > 12 ? [h('p', { class: 'dim' }, `and ${count(open.length - 12)} more`)] : [];
    return [h('ul', { class: 'failures' }, open.slice(0, 12).map(row)), ...more];
  }

  #rate(tally) {
    const series = tally.series();
    const perMinute = (n) => (n * 60_000) / SLOT;
    const shown = (n) => (n < 10 ? n.toFixed(1) : count(Math.round(n)));
    const peak = Math.max(...series);
    const at = (Math.floor(Date.now() / SLOT) - SLOTS + 1 + series.indexOf(peak)) * SLOT;
    const text = `${count(tally.total)} events, ${count(tally.failed)} of them failures; peak ${shown(perMinute(peak))} a minute${peak ? ` at ${clock(at)}` : ''}`;
    const since = this.#since ? `; counted from ${clock(this.#since)} on` : '';
    const chart = bars(series, { label: `Events a minute: ${text}`, unit: (n) => `${shown(perMinute(n))} a minute`, name: 'tall' });
    return [h('p', { class: 'dim' }, text + since), chart, hours()];
  }

  #failures(tally) {
    const rows = tally.failures();
    if (rows.length === 0) return [h('p', { class: 'calm' }, shape('success'), h('span', {}, 'No failure.'))];
    const top = Math.max(...rows.flatMap((row) => row.series));
    const items = rows.map(({ source, series, total }) => h('li', {}, h('span', {}, isolated(source)),
      bars(series, { label: `${source}: ${total} failures`, unit: (n) => `${n} failures`, name: 'st-failure', top }), h('b', {}, count(total))));
    return [h('ul', { class: 'by-source' }, items), hours()];
  }

  #sources(tally) {
    const heard = tally.heard();
    const never = KNOWN.filter((source) => !heard.some(([name]) => name === source));
    const row = (source, text, when) => h('li', {}, h('span', {}, isolated(source)), h('time', { title: when && new Date(when).toISOString() }, text));
    return h('ul', { class: 'sources' }, heard.map(([source, at]) => row(source, `${age(Date.now() - at)} ago`, at)), never.map((source) => row(source, 'never')));
  }
}
