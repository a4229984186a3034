// What events tell of the same thing: a pull request, a branch, a check, a run, a deploy.

import { word } from './status.js';

export const GROUPS = ['Pull requests', 'Pushes', 'Checks', 'Runs', 'Deploys', 'Agents', 'Other'];

/** Which thing an event is about: its group, a key, and a name. `line` is the key of what a later
 *  one of its kind makes good: the next run of a workflow on the same branch. */
export function identify(event) {
  const { kind, source, ref } = event;
  const meta = event.meta ?? {};
  const place = meta.repository ?? '';
  const branch = meta.branch ?? ref ?? '';
  const thing = (group, key, name, line = key) => ({ group, key: `${kind} ${place} ${key}`, name: String(name), line: `${kind} ${place} ${line}` });
  if (kind === 'pull_request' || kind.startsWith('pull_request_review')) {
    return { ...thing('Pull requests', meta.pr_number, `#${meta.pr_number}`), key: `pr ${place} ${meta.pr_number}` };
  }
  if (kind === 'push') return thing('Pushes', ref, ref ?? 'push');
  if (kind === 'check_run') return thing('Checks', `${branch} ${meta.check_name}`, meta.check_name ?? 'check');
  if (kind === 'status') return thing('Checks', `${branch} ${meta.context}`, meta.context ?? 'status');
  if (kind === 'workflow_run') {
    return thing('Runs', meta.run_id, `${meta.workflow_name ?? 'run'} #${meta.run_number ?? meta.run_id}`, `${branch} ${meta.workflow_name}`);
  }
  if (kind === 'workflow_job') return thing('Runs', `${meta.run_id} ${meta.job_name}`, meta.job_name ?? 'job', `${branch} ${meta.job_name}`);
  if (kind === 'deployment' || kind === 'deployment_status') {
    const key = `deploy ${place} ${meta.environment}`;
    return { group: 'Deploys', key, line: key, name: meta.environment ?? 'deployment' };
  }
  if (meta.build_id && !meta.revision) return thing('Runs', meta.build_id, meta.trigger ?? meta.service ?? 'build', `${branch} ${meta.trigger}`);
  if (source === 'gcp.deploy') {
    const name = meta.revision ?? meta.rollout ?? meta.release ?? meta.service ?? meta.job ?? kind;
    return thing('Deploys', name, name, meta.service ?? meta.job ?? meta.pipeline ?? name);
  }
  if (source === 'agent.ping') return thing('Agents', meta.agent, meta.agent ?? 'agent');
  return thing('Other', `${kind} ${ref}`, kind.replaceAll('_', ' '));
}

/** The things of these events, in groups, each in the order in which they began. */
export function tracks(events) {
  const found = new Map();
  for (const event of events) {
    const { group, key, name } = identify(event);
    if (!found.has(key)) found.set(key, { group, name, events: [] });
    found.get(key).events.push(event);
  }
  const all = [...found.values()].map(settle);
  all.sort((a, b) => a.start - b.start);
  return GROUPS.map((group) => [group, all.filter((track) => track.group === group)]).filter(([, list]) => list.length > 0);
}

function settle(track) {
  // By the source's time: deliveries overtake each other.
  const events = track.events.sort((a, b) => Date.parse(a.ts) - Date.parse(b.ts) || a.position - b.position);
  const [first, last] = [events[0], events[events.length - 1]];
  const end = Date.parse(last.ts);
  const start = Math.min(Date.parse(first.ts), begun(first));
  // What ran several times took as long as its last run.
  const took = end - (track.group === 'Checks' ? Math.min(begun(last), end) : start);
  const shown = state(track.group, last);
  const open = ['queued', 'in_progress'].includes(last.status) || ['open', 'draft'].includes(shown);
  return { ...track, events, last, start, end, took, open, state: shown };
}

/** When the run that an event tells of began; with nothing said, with the event. */
export function begun({ ts, meta }) {
  const at = Date.parse(meta?.started_at ?? '');
  return Number.isNaN(at) ? Date.parse(ts) : at;
}

/** The word for how it stands: a pull request is open or merged, anything else has its status. */
function state(group, { status, meta = {}, title, layer, module }) {
  if (group === 'Pushes') return title.replace(`${layer}-${module}-`, '').toLowerCase();
  if (group !== 'Pull requests' || meta.state === undefined) return word(status);
  if (meta.merged === true || meta.merged === 'true') return 'merged';
  return meta.draft === true ? 'draft' : meta.state;
}
