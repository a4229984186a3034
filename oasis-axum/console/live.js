// The live view: filters, and the list under them.

import { amend, read } from './address.js';
import * as drawer from './drawer.js';
import { h } from './element.js';
import { EventList } from './event-list.js';
import * as filter from './filter.js';
import { FilterBar } from './filter-bar.js';

export class Live {
  title = 'Live';
  #bar;
  #shown = null;

  constructor() {
    this.#bar = new FilterBar((value) => {
      const nothing = Object.fromEntries(filter.NAMES.map((name) => [name, null]));
      amend({ ...nothing, ...value });
      this.#apply(value);
    });
    this.list = new EventList({
      open: (event) => drawer.open(event, { focus: false }),
      selected: (event) => { if (drawer.isOpen()) drawer.open(event); },
      learned: (events) => this.#bar.learn(events),
      empty: () => this.#empty(),
    });
    this.element = h('div', { class: 'view live' }, h('h1', { class: 'unseen' }, 'Live events'), this.#bar.element, this.list.element);
  }

  show({ parameters }) {
    const value = filter.read(parameters);
    this.#bar.value = value;
    this.#apply(value);
    if (parameters.event) drawer.openById(parameters.event);
  }

  hide() {
    this.list.stop();
    this.#shown = null;
  }

  search() {
    this.#bar.focus();
  }

  #apply(value) {
    const key = JSON.stringify(value);
    if (key === this.#shown) return;
    this.#shown = key;
    this.list.show(filter.query(value));
  }

  #empty() {
    if (!filter.isEmpty(filter.read(read().parameters))) {
      const clear = h('button', { type: 'button', on: { click: () => this.#bar.element.reset() } }, 'Clear the filters');
      return h('div', {}, h('h2', {}, 'Nothing matches'), h('p', {}, 'What matches will appear here as it comes.'), clear);
    }
    return h('div', {}, h('h2', {}, 'The ledger is empty'), h('p', {}, 'The first delivery will appear here. To try it:'),
      h('pre', {}, 'oasis-gateway demo'));
  }
}
