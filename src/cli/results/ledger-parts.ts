import * as v from 'valibot';
import { type Action, ENTRY, meaningOf } from '../../ledger/entry.ts';
import { LEDGER_SAYS, SAYS_OF_KIND } from './ledger-says.ts';
import { list, says } from './shapes.ts';

/** The members of every kind of entry, as the ledger itself is checked. */
const ENTRIES = new Map<Action, Readonly<Record<string, v.GenericSchema>>>(
  ENTRY.options.map(({ entries }) => [entries.action.literal, entries]),
);

/** What an act gets when it is entered. */
const OF_THE_CHAIN = [
  ...['seq', 'time', 'software', 'study', 'meaning', 'id', 'seen', 'signer', 'prev', 'hash'],
  'signature',
];

/** The acts of a command, as the ledger has them. */
export function actsOf(...actions: readonly Action[]) {
  return { acts: says(list(v.union(actions.map(actOf))), 'What was recorded, act by act.') };
}

function actOf(action: Action): v.GenericSchema {
  const own = Object.entries(ENTRIES.get(action) ?? {}).filter(
    ([name]) => !OF_THE_CHAIN.includes(name),
  );
  const members = own.map(([name, shape]) => {
    const isOptional = name === 'subject' || name === 'reason';
    return [name, isOptional ? v.optional(shape) : shape] as const;
  });
  return described(action, Object.fromEntries(members));
}

/**
 * An entry of the ledger: what every entry has. The members of its action are beside these; they are in docs/FORMATS.md
 * (ledger.jsonl) alone.
 */
export const LEDGER_ENTRY = v.pipe(
  v.objectWithRest(
    { ...ENTRIES.get('lock'), action: v.picklist([...ENTRIES.keys()]) },
    v.unknown(),
  ),
  v.metadata({ says: LEDGER_SAYS }),
);

function described(
  action: Action,
  entries: Readonly<Record<string, v.GenericSchema>>,
): v.GenericSchema {
  return v.pipe(
    v.strictObject(entries),
    v.description(`${action}: ${meaningOf(action)}.`),
    v.metadata({ says: { ...LEDGER_SAYS, ...SAYS_OF_KIND[action] } }),
  );
}
