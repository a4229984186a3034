// A task's things on one time line.

import { h, isolated, outward, s } from './element.js';
import { clock, day, duration, full, time } from './moment.js';
import { isFinal, shape, word } from './status.js';
import { begun } from './track.js';

const LANE = 28;
const EDGE = 10;
const MARK = 14;
const MINUTE = 60_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200].map((n) => n * MINUTE);

export class Timeline {
  #groups = [];
  #open;
  #width = 600;

  constructor(open) {
    this.#open = open;
    this.element = h('div', { class: 'timeline' });
    new ResizeObserver(([{ contentRect }]) => {
      if (Math.abs(contentRect.width - this.#width) < 1) return;
      this.#width = contentRect.width;
      this.#draw();
    }).observe(this.element);
  }

  show(groups) {
    this.#groups = groups;
    this.#draw();
  }

  #draw() {
    const all = this.#groups.flatMap(([, tracks]) => tracks);
    if (all.length === 0) return this.element.replaceChildren();
    const from = Math.min(...all.map((track) => track.start));
    const to = Math.max(from + MINUTE, ...all.map((track) => track.end));
    // The labels and the states on either side; on a phone they stand above the line.
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const width = this.#width - (this.#width < 40 * rem ? 0 : 30 * rem);
    const x = (at) => EDGE + ((at - from) / (to - from)) * (width - 2 * EDGE);
    const scale = { from, to, x, width };
    const parts = [h('div', { class: 'lane axis' }, h('span', { class: 'lane-name' }), axis(scale), h('span', { class: 'lane-state' }))];
    for (const [group, tracks] of this.#groups) {
      parts.push(h('h2', {}, group), ...tracks.map((track) => this.#lane(track, scale)));
    }
    return this.element.replaceChildren(...parts);
  }

  #lane(track, scale) {
    const { last } = track;
    const { took } = track;
    const name = last.link ? outward(last.link, isolated(track.name)) : isolated(track.name);
    const length = track.group === 'Pushes' ? pushes(track.events.length) : took > 0 ? duration(took) : '';
    return h('div', { class: 'lane' },
      h('span', { class: 'lane-name', title: track.name }, name),
      this.#plot(track, scale),
      h('span', { class: 'lane-state' }, h('span', { class: `mark st-${last.status}` }, shape(last.status), h('span', {}, track.state)),
        h('span', { class: 'took' }, track.open && took > 0 ? `${length} so far` : length)));
  }

  #plot({ events, group, name, start, open }, { x, to, width }) {
    const middle = LANE / 2;
    const lines = [];
    const marks = [];
    const line = (from, end, status, dashed) => {
      if (end - from < 0.5) return;
      lines.push(s('line', { x1: from, x2: end, y1: middle, y2: middle, class: `st-${status}`, 'stroke-dasharray': dashed && '2 4' }));
    };
    events.forEach((event, at) => {
      const here = x(Date.parse(event.ts));
      const [before, next] = [events[at - 1], events[at + 1]];
      // Where only the end was told, its start is known from it.
      if (!before || isFinal(before.status)) line(x(Math.max(begun(event), start)), here, 'in_progress');
      if (lasts(event, group) && next) line(here, x(Date.parse(next.ts)), event.status);
      else if (open && !next) line(here, x(to), event.status, true);
      marks.push(s('g', { class: `st-${event.status} point`, on: { click: () => this.#open(event) } },
        s('title', {}, `${time(new Date(event.ts))} ${event.title}`),
        s('circle', { cx: here, cy: middle, r: 9, class: 'ground' }),
        s('use', { href: `#s-${event.status}`, x: here - MARK / 2, y: middle - MARK / 2, width: MARK, height: MARK })));
    });
    const told = events.map((event) => `${word(event.status)} ${full(event.ts)}`).join(', ');
    return s('svg', { class: 'plot', width, height: LANE, role: 'img', 'aria-label': `${name}: ${told}` }, lines, marks);
  }
}

/** Whether what an event tells goes on after it: nothing runs between two pushes or after a run's end. */
const lasts = (event, group) => group === 'Pull requests' || (!POINTS.has(group) && !isFinal(event.status));
const POINTS = new Set(['Pushes', 'Agents']);

const pushes = (n) => (n === 1 ? '1 push' : `${n} pushes`);

function axis({ from, to, x, width }) {
  const wanted = Math.max(2, Math.floor(width / 110));
  const step = STEPS.find((candidate) => (to - from) / candidate <= wanted) ?? Math.ceil((to - from) / wanted);
  const ticks = [];
  const shift = new Date(from).getTimezoneOffset() * MINUTE;
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) {
    const here = x(at);
    const anchor = here < 30 ? 'start' : here > width - 30 ? 'end' : 'middle';
    const label = step >= 1440 * MINUTE ? day(at) : to - from > 1440 * MINUTE ? `${day(at)} ${clock(at)}` : clock(at);
    ticks.push(s('line', { x1: here, x2: here, y1: 18, y2: 24 }), s('text', { x: here, y: 13, 'text-anchor': anchor }, label));
  }
  return s('svg', { class: 'plot', width, height: 24, 'aria-hidden': 'true' }, s('line', { x1: 0, x2: width, y1: 23.5, y2: 23.5 }), ticks);
}
