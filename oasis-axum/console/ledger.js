// The gateway's API. Addresses are relative to the page, so they hold below a host's path too.

/** An answer that is no success; `detail` is the problem document's. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export function address(path, parameters = {}) {
  const url = new URL(path, document.baseURI);
  url.search = new URLSearchParams(parameters).toString();
  url.hash = '';
  return url;
}

/** Asks, and turns what is no success into a `Refused`; who listens for 401 shows the sign-in. */
export async function ask(url, options = {}) {
  const response = await fetch(url, { credentials: 'same-origin', ...options });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) dispatchEvent(new CustomEvent('oasis-signed-out'));
  throw new Refused(response.status, problem.detail ?? `the gateway answered ${response.status}`);
}

/** A page of events, newest first, and the cursor of the next one. */
export async function page(query, { limit = 200, cursor, signal } = {}) {
  const parameters = { ...query, limit };
  if (cursor) parameters.cursor = cursor;
  const response = await ask(address('api/v1/oasis/events', parameters), { signal });
  return { events: await response.json(), next: response.headers.get('x-next-cursor') };
}

/** The cursor of the page that starts below this position: how the gateway of this page writes it. */
export const below = (position) => `v1d${position}`;

export async function event(id) {
  return (await ask(address(`api/v1/oasis/events/${encodeURIComponent(id)}`))).json();
}

export async function task(vtid, signal) {
  return (await ask(address(`api/v1/vtids/${encodeURIComponent(vtid)}`), { signal })).json();
}

export async function agents(signal) {
  return (await ask(address('api/v1/agents'), { signal })).json();
}

/** Every event that matches, newest first, page by page; ends after `most` of them. */
export async function* pages(query, { most, signal }) {
  let cursor;
  let seen = 0;
  do {
    const { events, next } = await page(query, { limit: 1000, cursor, signal });
    seen += events.length;
    cursor = seen < most ? next : null;
    yield { events, cut: Boolean(next) && !cursor };
  } while (cursor);
}
