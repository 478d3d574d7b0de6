import { connect, createServer, type Socket } from 'node:net';

/** Between a client and PostgreSQL's server: what a bad network does. */
export interface TcpProxy {
  readonly port: number;
  /**
   * The next time that a client sends this text, the server gets it and does it, and the client's connection is cut before
   * it reads that it is done. Not under TLS.
   *
   * @returns when that has happened
   */
  loseAnswerTo(text: string): Promise<void>;
  /**
   * The next time that a client sends this text, the server does not get it, and the connection is cut on both sides. Not
   * under TLS.
   *
   * @returns when that has happened
   */
  loseRequest(text: string): Promise<void>;
  /** From now on nothing passes, and nothing is closed: like a firewall that drops packets. */
  fallSilent(): void;
  /** Cuts every connection. */
  cut(): void;
}

const ends: (() => void)[] = [];

/** Stops every proxy that was started here. */
export function stopProxies(): void {
  for (const end of ends.splice(0)) end();
}

/**
 * Starts a proxy, until `stopProxies`.
 *
 * @param delayMs how long each direction takes
 */
export async function startProxy(
  server: { readonly host: string; readonly port: number },
  { delayMs = 0 } = {},
): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let silent = false;
  let trap:
    | { readonly loses: 'answer' | 'request'; readonly text: string; readonly sprung: () => void }
    | undefined;
  const setTrap = async (loses: 'answer' | 'request', text: string) =>
    new Promise<void>((sprung) => {
      trap = { loses, text, sprung };
    });
  const after = (work: () => void) => {
    if (delayMs === 0) work();
    else setTimeout(work, delayMs);
  };

  const listener = createServer((client) => {
    const upstream = connect(server);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('end', () => {
        after(() => !silent && other.end());
      });
      one.on('close', () => {
        sockets.delete(one);
        if (!silent) after(() => other.destroy());
      });
    }
    let pass = (answer: Buffer) => answer;
    client.on('data', (bytes) => {
      if (silent) return;
      if (trap !== undefined && bytes.includes(trap.text)) {
        const { loses, sprung } = trap;
        trap = undefined;
        if (loses === 'request') {
          client.destroy();
          upstream.destroy();
          sprung();
          return;
        }
        const watch = new AnswerWatch();
        pass = (answer) => {
          const passed = watch.pass(answer);
          if (passed !== undefined) return passed;
          client.destroy();
          sprung();
          return Buffer.alloc(0);
        };
      }
      after(() => upstream.write(bytes));
    });
    upstream.on('data', (bytes) => {
      if (silent) return;
      const passed = pass(bytes);
      if (passed.length > 0) after(() => client.write(passed));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const one of sockets) one.destroy();
  };
  ends.push(() => {
    listener.close();
    cut();
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('not a port');
  return {
    port: address.port,
    loseAnswerTo: async (text) => setTrap('answer', text),
    loseRequest: async (text) => setTrap('request', text),
    fallSilent: () => {
      silent = true;
    },
    cut,
  };
}

/** Holds back the server's word that a command is complete until it says whether it is also committed. */
class AnswerWatch {
  private rest = Buffer.alloc(0);
  private held: Buffer[] = [];

  /**
   * @param bytes messages and parts of them: a letter, a length of 4 bytes that counts itself, the body
   * @returns what the client may read now; undefined if a command is complete and committed
   */
  pass(bytes: Buffer): Buffer | undefined {
    this.rest = Buffer.concat([this.rest, bytes]);
    const passed: Buffer[] = [];
    while (this.rest.length >= 5) {
      const length = 1 + this.rest.readUInt32BE(1);
      if (this.rest.length < length) break;
      const message = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      const isCommandComplete = message[0] === 0x43;
      const isReadyForQuery = message[0] === 0x5a;
      if (isCommandComplete || this.held.length > 0) this.held.push(message);
      else passed.push(message);
      if (isReadyForQuery && this.held.length > 0) {
        const isOutsideTransaction = message[5] === 0x49;
        if (isOutsideTransaction) return undefined;
        passed.push(...this.held.splice(0));
      }
    }
    return Buffer.concat(passed);
  }
}
