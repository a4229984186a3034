// The page: which view is shown, and who may see it.

import { read } from './address.js';
import { Agents } from './agents.js';
import * as badge from './badge.js';
import * as drawer from './drawer.js';
import { h } from './element.js';
import * as keyboard from './keyboard.js';
import { Live } from './live.js';
import { Overview } from './overview.js';
import * as session from './session.js';
import { Task } from './task.js';

const VIEWS = { live: Live, task: Task, overview: Overview, agents: Agents };

const main = document.querySelector('main');
const signOut = document.querySelector('[data-sign-out]');
const made = new Map();
let shown = null;
let locked = false;

/** Shows what the address names; an unknown view is the live one. */
function show() {
  if (locked) return;
  const at = read();
  const name = Object.hasOwn(VIEWS, at.view) && (at.view !== 'task' || at.subject) ? at.view : 'live';
  if (!made.has(name)) made.set(name, new VIEWS[name]());
  const view = made.get(name);
  if (view !== shown) {
    shown?.hide();
    shown = view;
    if (!at.parameters.event) drawer.close();
    main.replaceChildren(view.element);
  }
  for (const link of document.querySelectorAll('[data-view]')) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  view.show(at);
  document.title = `${at.subject || view.title} · OASIS`;
}

function lock() {
  if (locked) return;
  locked = true;
  shown?.hide();
  shown = null;
  drawer.close();
  badge.follow(null);
  signOut.hidden = true;
  document.title = 'Sign in · OASIS';
  main.replaceChildren(session.form(() => { locked = false; start(); }));
}

async function start() {
  try {
    const { token_needed: needed, may_read: may } = await session.standing();
    drawer.needToken(needed);
    signOut.hidden = !needed || !may;
    if (!may) return lock();
  } catch {
    // The view says what it can't read, and offers to try again.
  }
  return show();
}

addEventListener('hashchange', show);
addEventListener('oasis-signed-out', lock);
signOut.addEventListener('click', async () => { await session.signOut(); lock(); });
document.querySelector('[data-help]').addEventListener('click', keyboard.showHelp);
document.querySelector('[data-skip]').addEventListener('click', (event) => { event.preventDefault(); main.focus(); });
keyboard.listen(() => shown ?? { element: h('div') });
start();
