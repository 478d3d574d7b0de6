import { ACTIONS, OPENINGS } from '../../ledger/entry.ts';
import { isStoppedByLock } from '../../ledger/lock.ts';
import { DUTY_SCOPES, dutiesFor } from './duties.ts';
import FILES from './schema?files';
import { actShape } from './shapes.ts';

/**
 * The statements that make the tables, functions and roles of a ledger in an empty database. They are for one transaction of
 * the owner of the database, who may create roles, or of a superuser. If the database has a ledger already, the SQLSTATE is
 * 42P06.
 */
export function schemaScript(): string {
  const parts = Object.entries(FILES).map(([name, text]) => `-- ${name}\n${text}`);
  // Backslashes in the files and in the shapes mean themselves.
  return ['set local standard_conforming_strings = on;', ...parts, tableRows()].join('\n');
}

/** What the tables have from the beginning: the duties, and the kinds of entries. */
function tableRows(): string {
  const duties = Object.entries(DUTY_SCOPES).map(([duty, scope]) => ({ duty, scope }));
  const actions = ACTIONS.map((action) => ({
    action,
    shape: actShape(action),
    despite_lock: !isStoppedByLock({ action }),
    opening: OPENINGS.find((one) => action === `${one} intent` || action === `${one} outcome`),
  }));
  const pairs = ACTIONS.flatMap((action) => dutiesFor(action).map((duty) => ({ duty, action })));
  return [
    rowsOf('duties', 'duty text, scope text', duties),
    rowsOf('actions', 'action text, shape jsonb, despite_lock boolean, opening text', actions),
    rowsOf('duty_actions', 'duty text, action text', pairs),
  ].join('\n');
}

function rowsOf(table: string, columns: string, rows: readonly object[]): string {
  const json = JSON.stringify(rows).replaceAll("'", "''");
  return `insert into randose.${table} select * from jsonb_to_recordset('${json}') as row (${columns});`;
}
