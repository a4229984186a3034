// What a day of events comes to: how many each ten minutes, what failed, who was heard when.

import { isBad } from './status.js';
import { identify } from './track.js';

export const DAY = 86_400_000;
export const SLOT = 600_000;
export const SLOTS = DAY / SLOT;
const MAX_THINGS = 5000;

export class Tally {
  total = 0;
  failed = 0;
  #slots = new Map();
  #failures = new Map();
  #heard = new Map();
  #things = new Map();

  add(event) {
    const at = Date.parse(event.ts);
    const recorded = Date.parse(event.recorded_at);
    const { source } = event;
    if (recorded > (this.#heard.get(source) ?? 0)) this.#heard.set(source, recorded);
    this.#remember(event, at);
    if (Date.now() - at > DAY) return;
    const slot = Math.floor(at / SLOT);
    this.#sum(this.#slots, slot);
    this.total += 1;
    if (!isBad(event.status)) return;
    this.failed += 1;
    if (!this.#failures.has(source)) this.#failures.set(source, new Map());
    this.#sum(this.#failures.get(source), slot);
  }

  /** That a source was heard at this moment, also if that is longer ago than a day. */
  hear(source, at) {
    if (at > (this.#heard.get(source) ?? 0)) this.#heard.set(source, at);
  }

  /** How many events each ten minutes had, the oldest first. */
  series(now = Date.now()) {
    return this.#spread(this.#slots, now);
  }

  /** The same of failures, for each source that has one, the most first. */
  failures(now = Date.now()) {
    const rows = [...this.#failures].map(([source, slots]) => ({ source, series: this.#spread(slots, now) }));
    for (const row of rows) row.total = row.series.reduce((sum, n) => sum + n, 0);
    return rows.filter((row) => row.total > 0).sort((a, b) => b.total - a.total);
  }

  /** Each source with the moment of its last delivery, the newest first. */
  heard() {
    return [...this.#heard].sort((a, b) => b[1] - a[1]);
  }

  /** What failed and was not made good since, the newest first. */
  openFailures() {
    const open = [...this.#things.values()].filter(({ event }) => isBad(event.status));
    return open.sort((a, b) => b.at - a.at);
  }

  #remember(event, at) {
    const { line, name } = identify(event);
    const known = this.#things.get(line);
    if (known && (known.at > at || (known.at === at && known.event.position > event.position))) return;
    if (!known && this.#things.size >= MAX_THINGS) return;
    this.#things.set(line, { event, at, name });
  }

  #sum(slots, slot) {
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
    if (slots.size <= SLOTS + 1) return;
    const oldest = Math.floor(Date.now() / SLOT) - SLOTS;
    for (const key of slots.keys()) if (key < oldest) slots.delete(key);
  }

  #spread(slots, now) {
    const last = Math.floor(now / SLOT);
    return Array.from({ length: SLOTS }, (_, at) => slots.get(last - SLOTS + 1 + at) ?? 0);
  }
}
