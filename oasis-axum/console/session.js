// Signing in and out, where reading needs a token.

import { h } from './element.js';
import { address, Refused } from './ledger.js';

const AT = 'console/session';

/** How things stand: whether a token is needed, and whether this browser may read. */
export async function standing() {
  const response = await fetch(address(AT), { credentials: 'same-origin' });
  if (!response.ok) throw new Refused(response.status, 'the gateway does not answer');
  return response.json();
}

export async function signOut() {
  await fetch(address(AT), { method: 'DELETE', credentials: 'same-origin' });
}

/** The form; calls back once this browser may read. */
export function form(done) {
  const input = h('input', { id: 'token', name: 'token', type: 'password', required: true, autocomplete: 'current-password', spellcheck: 'false', 'aria-describedby': 'token-why' });
  const fault = h('p', { class: 'fault', role: 'alert' });
  const button = h('button', { type: 'submit', class: 'primary' }, 'Sign in');
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    fault.textContent = '';
    try {
      const response = await fetch(address(AT), {
        method: 'POST', credentials: 'same-origin',
        headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: input.value }),
      });
      if (response.ok) return done();
      fault.textContent = response.status === 401 ? 'That is not a read token of this gateway.' : `The gateway answered ${response.status}.`;
    } catch {
      fault.textContent = 'The gateway does not answer.';
    } finally {
      button.disabled = false;
    }
    input.setAttribute('aria-invalid', 'true');
    input.select();
  };
  const element = h('div', { class: 'view sign-in' }, h('form', { on: { submit } },
    h('h1', {}, 'Sign in'), h('label', { for: 'token' }, 'Read token'), input,
    h('p', { id: 'token-why' }, 'It is traded for a cookie that lasts 12 hours; the browser does not keep the token.'), fault, button));
  requestAnimationFrame(() => input.focus());
  return element;
}
