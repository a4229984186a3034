// Moments and durations as text, in the reader's time zone.

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const SHORT = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat(undefined, { day: '2-digit', month: 'short' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

export const full = (iso) => FULL.format(new Date(iso));
export const time = (at) => TIME.format(at);
export const clock = (at) => SHORT.format(at);
export const day = (at) => DAY.format(at);

/** The time of today, with its day before. */
export function short(iso, now = Date.now()) {
  const at = new Date(iso);
  const today = new Date(now).toDateString() === at.toDateString();
  return today ? TIME.format(at) : `${DAY.format(at)} ${SHORT.format(at)}`;
}

/** `850 ms`, `42 s`, `4 min 05 s`, `3 h 12 min`, `2 d 4 h`. */
export function duration(ms) {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const two = (n) => String(n).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** How long ago, in one unit: `now`, `42 s`, `4 min`, `3 h`, `2 d`. */
export function age(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} d`;
}

export const count = (n) => n.toLocaleString('en').replaceAll(',', '\u2009');
