// The live feed. Read with `fetch`, because an `EventSource` hides what an answer was and gives up
// for ever on one that is no success; this one always comes back, with the last position it saw.

import { Frames } from './frames.js';
import { address, ask } from './ledger.js';

/** The gateway sends a heartbeat every 15 s: a feed this long silent is dead. */
const SILENCE = 40_000;
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 15_000;
/** As many failures in a row are more than a restart. */
const OFFLINE_AFTER = 4;

export class Feed {
  state = 'connecting';
  lastMessage = null;
  #query;
  #after;
  #hooks;
  #stop = new AbortController();
  #request = null;
  #wake = () => {};
  #failures = 0;
  #lostAt = null;
  #lostAfter = 0;
  #caughtUp = 0;
  #retry = 2000;

  /** `after` is the last position that is known; hooks: events, resync, state, resumed, refused. */
  constructor(query, after, hooks) {
    this.#query = query;
    this.#after = after;
    this.#hooks = hooks;
    const signal = this.#stop.signal;
    const nudge = () => this.#nudge();
    addEventListener('online', nudge, { signal });
    addEventListener('offline', () => this.#request?.abort(), { signal });
    document.addEventListener('visibilitychange', nudge, { signal });
    const watch = setInterval(() => this.#watch(), 2000);
    signal.addEventListener('abort', () => clearInterval(watch));
    this.#run();
  }

  stop() {
    this.#stop.abort();
    this.#request?.abort();
    this.#wake();
  }

  get stopped() {
    return this.#stop.signal.aborted;
  }

  async #run() {
    while (!this.stopped) {
      try {
        await this.#read();
      } catch (error) {
        if (this.stopped) return;
        if (error.status === 400 || error.status === 401) {
          this.#become('offline');
          this.#hooks.refused?.(error);
          return;
        }
      }
      if (this.stopped) return;
      if (this.#lostAt === null) {
        this.#lostAt = this.lastMessage ?? Date.now();
        this.#lostAfter = this.#after;
      }
      this.#failures += 1;
      const gone = !navigator.onLine || this.#failures > OFFLINE_AFTER;
      this.#become(gone ? 'offline' : 'reconnecting');
      await this.#pause();
    }
  }

  async #read() {
    this.#request = new AbortController();
    const url = address('api/v1/devhub/feed', { ...this.#query, last_event_id: this.#after });
    const response = await ask(url, { signal: this.#request.signal, cache: 'no-store' });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const frames = new Frames();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.stopped) return;
      this.#take(frames.push(value));
    }
  }

  #take(messages) {
    let events = [];
    for (const { data, retry } of messages) {
      if (retry !== null) this.#retry = retry;
      const message = JSON.parse(data);
      if (message.position) {
        events.push(message);
        this.#after = message.position;
      } else if (message.type === 'connected') {
        this.#connected();
      } else if (message.type === 'resync') {
        events = [];
        this.#lostAt = null;
        this.#hooks.resync?.();
        return;
      } else if (message.type === 'heartbeat') {
        this.#settle();
      }
    }
    this.lastMessage = Date.now();
    if (events.length > 0) {
      this.#caughtUp += events.length;
      this.#hooks.events(events);
    }
  }

  #connected() {
    this.#failures = 0;
    this.lastMessage = Date.now();
    this.#become('live');
    this.#caughtUp = 0;
    if (this.#lostAt !== null) setTimeout(() => this.#settle(), 600);
  }

  /** What was missed while away is here; from now on it is live again. */
  #settle() {
    if (this.#lostAt === null || this.stopped || this.state !== 'live') return;
    const away = Date.now() - this.#lostAt;
    this.#lostAt = null;
    // Positions have no gap: without a filter it is counted that nothing is missing.
    const whole = Object.keys(this.#query).length > 0 || this.#after - this.#lostAfter === this.#caughtUp;
    if (whole) this.#hooks.resumed?.({ away, events: this.#caughtUp });
    else this.#hooks.resync?.();
  }

  #pause() {
    const wait = Math.min(FIRST_PAUSE * 2 ** (this.#failures - 1), Math.max(this.#retry, LONGEST_PAUSE));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait * (0.75 + Math.random() / 2));
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  /** The machine woke up, or the network is back. */
  #nudge() {
    this.#watch();
    if (this.state !== 'live') this.#wake();
  }

  #watch() {
    if (this.state === 'live' && Date.now() - this.lastMessage > SILENCE) this.#request?.abort();
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#hooks.state?.(state);
  }
}
