// Copying, also where a page by plain http has no clipboard of its own.

import { announce } from './announce.js';
import { h } from './element.js';

export function copyButton(label, text) {
  const button = h('button', { type: 'button', class: 'quiet', on: { click: async () => {
    const done = await copy(text());
    button.textContent = done ? 'Copied' : 'Not copied';
    announce(done ? `${label}: copied` : `${label}: not copied`);
    setTimeout(() => { button.textContent = label; }, 1500);
  } } }, label);
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h('textarea', { class: 'unseen' });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
