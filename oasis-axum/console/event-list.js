// A list of events that lives: the newest page, the feed after it, older pages by scrolling.

import { announce } from './announce.js';
import * as badge from './badge.js';
import { h } from './element.js';
import { Feed } from './feed.js';
import { Grid } from './grid.js';
import * as ledger from './ledger.js';
import { count } from './moment.js';
import { Rows } from './rows.js';

/** How many rows before the end the next page is asked for. */
const AHEAD = 60;

export class EventList {
  #grid;
  #rows = new Rows();
  #query = {};
  #feed = null;
  #hooks;
  #work = new AbortController();
  #loading = false;
  #chip;
  #state;

  /** Hooks: open(event), selected(event), learned(events), empty() gives the text for no rows. */
  constructor(hooks) {
    this.#hooks = hooks;
    this.#grid = new Grid({
      open: (event) => hooks.open(event),
      selected: (event) => hooks.selected(event),
      near: (from, to) => this.#near(from, to),
      moved: () => { if (this.#grid.atTop && this.#grid.selected === null) this.#release(); },
    });
    this.#chip = h('button', { type: 'button', class: 'chip', hidden: true, on: { click: () => this.toNewest() } });
    this.#state = h('div', { class: 'state', hidden: true });
    this.element = h('section', { class: 'events', 'aria-label': 'Events' }, this.#chip, this.#grid.element, this.#state);
  }

  get grid() {
    return this.#grid;
  }

  /** Shows what matches this query, and goes on with what comes. */
  async show(query) {
    this.stop();
    this.#work = new AbortController();
    const { signal } = this.#work;
    this.#query = query;
    this.#rows = new Rows();
    this.#grid.rows = this.#rows;
    this.#count();
    this.#say('loading');
    try {
      const { events, next } = await ledger.page(query, { signal });
      if (signal.aborted) return;
      this.#rows.append(events, next);
      this.#hooks.learned(events);
      this.#grid.draw();
      this.#say(events.length === 0 ? 'empty' : null);
      this.#follow();
    } catch (error) {
      if (!signal.aborted) this.#say('error', error);
    }
  }

  stop() {
    this.#work.abort();
    this.#feed?.stop();
    this.#feed = null;
    this.#loading = false;
    badge.follow(null);
  }

  /** To the newest row, which is followed from then on. */
  toNewest() {
    this.#grid.unselect();
    this.#release();
    this.#grid.toTop();
    this.#grid.element.focus({ preventScroll: true });
  }

  #follow() {
    const feed = new Feed(this.#query, this.#rows.newest, {
      events: (events) => this.#add(events),
      state: () => badge.show(),
      resumed: badge.resumed,
      resync: () => this.show(this.#query),
      refused: (error) => { if (error.status !== 401) this.#say('error', error); },
    });
    this.#feed = feed;
    badge.follow(feed);
  }

  #add(events) {
    const added = this.#rows.prepend(events);
    if (added === 0) return;
    this.#say(null);
    // Whoever reads further down, or has a row open, keeps it where it is.
    const reading = !this.#grid.atTop || this.#grid.selected !== null;
    if (reading || this.#grid.held > 0) this.#grid.held += added;
    else this.#grid.draw();
    this.#rows.release();
    this.#count();
    this.#hooks.learned(events);
    announce(added === 1 ? `New event: ${events[0].title}` : `${added} new events`);
  }

  #release() {
    if (this.#grid.held === 0) return;
    this.#grid.held = 0;
    this.#count();
  }

  #count() {
    const { held } = this.#grid;
    this.#chip.hidden = held === 0;
    this.#chip.textContent = `${count(held)} new`;
  }

  /** Called for the rows that are about to be drawn: gets what they lack. */
  #near(from, to) {
    for (const block of this.#rows.missing(from, to)) this.#refill(block);
    if (to + AHEAD >= this.#rows.count && this.#rows.next) this.#older();
  }

  async #older() {
    if (this.#loading) return;
    this.#loading = true;
    const { signal } = this.#work;
    try {
      const { events, next } = await ledger.page(this.#query, { cursor: this.#rows.next, limit: 400, signal });
      if (signal.aborted) return;
      this.#rows.append(events, next);
      this.#rows.release();
      this.#hooks.learned(events);
      this.#grid.draw();
    } catch {
      // The rows that are here stay; scrolling on asks again.
    } finally {
      if (!signal.aborted) setTimeout(() => { this.#loading = false; });
    }
  }

  async #refill(block) {
    if (block.asked) return;
    block.asked = true;
    const { signal } = this.#work;
    try {
      const asked = { cursor: ledger.below(block.newest + 1), limit: block.count, signal };
      const { events } = await ledger.page(this.#query, asked);
      if (signal.aborted) return;
      this.#rows.fill(block, events);
      this.#rows.release();
      this.#grid.draw();
    } catch {
      setTimeout(() => this.#grid.draw(), 2000);
    } finally {
      block.asked = false;
    }
  }

  #say(what, error) {
    this.#state.hidden = what === null;
    this.#state.dataset.state = what ?? '';
    if (what === 'loading') this.#state.replaceChildren(h('p', {}, 'Reading the ledger …'));
    if (what === 'empty') this.#state.replaceChildren(this.#hooks.empty());
    if (what !== 'error') return;
    const again = h('button', { type: 'button', on: { click: () => this.show(this.#query) } }, 'Try again');
    this.#state.replaceChildren(h('h2', {}, 'The ledger could not be read'), h('p', {}, error.message), again);
  }
}
