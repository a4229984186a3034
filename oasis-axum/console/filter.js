// Which events are meant: what stands in the address, and what the gateway is asked.

export const FIELDS = ['vtid', 'layer', 'module', 'source', 'kind'];
export const NAMES = ['q', 'status', ...FIELDS, 'range', 'since', 'until'];

/** Time ranges that move with the clock, in seconds. */
export const RANGES = { '15m': 900, '1h': 3600, '24h': 86_400, '7d': 604_800 };

const CAPITALS = new Set(['vtid', 'layer', 'module']);

/** The filter that an address holds; what isn't one is left out. */
export function read(parameters) {
  const filter = {};
  for (const name of NAMES) {
    const value = parameters[name]?.trim();
    if (value) filter[name] = CAPITALS.has(name) ? value.toUpperCase() : value;
  }
  return filter;
}

/** The query's parameters. */
export function query({ range, since, until, ...fields }) {
  const asked = { ...fields };
  const from = RANGES[range] ? new Date(Date.now() - RANGES[range] * 1000) : moment(since);
  if (from) asked.since = from.toISOString();
  const to = moment(until);
  if (to) asked.until = to.toISOString();
  return asked;
}

export const isEmpty = (filter) => Object.keys(filter).length === 0;

function moment(text) {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? null : at;
}
