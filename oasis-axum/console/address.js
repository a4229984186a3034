// The part of the address after `#`: which view, of what, with which parameters.

/** `#/task/DEV-CICDL-0031?status=failure` as { view, subject, parameters }. */
export function read(hash = location.hash) {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [view, subject = ''] = path.split('/', 2);
  let name = subject;
  try {
    name = decodeURIComponent(subject);
  } catch {
    // A cut escape stays as it was written.
  }
  return { view: view || 'live', subject: name, parameters: Object.fromEntries(new URLSearchParams(query)) };
}

export function write({ view, subject, parameters = {} }) {
  const query = new URLSearchParams(parameters).toString();
  const path = subject ? `${view}/${encodeURIComponent(subject)}` : view;
  return `#/${path}${query && `?${query}`}`;
}

/** Changes parameters of the address in place: a view is shared by its address, and "back" leaves it. */
export function amend(changes) {
  const at = read();
  for (const [name, value] of Object.entries(changes)) {
    if (value) at.parameters[name] = value;
    else delete at.parameters[name];
  }
  history.replaceState(null, '', write(at));
}
