// One event as a row.

import { h, isWeb, s } from './element.js';
import { full, short } from './moment.js';
import { mark, remark } from './status.js';
import { write } from './address.js';

export const COLUMNS = ['time', 'status', 'VTID', 'event', 'ref', 'repository', 'link'];

/** What a person would call the thing, where the payload has it. */
const SUBJECTS = ['pr_title', 'issue_title', 'run_title', 'commit_message', 'check_name', 'job_name', 'context',
  'environment', 'service', 'description', 'title', 'message', 'notes', 'agent', 'tag', 'name', 'unparsed'];

export function subject({ meta }) {
  for (const name of SUBJECTS) {
    const text = meta?.[name];
    if (typeof text === 'string' && text.trim()) return text.split('\n', 1)[0].slice(0, 300);
  }
  return '';
}

export class Row {
  #cells;
  position = null;

  constructor() {
    const cell = (name, ...children) => h('span', { role: 'gridcell', class: `c-${name}` }, ...children);
    const time = h('time');
    const status = mark('info');
    const vtid = h('a', { tabindex: '-1' });
    const title = h('b');
    const about = h('bdi', { class: 'about' });
    const ref = h('bdi');
    const repository = h('bdi');
    const icon = s('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('use', { href: '#s-out' }));
    const link = h('a', { tabindex: '-1', target: '_blank', rel: 'noopener noreferrer' }, icon);
    this.#cells = { time, status, vtid, title, about, ref, repository, link };
    this.element = h('div', { class: 'row', role: 'row' }, cell('time', time), cell('status', status), cell('vtid', vtid),
      cell('event', title, about), cell('ref', ref), cell('repo', repository), cell('link', link));
  }

  /** Shows an event, or with null that it is being read again. */
  show(event) {
    this.position = event?.position ?? null;
    this.event = event;
    this.element.classList.toggle('waiting', !event);
    this.element.classList.remove('fresh');
    if (!event) return;
    const { time, status, vtid, title, about, ref, repository, link } = this.#cells;
    time.textContent = short(event.ts);
    time.dateTime = event.ts;
    time.title = full(event.ts);
    remark(status, event.status);
    vtid.textContent = event.vtid;
    if (event.vtid === 'UNSET') vtid.removeAttribute('href');
    else vtid.href = write({ view: 'task', subject: event.vtid });
    title.textContent = event.title;
    about.textContent = subject(event);
    about.title = about.textContent;
    ref.textContent = event.ref ?? '';
    ref.title = event.ref ?? '';
    repository.textContent = event.meta?.repository ?? event.source;
    link.hidden = !isWeb(event.link);
    if (link.hidden) link.removeAttribute('href');
    else {
      link.href = event.link;
      link.setAttribute('aria-label', `${event.title} at ${new URL(event.link).host}`);
      link.title = event.link;
    }
  }
}
