// Elements. What comes from a payload becomes a text node or an attribute's value, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes (`on` holds listeners) and children; a string becomes text. */
export function h(name, attributes = {}, ...children) {
  return dress(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function s(name, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, name), attributes, children);
}

function dress(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Text from a payload: whatever writing direction it has stays inside. */
export function isolated(text) {
  return h('bdi', {}, text);
}

/** A link, if the address is one that a page may show: http or https, nothing else. */
export function outward(address, ...children) {
  if (!isWeb(address)) return h('span', {}, ...children);
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, ...children);
}

export function isWeb(address) {
  if (typeof address !== 'string') return false;
  try {
    return ['http:', 'https:'].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}
