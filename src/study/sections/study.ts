import * as v from 'valibot';
import { code, line } from '../identifiers.ts';
import { mapping, type YamlFile } from '../yaml-file.ts';

/** What a list is for: participants (production) or a rehearsal (dummy). randose never takes one for the other. */
export type Domain = 'production' | 'dummy';

/** The name of everything in a rehearsal begins with this. */
export const DUMMY_MARK = 'DUMMY-';

/** What a trial is called. */
export interface Identity {
  /** In a rehearsal it begins with `DUMMY-`. */
  readonly id: string;
  readonly domain: Domain;
  readonly title: string;
  readonly sponsor: string;
  /** The trial's numbers in registries, by the name of the registry. */
  readonly registrations: Readonly<Record<string, string>>;
}

/** The key `study`. */
export const STUDY = mapping(
  {
    id: code(32),
    title: line(300),
    sponsor: line(200),
    registrations: v.nullish(v.record(v.string(), line(80)), {}),
  },
  {
    id: 'The name of the trial, such as DEPIL-2. It is on every label and cannot change once the list is sealed.',
    title: 'The title of the trial, in one line.',
    sponsor: 'Who is responsible for the trial, as labels say it.',
    registrations:
      "The trial's numbers in registries, by the name of the registry, such as ClinicalTrials.gov: NCT04133233.",
  },
);

/** The key `dummy`: whether the file belongs to a rehearsal. randose writes it, people do not. */
export const DUMMY = v.optional(v.boolean(), false);

export function identityFrom(study: v.InferOutput<typeof STUDY>, isDummy: boolean): Identity {
  return {
    ...study,
    id: isDummy ? `${DUMMY_MARK}${study.id}` : study.id,
    domain: isDummy ? 'dummy' : 'production',
  };
}

/**
 * Reports an id that would make a trial look like a rehearsal.
 *
 * @param isDraft whether the trial has no list yet. Then the id has DUMMY nowhere; if it has a list, only an
 *   id that begins with `DUMMY-` is refused, so that what is sealed stays readable.
 */
export function checkIdentity(yaml: YamlFile, isDraft: boolean): void {
  const id = yaml.sound(['study', 'id'], v.string());
  if (id === undefined) return;
  const isMarked = isDraft ? /DUMMY/i.test(id) : id.toUpperCase().startsWith(DUMMY_MARK);
  if (!isMarked) return;
  const message = `DUMMY marks a rehearsal: choose another id than "${id}" for the trial. To rehearse it, use randose allocate --rehearsal`;
  yaml.report(['study', 'id'], message);
}
