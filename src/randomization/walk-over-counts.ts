/** Numbers of the arms that can be reached, in the order of the arms. */
export interface ReachedCounts {
  readonly counts: readonly number[];
  /** Of these numbers, after so many participants. */
  readonly probability: number;
}

/** A place of a list whose arms are drawn by their numbers so far. */
export interface PlaceOfCounts {
  /** What can be before the place, each with the chances of the next arm. */
  readonly before: readonly (ReachedCounts & { readonly chances: readonly number[] })[];
  /** How many participants there are after it. */
  readonly taken: number;
  /** What can be after it. */
  readonly after: readonly ReachedCounts[];
}

/**
 * Goes through a list, place after place, with all numbers of the arms that there can be.
 *
 * @param arms how many arms have a share
 * @param places how many places there are
 * @param chancesAfter the chances of the arms, in their order, after these numbers at a place, from 0
 */
export function* walkOverCounts(
  arms: number,
  places: number,
  chancesAfter: (counts: readonly number[], place: number) => readonly number[],
): Generator<PlaceOfCounts, void> {
  let here: readonly ReachedCounts[] = [
    { counts: new Array<number>(arms).fill(0), probability: 1 },
  ];
  for (let place = 0; place < places; place += 1) {
    const there = new Map<string, ReachedCounts>();
    const before = here.map(({ counts, probability }) => {
      const chances = chancesAfter(counts, place);
      for (const [arm, chance] of chances.entries()) {
        if (chance === 0) continue;
        const next = counts.with(arm, counts[arm]! + 1);
        const known = there.get(next.join())?.probability ?? 0;
        there.set(next.join(), { counts: next, probability: known + probability * chance });
      }
      return { counts, probability, chances };
    });
    here = [...there.values()];
    yield { before, taken: place + 1, after: here };
  }
}
