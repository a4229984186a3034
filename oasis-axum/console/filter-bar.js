// The row of filters above a list.

import { h } from './element.js';
import { FIELDS, NAMES, RANGES, read } from './filter.js';
import { STATUSES, word } from './status.js';

const PAUSE = 250;
const LABELS = { '15m': 'last 15 min', '1h': 'last hour', '24h': 'last 24 h', '7d': 'last 7 days' };

export class FilterBar {
  #form;
  #known = new Map(FIELDS.map((name) => [name, new Set()]));
  #timer = 0;

  constructor(change) {
    const soon = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => change(this.value), PAUSE);
    };
    const now = () => {
      clearTimeout(this.#timer);
      this.#showTimes();
      change(this.value);
    };
    const field = (name) => h('label', { class: `field f-${name}` }, h('span', {}, name === 'vtid' ? 'VTID' : name),
      h('input', { name, list: `known-${name}`, autocomplete: 'off', spellcheck: 'false' }),
      h('datalist', { id: `known-${name}` }));
    const options = (pairs) => pairs.map(([value, text]) => h('option', { value }, text));
    const select = (name, label, pairs) => h('label', { class: `field f-${name}` }, h('span', {}, label),
      h('select', { name }, options(pairs)));
    const when = (name) => h('label', { class: 'field f-when', 'data-when': true }, h('span', {}, name),
      h('input', { type: 'datetime-local', name, step: '1' }));
    this.#form = h('form', { class: 'filters', role: 'search', 'aria-label': 'Filters', on: {
      input: (event) => (event.target.matches('select, [type=datetime-local]') ? now() : soon()),
      submit: (event) => { event.preventDefault(); now(); },
      reset: () => setTimeout(now),
    } },
    h('label', { class: 'field search' }, h('span', {}, 'search'),
      h('input', { type: 'search', name: 'q', placeholder: 'title, task, ref, link', autocomplete: 'off', spellcheck: 'false' })),
    select('status', 'status', [['', 'any'], ...STATUSES.map((status) => [status, word(status)])]),
    select('range', 'time', [['', 'any'], ...Object.keys(RANGES).map((range) => [range, LABELS[range]]), ['between', 'from … to']]),
    when('since'), when('until'),
    h('details', { class: 'more' }, h('summary', {}, 'Fields'), h('div', {}, FIELDS.map(field))),
    h('button', { type: 'reset', class: 'quiet clear' }, 'Clear'));
    // Wide enough, the fields stand in the row; on a phone they fold away.
    const wide = matchMedia('(min-width: 60rem)');
    const unfold = () => { this.#form.querySelector('.more').open = wide.matches; };
    wide.addEventListener('change', unfold);
    unfold();
  }

  get element() {
    return this.#form;
  }

  get value() {
    const data = Object.fromEntries(new FormData(this.#form));
    if (data.range === 'between') delete data.range;
    else if (data.range) data.since = data.until = '';
    return read(data);
  }

  /** Shows the filter of an address. */
  set value(filter) {
    for (const name of NAMES) {
      const input = this.#form.elements[name];
      if (document.activeElement !== input) input.value = filter[name] ?? '';
    }
    if (filter.since || filter.until) this.#form.elements.range.value = 'between';
    const folded = this.#form.querySelector('.more');
    if (FIELDS.some((name) => filter[name])) folded.open = true;
    this.#showTimes();
  }

  focus() {
    this.#form.elements.q.focus();
    this.#form.elements.q.select();
  }

  /** Offers the values that these events have. */
  learn(events) {
    for (const [name, known] of this.#known) {
      for (const event of events) {
        const value = event[name];
        if (!value || known.has(value) || known.size >= 60) continue;
        known.add(value);
        this.#form.querySelector(`#known-${name}`).append(h('option', { value }));
      }
    }
  }

  #showTimes() {
    const between = this.#form.elements.range.value === 'between';
    for (const field of this.#form.querySelectorAll('[data-when]')) {
      field.hidden = !between;
      if (!between) field.querySelector('input').value = '';
    }
    this.#form.classList.toggle('filtered', Object.keys(this.value).length > 0);
  }
}
