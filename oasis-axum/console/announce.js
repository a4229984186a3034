// What a screen reader is told: the latest sentence, at most one every few seconds.

const QUIET = 5000;
const region = document.querySelector('[data-announce]');
let next = null;
let timer = 0;
let spoken = 0;

export function announce(text) {
  next = text;
  if (timer) return;
  timer = setTimeout(() => {
    timer = 0;
    spoken = Date.now();
    region.textContent = next;
  }, Math.max(0, spoken + QUIET - Date.now()));
}
