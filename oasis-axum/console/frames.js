// Server-Sent Events, cut out of a stream wherever its pieces end (WHATWG HTML, section 9.2).

export class Frames {
  #rest = '';
  #id = null;
  #data = [];
  #retry = null;

  /** The messages that this piece completes. */
  push(piece) {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop();
    const messages = [];
    for (const line of lines) {
      const message = this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (message) messages.push(message);
    }
    return messages;
  }

  #line(line) {
    if (line === '') {
      const message = { id: this.#id, data: this.#data.join('\n'), retry: this.#retry };
      const complete = this.#data.length > 0;
      this.#id = null;
      this.#data = [];
      this.#retry = null;
      return complete ? message : null;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return null;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'id') this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.#retry = Number(value);
    return null;
  }
}
