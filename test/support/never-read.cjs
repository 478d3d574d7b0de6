'use strict';

/** Loaded ahead of randose: what is read from a stream never comes. */
class NeverRead {
  pipeThrough() {
    return this;
  }
  getReader() {
    return { read: () => new Promise(() => undefined) };
  }
}
Reflect.set(globalThis, 'ReadableStream', NeverRead);
