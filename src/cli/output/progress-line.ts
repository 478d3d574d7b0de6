/** How often the line changes at most: nobody reads faster, and some terminals are slow. */
const SECONDS_BETWEEN = 0.1;
/** Before this, nothing is known of how long the work takes. */
const SECONDS_TO_KNOW = 2;
const [NARROWEST_BAR, WIDEST_BAR] = [10, 30];

/** What is known of long work. */
export interface Progress {
  readonly done: number;
  /** Undefined if nobody knows. */
  readonly total: number | undefined;
  /** What is done, such as `sealing envelopes`. */
  readonly what: string;
}

/** The line that shows how far long work is. It begins anew with other work. */
export class ProgressLine {
  #what = '';
  #began = 0;
  #changed = -Infinity;

  /**
   * @param seconds the time, from any moment on
   * @param columns the width of the terminal
   * @returns the line; empty at the end of the work; undefined if the one that is there is new enough
   */
  next(progress: Progress, seconds: number, columns: number): string | undefined {
    const { what, done, total } = progress;
    if (total !== undefined && done >= total) {
      this.#what = '';
      return '';
    }
    if (what !== this.#what) {
      this.#what = what;
      this.#began = seconds;
    } else if (seconds - this.#changed < SECONDS_BETWEEN) {
      return undefined;
    }
    this.#changed = seconds;
    return progressText(progress, seconds - this.#began, columns);
  }
}

/**
 * `sealing envelopes  [==========>         ]  1024 of 2048, 12 s left`, narrower than the terminal: with less of it, if that is
 * too narrow.
 *
 * @param elapsed how long the work has taken, in seconds
 */
export function progressText(
  { what, done, total }: Progress,
  elapsed: number,
  columns: number,
): string {
  // In the last column some terminals begin a new line.
  const most = columns - 1;
  if (total === undefined) return `${what}: ${done}`.slice(0, most);
  const isKnown = elapsed >= SECONDS_TO_KNOW && done > 0;
  const left = isKnown ? `, ${timeText((elapsed * (total - done)) / done)} left` : '';
  const counts = `${done} of ${total}`;
  const around = `${what}  []  ${counts}${left}`;
  const room = Math.min(WIDEST_BAR, most - around.length);
  if (room >= NARROWEST_BAR) return around.replace('[]', `[${bar(done / total, room)}]`);
  const shorter = [`${what}: ${counts}${left}`, `${what}: ${counts}`, counts];
  return shorter.find(({ length }) => length <= most) ?? '';
}

/** @param share from 0 to 1 */
function bar(share: number, width: number): string {
  const full = Math.floor(share * width);
  return (full === 0 ? '' : `${'='.repeat(full - 1)}>`).padEnd(width);
}

/** @param seconds how long, from 0 */
function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
