import type { Problem } from '../errors.ts';
import type { Study } from '../study/study.ts';
import { exampleId, fitsPattern } from '../study/sections/subjects.ts';
import { subjectKey } from '../study/identifiers.ts';
import { randomizations } from './enrolment.ts';
import type { Entry } from './entry.ts';
import { LikeIds, otherSiteIn } from './like-ids.ts';
import type { Participant } from './participants.ts';

/** The problems of subject ids, before slots are used that cannot be given back. */
interface IdProblems {
  /** Ids that are not as study.yaml says. */
  readonly wrong: readonly Problem[];
  /** Ids that are like another one or begin with the code of another site: a person may say that they are right. */
  readonly doubtful: readonly Problem[];
}

/** Checks the ids of participants against study.yaml, against those in the ledger, and against one another. */
export function checkSubjectIds(
  { sites, subjects: { pattern } }: Pick<Study, 'sites' | 'subjects'>,
  entries: readonly Entry[],
  participants: readonly Pick<Participant, 'subject' | 'site' | 'place'>[],
): IdProblems {
  const wrong: Problem[] = [];
  const doubtful: Problem[] = [];
  const ids = new LikeIds();
  const numbers = new Map<string, string>();
  for (const { subject, number } of randomizations(entries)) {
    ids.add(subject);
    numbers.set(subjectKey(subject), number);
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
    }
    const other = otherSiteIn(subject, site, codes);
    if (other !== undefined) {
      const message = `subject id ${subject} begins with the code of site ${other}, but the site is ${site}`;
      doubtful.push({ ...place, message });
    }
    ids.add(subject);
  }
  return { wrong, doubtful };
}
