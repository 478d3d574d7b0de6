/** Things that are made whenever they are read: all rows of a long table at once would need much memory. */
export function madeWhenRead<One>(make: () => Iterator<One>): Iterable<One> {
  return { [Symbol.iterator]: make };
}
