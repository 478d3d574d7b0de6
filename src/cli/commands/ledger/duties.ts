import { RandoseError } from '../../../errors.ts';
import { noteOpened } from '../../../store/opened-ledgers.ts';
import { openServer } from '../../../store/postgres/open-server.ts';
import type { Server } from '../../../store/postgres/server.ts';
import { listed } from '../../../words.ts';
import type { Output } from '../../output/output.ts';
import { formatTable } from '../../output/table.ts';
import { tellWould } from '../../study/look-first.ts';
import type { LedgerFlags } from './command.ts';
import { requireUrl } from './database-url.ts';
import { requireBy } from './who-and-why.ts';

/** `randose ledger --grant`, `--revoke` and `--duties`: what the logins of a database may do. */
export async function changeDuties(output: Output, flags: LedgerFlags): Promise<void> {
  if (flags.grant !== undefined) await grantDuty(output, flags.grant, flags);
  if (flags.revoke !== undefined) await revokeDuty(output, flags.revoke, flags);
  if (flags.duties === true) await showDuties(output, flags);
}

/** `randose ledger --duties`: who has which duties now. */
async function showDuties(output: Output, flags: LedgerFlags): Promise<void> {
  const people = await withServer(flags, '--duties', (server) => server.people());
  const rows = people.map(({ login, duties, sites }) => [
    login,
    duties.join(', '),
    sites.length === 0 ? 'all' : sites.join(', '),
  ]);
  const table = formatTable(['Login', 'Duties', 'Sites'], rows, output.colour, output);
  output.result({ people }, rows.length === 0 ? 'No login has a duty yet.\n' : table);
}

/** `randose ledger --grant`: gives a login of the database its duties, for sites or for all of them. */
async function grantDuty(output: Output, login: string, flags: LedgerFlags): Promise<void> {
  const { duty: duties = [], site: sites = [] } = flags;
  if (duties.length === 0) {
    throw new RandoseError('usage', '--grant needs --duty', {
      hint: 'For example: randose ledger --grant LOGIN --duty coordinator --site CRT --by WHO',
    });
  }
  const by = requireBy(flags, '--grant');
  const where = sites.length === 0 ? '' : ` at ${listed(sites)}`;
  const what = `${listed(duties)}${where}`;
  if (flags.dryRun === true) {
    tellWould(output, `give ${login} the duty ${what}`);
    return;
  }
  await withServer(flags, '--grant', (server) => server.grantDuty(login, { sites, duties, by }));
  output.result({ login, duties, sites }, `${login} is ${what} now.\n`);
}

/** `randose ledger --revoke`: takes all duties from a login. What it has entered stays. */
async function revokeDuty(output: Output, login: string, flags: LedgerFlags): Promise<void> {
  const by = requireBy(flags, '--revoke');
  if (flags.dryRun === true) {
    tellWould(output, `take all duties from ${login}`);
    return;
  }
  await withServer(flags, '--revoke', (server) => server.revokeDuty(login, by));
  output.result({ login, duties: [], sites: [] }, `${login} has no duty any more.\n`);
}

async function withServer<T>(
  flags: LedgerFlags,
  flag: string,
  work: (server: Server) => Promise<T>,
): Promise<T> {
  const { server, connection } = await openServer(requireUrl(flags, flag));
  noteOpened(connection);
  return work(server);
}
