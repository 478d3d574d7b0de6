import type { Problem } from '../errors.ts';
import type { Study } from '../study/study.ts';
import { exampleId, fitsPattern } from '../study/sections/subjects.ts';
import { subjectKey } from '../study/identifiers.ts';
import { listed } from '../words.ts';
import { randomizations } from './enrolment.ts';
import type { Entry, EntryOf } from './entry.ts';
import { LikeIds, otherSiteIn } from './like-ids.ts';
import type { Participant } from './participants.ts';
import { subjectIds } from './subject-ids.ts';

/** The problems of subject ids, before slots are used that cannot be given back. */
interface IdProblems {
  /** Ids that are not as study.yaml says. */
  readonly wrong: readonly Problem[];
  /** Ids that are like another one or begin with the code of another site: a person may say that they are right. */
  readonly doubtful: readonly Problem[];
  /** What somebody says with --id-is-right, as it follows "if"; empty if no id is doubtful. */
  readonly condition: string;
}

/**
 * Checks the ids of participants against study.yaml, against those in the ledger, and against one another.
 *
 * @param own the participant whose id is corrected: ids of theirs that are like the new one do not count
 */
export function checkSubjectIds(
  { sites, subjects: { pattern } }: Pick<Study, 'sites' | 'subjects'>,
  entries: readonly Entry[],
  participants: readonly Pick<Participant, 'subject' | 'site' | 'place'>[],
  own?: EntryOf<'randomization'>,
): IdProblems {
  const wrong: Problem[] = [];
  const doubtful: Problem[] = [];
  let isAlike = false;
  let isOfOther = false;
  const ids = new LikeIds();
  const numbers = new Map<string, string>();
  const idsOf = subjectIds(entries);
  for (const { seq, subject, number } of randomizations(entries)) {
    if (seq === own?.seq) continue;
    for (const id of idsOf(subject).all) {
      ids.add(id);
      numbers.set(subjectKey(id), number);
    }
  }
  const codes = sites.map(({ code }) => code);
  for (const { subject, site, place } of participants) {
    if (pattern !== undefined && codes.includes(site) && !fitsPattern(pattern, site, subject)) {
      const message = `subject id ${subject} does not fit subjects.pattern in study.yaml: at site ${site} it looks like ${exampleId(pattern, site)}`;
      wrong.push({ ...place, message });
    }
    const like = ids.like(subject);
    if (like !== undefined) {
      const number = numbers.get(subjectKey(like));
      const who = number === undefined ? 'also in this file' : `randomized: ${number}`;
      const message = `subject id ${subject} may be the same person as ${like} (${who})`;
      doubtful.push({ ...place, message });
      isAlike = true;
    }
    const other = codes.includes(site) ? otherSiteIn(subject, site, codes) : undefined;
    if (other !== undefined) {
      const message = `subject id ${subject} begins with the code of site ${other}, but the site is ${site}`;
      doubtful.push({ ...place, message });
      isOfOther = true;
    }
    ids.add(subject);
  }
  const conditions = [
    ...(isAlike ? ['this is another person'] : []),
    ...(isOfOther ? ['the site is right too'] : []),
  ];
  const condition = doubtful.length === 0 ? '' : listed(['the id is right', ...conditions]);
  return { wrong, doubtful, condition };
}

/**
 * What is unusual about new subject ids, a sentence each: one without a digit may be a name, and one that does not look
 * as all earlier ones of its site may be mistyped. With `subjects.pattern` nothing is unusual: the pattern decides.
 */
export function unusualIds(
  { subjects: { pattern } }: Pick<Study, 'subjects'>,
  entries: readonly Entry[],
  participants: readonly Pick<Participant, 'subject' | 'site'>[],
): string[] {
  if (pattern !== undefined) return [];
  const sites = new Map<string, IdsOfSite>();
  const add = ({ subject, site }: Pick<Participant, 'subject' | 'site'>) => {
    const ids = sites.get(site) ?? { first: subject, count: 0, shapes: new Set() };
    ids.count += 1;
    ids.shapes.add(shapeOf(subject));
    sites.set(site, ids);
  };
  for (const earlier of randomizations(entries)) add(earlier);
  return participants.flatMap((participant) => {
    const unusual = whyUnusual(participant, sites.get(participant.site));
    add(participant);
    return unusual ?? [];
  });
}

/** The ids of a site so far. */
interface IdsOfSite {
  readonly first: string;
  count: number;
  readonly shapes: Set<string>;
}

function whyUnusual(
  { subject, site }: Pick<Participant, 'subject' | 'site'>,
  others: IdsOfSite | undefined,
): string | undefined {
  if (!/\d/.test(subject)) {
    return `Subject id ${subject} has no digit: is it a name? Use a subject code.`;
  }
  if (others === undefined || others.shapes.size > 1) return undefined;
  const { first, count, shapes } = others;
  if (shapes.has(shapeOf(subject)) || shapes.has(shapeOf(oneDigitLess(subject)))) return undefined;
  return `Subject id ${subject} does not look like ${count === 1 ? 'the other one' : 'the others'} of site ${site} (${first}): check it.`;
}

/** An id with `A` for each letter and `#` for each digit: `CRT-001` is `AAA-###`. */
function shapeOf(subject: string): string {
  return subject.replace(/[A-Za-z]/g, 'A').replace(/\d/g, '#');
}

/** The id with its last number one digit shorter, if that is the number after 9, 99 and so on. */
function oneDigitLess(subject: string): string {
  return subject.replace(/(?<!\d)10(0*)$/, '1$1');
}
