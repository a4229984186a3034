// Agents: who works, on what, and when they were heard.

import { write } from './address.js';
import * as badge from './badge.js';
import { bars, hours } from './chart.js';
import { h, isolated } from './element.js';
import { Feed } from './feed.js';
import * as ledger from './ledger.js';
import { age, count, full } from './moment.js';
import { shape } from './status.js';
import { DAY, SLOT, SLOTS } from './tally.js';

const EVERY = 15_000;
const SOON = 1000;
const MOST = 5000;
/** What shows each state: the shape and colour of a status, and the state's own word. */
const STATES = { online: 'success', late: 'warning', offline: 'cancelled' };

export class Agents {
  title = 'Agents';
  #work = new AbortController();
  #timer = 0;
  #feed = null;
  #newest = 0;

  constructor() {
    this.body = h('div', { class: 'card-body' });
    this.element = h('div', { class: 'view overview' }, h('section', { class: 'card wide', 'aria-label': 'Agents' }, h('h1', {}, 'Agents'), this.body));
  }

  show() {
    this.hide();
    this.#work = new AbortController();
    this.body.replaceChildren(h('p', { class: 'dim' }, 'Asking who is there …'));
    this.#load(this.#work.signal);
  }

  hide() {
    this.#work.abort();
    clearTimeout(this.#timer);
    this.#feed?.stop();
    this.#feed = null;
    badge.follow(null);
  }

  async #load(signal) {
    try {
      const agents = await ledger.agents(signal);
      const beats = await this.#beats(signal);
      if (signal.aborted) return;
      this.body.replaceChildren(agents.length === 0 ? nobody() : table(agents, beats));
      this.#again(signal, EVERY);
      this.#follow(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.body.replaceChildren(error.status === 404 ? unavailable() : this.#fault(error, signal));
    }
  }

  /** How many beats each agent had in each ten minutes of the last day. */
  async #beats(signal) {
    const beats = new Map();
    const last = Math.floor(Date.now() / SLOT);
    const since = new Date(Date.now() - DAY).toISOString();
    for await (const { events } of ledger.pages({ source: 'agent.ping', kind: 'heartbeat', since }, { most: MOST, signal })) {
      this.#newest = Math.max(this.#newest, events[0]?.position ?? 0);
      for (const { ts, meta } of events) {
        const slot = Math.floor(Date.parse(ts) / SLOT) - last + SLOTS - 1;
        if (slot < 0 || slot >= SLOTS || typeof meta?.agent !== 'string') continue;
        if (!beats.has(meta.agent)) beats.set(meta.agent, Array(SLOTS).fill(0));
        beats.get(meta.agent)[slot] += 1;
      }
    }
    return beats;
  }

  /** A beat asks soon, and time alone asks too: who falls silent sends nothing. */
  #follow(signal) {
    this.#feed ??= new Feed({ source: 'agent.ping' }, this.#newest, {
      events: () => this.#again(signal, SOON),
      state: () => badge.show(),
      resumed: badge.resumed,
      resync: () => this.show(),
    });
    badge.follow(this.#feed);
  }

  #again(signal, wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(signal), wait);
  }

  #fault(error, signal) {
    this.#again(signal, EVERY);
    return h('p', {}, `The agents could not be read: ${error.message}. Asking again soon.`);
  }
}

function table(agents, beats) {
  const order = Object.keys(STATES);
  agents.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.agent.localeCompare(b.agent));
  const row = ({ agent: name, role, vtid, state, last_seen: seen }) => {
    const series = beats.get(name) ?? Array(SLOTS).fill(0);
    const total = series.reduce((sum, n) => sum + n, 0);
    const task = vtid === 'UNSET' ? 'none' : h('a', { class: 'vtid', href: write({ view: 'task', subject: vtid }) }, vtid);
    return h('tr', {}, h('th', { scope: 'row' }, isolated(name), h('span', { class: 'under' }, isolated(role))),
      h('td', {}, h('span', { class: `mark st-${STATES[state]}` }, shape(STATES[state]), h('span', {}, state)),
        h('span', { class: 'under', title: full(seen) }, `${age(Date.now() - Date.parse(seen))} ago`)),
      h('td', {}, task),
      h('td', { class: 'beats' }, bars(series, { label: `${name}: ${count(total)} beats in 24 h`, unit: (n) => `${n} beats` })));
  };
  const head = ['agent', 'state', 'task', 'beats of the last 24 h'].map((name) => h('th', { scope: 'col' }, name));
  return h('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': 'Agents, scrolls sideways' },
    h('table', {}, h('thead', {}, h('tr', {}, head)), h('tbody', {}, agents.map(row)),
      h('tfoot', {}, h('tr', {}, h('td', { colspan: '3' }), h('td', {}, hours())))));
}

function nobody() {
  return h('div', { class: 'hint' }, h('h2', {}, 'No agent has been heard yet'), h('p', {}, 'An agent appears with its first heartbeat:'),
    h('pre', {}, 'POST api/v1/agents/heartbeat\n{"agent": "builder-1", "role": "build", "vtid": "DEV-CICDL-0031"}'));
}

function unavailable() {
  return h('div', { class: 'hint' }, h('h2', {}, 'This gateway keeps no list of agents'), h('p', {}, 'It has no api/v1/agents; everything else works without it.'));
}
