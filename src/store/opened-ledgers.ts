/** What holds a connection that has to be closed, or the process would not end. */
interface Closable {
  close(): Promise<void>;
}

const opened: Closable[] = [];

/** Notes something to be closed when the command line ends. */
export function noteOpened(one: Closable): void {
  opened.push(one);
}

/** Closes the connections that a command line has opened. */
export async function closeOpened(): Promise<void> {
  await Promise.all(opened.splice(0).map(async (one) => one.close()));
}
