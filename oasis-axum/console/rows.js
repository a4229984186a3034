// The rows of a list, newest first, in blocks. Only blocks near the view keep their events; of the
// others their ends are known, and because a ledger never changes they can be read again.

const BLOCK = 200;
/** How many blocks keep their events. */
const KEPT = 12;

export class Rows {
  /** Newest first: { newest, oldest, count, events }, where `events` is null once let go. */
  #blocks = [];
  count = 0;
  /** The cursor of what is older; null at the ledger's start. */
  next = null;
  #clock = 0;

  get newest() {
    return this.#blocks[0]?.newest ?? 0;
  }

  /** New events, oldest first; those that are here already are passed over. */
  prepend(events) {
    let added = 0;
    for (const event of events) {
      if (event.position <= this.newest) continue;
      const head = this.#blocks[0];
      if (head?.events && head.count < BLOCK) {
        head.events.unshift(event);
        head.newest = event.position;
        head.count += 1;
      } else {
        this.#blocks.unshift(this.#block([event]));
      }
      added += 1;
    }
    this.count += added;
    return added;
  }

  /** The next older page. */
  append(events, next) {
    for (let at = 0; at < events.length; at += BLOCK) {
      this.#blocks.push(this.#block(events.slice(at, at + BLOCK)));
    }
    this.count += events.length;
    this.next = next;
  }

  /** The events from one index to another, null for each that must be read again. */
  slice(from, to) {
    const found = [];
    this.#each(from, to, (block, first, last) => {
      block.used = ++this.#clock;
      for (let at = first; at < last; at += 1) found.push(block.events?.[at] ?? null);
    });
    return found;
  }

  /** The blocks between these indices whose events were let go. */
  missing(from, to) {
    const blocks = [];
    this.#each(from, to, (block) => { if (!block.events) blocks.push(block); });
    return blocks;
  }

  fill(block, events) {
    block.events = events;
    block.used = ++this.#clock;
  }

  /** Lets go of the events that were not looked at for the longest time. */
  release() {
    const held = this.#blocks.filter((block) => block.events);
    if (held.length <= KEPT) return;
    held.sort((a, b) => a.used - b.used);
    for (const block of held.slice(0, held.length - KEPT)) block.events = null;
  }

  /** Where the event with this position stands; -1 if it isn't here. */
  indexOf(position) {
    let first = 0;
    for (const block of this.#blocks) {
      if (position <= block.newest && position >= block.oldest) {
        const at = block.events?.findIndex((event) => event.position === position) ?? -1;
        return at < 0 ? -1 : first + at;
      }
      first += block.count;
    }
    return -1;
  }

  #each(from, to, visit) {
    let first = 0;
    for (const block of this.#blocks) {
      const last = first + block.count;
      if (last > from && first < to) visit(block, Math.max(from, first) - first, Math.min(to, last) - first);
      if (last >= to) return;
      first = last;
    }
  }

  #block(events) {
    const oldest = events[events.length - 1].position;
    return { newest: events[0].position, oldest, count: events.length, events, used: ++this.#clock };
  }
}
