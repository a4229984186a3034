// A long list of which only what is seen stands in the page. Rows keep their element while they
// move, so that a new row above costs one element and not a screenful.

import { h } from './element.js';
import { COLUMNS, Row } from './row.js';

/** How many rows are kept ready on either side of the view. */
const MARGIN = 8;

export class Grid {
  #rows;
  #hidden = 0;
  #shown = new Map();
  #spare = [];
  #frame = 0;
  #height = 32;
  #body;
  #hooks;
  selected = null;

  /** Hooks: open(event), near(from, to) before these rows are drawn, moved() after a scroll. */
  constructor(hooks) {
    this.#hooks = hooks;
    const head = h('div', { class: 'row head', role: 'row', 'aria-rowindex': '1' },
      COLUMNS.map((name) => h('span', { role: 'columnheader', class: `c-${name.toLowerCase()}` }, name)));
    this.#body = h('div', { class: 'body', role: 'rowgroup' });
    this.element = h('div', { class: 'grid', role: 'grid', tabindex: '0', 'aria-label': 'Events', 'aria-colcount': COLUMNS.length,
      on: { scroll: () => { this.draw(); hooks.moved(); }, click: (event) => this.#click(event) } },
    h('div', { role: 'rowgroup', class: 'top' }, head), this.#body);
    new ResizeObserver(() => this.#measure()).observe(this.element);
  }

  /** Shows these rows from the top. */
  set rows(rows) {
    this.#rows = rows;
    this.#hidden = 0;
    this.selected = null;
    this.element.scrollTop = 0;
    this.draw();
  }

  /** How many of the newest rows are held back. */
  get held() {
    return this.#hidden;
  }

  set held(count) {
    this.#hidden = count;
    this.draw();
  }

  get atTop() {
    return this.element.scrollTop < this.#height / 2;
  }

  get length() {
    return (this.#rows?.count ?? 0) - this.#hidden;
  }

  toTop() {
    this.element.scrollTop = 0;
    this.draw();
  }

  draw() {
    this.#frame ||= requestAnimationFrame(() => { this.#frame = 0; this.#paint(); });
  }

  /** Moves the selection by so many rows and keeps it in view. */
  step(by) {
    if (this.length === 0) return;
    const at = this.selected === null ? -1 : this.#rows.indexOf(this.selected) - this.#hidden;
    const top = Math.round(this.element.scrollTop / this.#height);
    const from = at < 0 ? top - (by > 0 ? 1 : 0) : at;
    this.#select(Math.min(Math.max(from + by, 0), this.length - 1));
  }

  #select(index) {
    const [event] = this.#rows.slice(index + this.#hidden, index + this.#hidden + 1);
    if (!event) return;
    this.selected = event.position;
    const head = this.element.firstElementChild.offsetHeight;
    const [top, seen] = [index * this.#height, this.element.clientHeight - head];
    if (top < this.element.scrollTop) this.element.scrollTop = top;
    else if (top + this.#height > this.element.scrollTop + seen) this.element.scrollTop = top + this.#height - seen;
    this.#paint();
    this.#hooks.selected(event);
  }

  unselect() {
    this.selected = null;
    this.draw();
  }

  get selectedEvent() {
    const index = this.selected === null ? -1 : this.#rows.indexOf(this.selected);
    return index < 0 ? null : this.#rows.slice(index, index + 1)[0];
  }

  #click(event) {
    if (event.target.closest('a')) return;
    const element = event.target.closest('.row:not(.head)');
    for (const [key, row] of this.#shown) {
      if (row.element !== element || !row.event) continue;
      this.selected = key;
      this.#paint();
      this.#hooks.open(row.event);
    }
  }

  #measure() {
    const probe = h('div', { class: 'row' });
    this.#body.append(probe);
    const height = probe.offsetHeight || this.#height;
    probe.remove();
    // What is read stays where it is when the rows change their height.
    const at = this.element.scrollTop / this.#height;
    if (height !== this.#height) {
      this.#height = height;
      this.element.scrollTop = at * height;
    }
    this.draw();
  }

  #paint() {
    if (!this.#rows || !this.element.isConnected) return;
    const { scrollTop, clientHeight } = this.element;
    const from = Math.max(0, Math.floor(scrollTop / this.#height) - MARGIN);
    const to = Math.min(this.length, Math.ceil((scrollTop + clientHeight) / this.#height) + MARGIN);
    const [first, last] = [from + this.#hidden, to + this.#hidden];
    this.#hooks.near(first, last);
    const events = this.#rows.slice(first, last);
    const wanted = new Map(events.map((event, at) => [event?.position ?? `gap ${first + at}`, event]));
    for (const [key, row] of this.#shown) {
      if (!wanted.has(key)) {
        this.#shown.delete(key);
        row.element.remove();
        if (this.#spare.length < 80) this.#spare.push(row);
      }
    }
    let index = from;
    let active = null;
    for (const [key, event] of wanted) {
      let row = this.#shown.get(key);
      if (!row) {
        row = this.#spare.pop() ?? new Row();
        row.show(event);
        row.element.id = `row-${key}`;
        this.#shown.set(key, row);
        this.#body.append(row.element);
      }
      this.#place(row.element, index, key === this.selected);
      if (key === this.selected) active = row.element.id;
      index += 1;
    }
    this.#body.style.height = `${this.length * this.#height}px`;
    this.element.setAttribute('aria-rowcount', this.#rows.next ? '-1' : String(this.length + 1));
    if (active) this.element.setAttribute('aria-activedescendant', active);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #place(element, index, isSelected) {
    element.style.transform = `translateY(${index * this.#height}px)`;
    element.setAttribute('aria-rowindex', String(index + 2));
    element.setAttribute('aria-selected', String(isSelected));
    element.classList.toggle('odd', index % 2 === 1);
  }
}
