import type { CommandSpec } from './command.ts';
import { EVERYONE_COMMANDS } from './desks/everyone.ts';
import { OFFICER_COMMANDS } from './desks/officer.ts';
import { SITE_COMMANDS } from './desks/site.ts';
import { STATISTICIAN_COMMANDS } from './desks/statistician.ts';
import { SUPPLIES_COMMANDS } from './desks/supplies.ts';

/** Every command, in the order in which a trial needs them: desk by desk. What is heavy is loaded when it runs. */
export const COMMANDS: readonly CommandSpec[] = [
  ...STATISTICIAN_COMMANDS,
  ...SITE_COMMANDS,
  ...SUPPLIES_COMMANDS,
  ...OFFICER_COMMANDS,
  ...EVERYONE_COMMANDS,
];
