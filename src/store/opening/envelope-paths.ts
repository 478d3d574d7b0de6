/** The number of rewraps that an envelope's path names; 0 for the envelope as it was allocated. */
export function rewrapOfFile(file: string): number {
  return Number(/\/rewrap-(\d+)\//.exec(file)?.[1] ?? 0);
}

/** The batch that an envelope's path names. */
export function batchOfFile(file: string): number {
  return Number(/\/batch-(\d+)\//.exec(file)?.[1] ?? 1);
}

/** The randomization number in an envelope's file name. */
export function numberOfFile(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1, -'.age'.length);
}
