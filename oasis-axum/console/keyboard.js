// The keyboard: / j k Enter t Esc ?

import { write } from './address.js';
import * as drawer from './drawer.js';

const help = document.querySelector('[data-help-dialog]');

export const showHelp = () => help.showModal();

/** Listens; `view` gives the one that is shown. */
export function listen(view) {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || event.defaultPrevented) return;
    const typing = event.target.matches('input, select, textarea');
    if (event.key === 'Escape') escape(view(), typing ? event.target : null);
    else if (typing || !press(event, view())) return;
    if (event.key !== 'Escape' || !typing) event.preventDefault();
  });
}

function press({ key, target }, view) {
  const grid = view.list?.grid;
  const onControl = target.closest('a, button, summary') !== null;
  if (key === '?') showHelp();
  else if (key === '/' && view.search) view.search();
  else if (!grid) return false;
  else if (key === 'j' || (key === 'ArrowDown' && target === grid.element)) move(grid, 1);
  else if (key === 'k' || (key === 'ArrowUp' && target === grid.element)) move(grid, -1);
  else if (key === 'Enter' && grid.selectedEvent && !onControl) drawer.open(grid.selectedEvent, { focus: true });
  else if (key === 't' && grid.selectedEvent && grid.selectedEvent.vtid !== 'UNSET') {
    location.hash = write({ view: 'task', subject: grid.selectedEvent.vtid });
  } else return false;
  return true;
}

function move(grid, by) {
  if (!document.querySelector('[data-drawer]').contains(document.activeElement)) grid.element.focus({ preventScroll: true });
  grid.step(by);
}

/** Closes what is open, from the inside out. */
function escape(view, field) {
  if (drawer.isOpen()) drawer.close();
  else if (field) (view.list?.grid.element ?? document.querySelector('main')).focus();
  else if (view.list?.grid.selected !== null) view.list?.toNewest();
}
