import * as v from 'valibot';
import { OPENED_BEFORE, PROBLEM, STUDY } from '../../results/common-parts.ts';
import { KIT, UNITS } from '../../results/kit-parts.ts';
import {
  COUNT,
  DATE,
  form,
  forms,
  list,
  members,
  optional,
  orNull,
  says,
  TEXT,
  YES_NO,
} from '../../results/shapes.ts';

const HOLDER = {
  ...OPENED_BEFORE,
  facts: says(
    list(TEXT),
    'What is recorded of the participant, such as a withdrawal, in sentences.',
  ),
  randomizedAs: says(orNull(TEXT), 'The id at randomization; null if nobody has the slot.'),
};

const DOSES = list(
  members({
    subject: says(TEXT, 'The participant who got it.'),
    visit: says(TEXT, 'The visit, such as D15.'),
    date: says(DATE, 'When.'),
    kit: says(orNull(TEXT), 'The kit.'),
    seq: says(COUNT, 'The ledger entry.'),
    dose: optional(says(TEXT, 'The planned dose, if study.yaml says it.')),
  }),
);

const CHECKED = {
  ...KIT,
  doses: says(DOSES, 'The injections that were given from this kit.'),
  elsewhere: says(DOSES, 'The injections of the participant from kits that are not of the slot.'),
  units: says(orNull(UNITS), 'Its units; null before it is dispensed.'),
  ...HOLDER,
};

const VALID = { ...STUDY, valid: says(v.literal(true), 'It belongs to this study.') };

export const CHECK_RESULT = forms(
  form('Of a kit, a slot or a participant.', {
    ...VALID,
    ...CHECKED,
    others: optional(says(list(members(CHECKED)), 'The other kits of a slot that was named.')),
  }),
  form('The same in a study without kits.', {
    ...VALID,
    kit: says(v.null(), 'The study has no kits.'),
    number: KIT.number,
    replacementFor: KIT.replacementFor,
    stratum: KIT.stratum,
    batch: KIT.batch,
    subject: KIT.subject,
    ...HOLDER,
  }),
  form('Of a study.yaml that is being written, and of a plan.', {
    file: says(TEXT, 'The study.yaml.'),
    plan: says(orNull(TEXT), 'The plan; null if none is named.'),
    ...STUDY,
    sealed: says(v.literal(false), 'The list is not sealed yet.'),
    arms: says(list(TEXT), 'The codes of the arms.'),
    slots: says(COUNT, 'How many slots would be drawn.'),
    strata: says(
      list(
        members({
          stratum: says(TEXT, 'The stratum.'),
          slots: says(COUNT, 'How many slots it would have.'),
          ratio: says(TEXT, 'The ratio of the arms, such as 2:1.'),
        }),
      ),
      'The strata.',
    ),
    kits: says(orNull(COUNT), 'How many kits there would be; null without kits.'),
    opens: says(
      members({
        envelopes: says(TEXT, 'The envelopes.'),
        list: says(TEXT, 'The whole list.'),
        packing: says(orNull(TEXT), 'The packing list; null without kits.'),
        cards: says(TEXT, 'The code-break cards, to print them.'),
      }),
      'Who could open what, by name.',
    ),
    ready: says(YES_NO, 'Whether allocate would ask for nothing more.'),
    toDo: says(list(PROBLEM), 'What is missing before the list can be drawn.'),
    labels: says(list(PROBLEM), 'What is missing before labels can be printed.'),
  }),
  form('Of a study.yaml whose list is sealed.', {
    file: says(TEXT, 'The study.yaml.'),
    ...STUDY,
    sealed: says(v.literal(true), 'The list is sealed.'),
  }),
);
