import { RandoseError } from '../../../errors.ts';
import { noteOpened } from '../../../store/opened-ledgers.ts';
import { openServer } from '../../../store/postgres/open-server.ts';
import type { Server, Standing } from '../../../store/postgres/server.ts';
import { STUDY_FILE } from '../../../study/layout.ts';
import { readStudy } from '../../../study/study-file.ts';
import { listed } from '../../../words.ts';
import { requireSite } from '../../arguments/participant-schedule.ts';
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
  const { duty: duties = [] } = flags;
  if (duties.length === 0) {
    throw new RandoseError('usage', '--grant needs --duty', {
      hint: 'For example: randose ledger --grant LOGIN --duty coordinator --site CRT --by WHO',
    });
  }
  const by = requireBy(flags, '--grant');
  await withServer(flags, '--grant', async (server, standing) => {
    const sites = await sitesOf(server, standing, flags.site ?? []);
    const what = dutiesText({ duties, sites });
    const was = await dutiesOf(server, login);
    const before = `${login} ${was === null ? 'had no duty' : `was ${dutiesText(was)}`}`;
    if (flags.dryRun === true) {
      tellWould(output, `give ${login} the duty ${what}: ${before}`);
      return;
    }
    await server.grantDuty(login, { sites, duties, by });
    output.result({ login, duties, sites, was }, `${before}, and is now ${what}.\n`);
  });
}

/** `randose ledger --revoke`: takes all duties from a login. What it has entered stays. */
async function revokeDuty(output: Output, login: string, flags: LedgerFlags): Promise<void> {
  const by = requireBy(flags, '--revoke');
  await withServer(flags, '--revoke', async (server) => {
    const was = await dutiesOf(server, login);
    const before = was === null ? '' : `: ${login} was ${dutiesText(was)}`;
    if (flags.dryRun === true) {
      tellWould(output, `take all duties from ${login}${before}`);
      return;
    }
    await server.revokeDuty(login, by);
    const text = was === null ? login : `${login} was ${dutiesText(was)}, and`;
    output.result({ login, duties: [], sites: [], was }, `${text} has no duty now.\n`);
  });
}

interface Duties {
  readonly duties: readonly string[];
  readonly sites: readonly string[];
}

/** Duties as a sentence has them: `pharmacist at CRT and LYO`. */
function dutiesText({ duties, sites }: Duties): string {
  return `${listed(duties)}${sites.length === 0 ? '' : ` at ${listed(sites)}`}`;
}

/** What a login may do now; null if it has no duty. */
async function dutiesOf(server: Server, login: string): Promise<Duties | null> {
  const found = (await server.people()).find((one) => one.login === login);
  return found === undefined ? null : { duties: found.duties, sites: found.sites };
}

/**
 * The codes of sites as the study.yaml in force has them. Before there is a study, and if another version of randose wrote
 * it, nobody knows its sites.
 *
 * @throws RandoseError `usage` if the study does not have one of them
 */
async function sitesOf(
  server: Server,
  { study: digest }: Standing,
  typed: readonly string[],
): Promise<readonly string[]> {
  if (typed.length === 0 || digest === null) return typed;
  for await (const [, content] of server.fileContents([digest])) {
    const study = readStudy(new TextDecoder().decode(content), STUDY_FILE);
    if (study.ok) return typed.map((site) => requireSite(study.value, site).code);
  }
  return typed;
}

async function withServer<T>(
  flags: LedgerFlags,
  flag: string,
  work: (server: Server, standing: Standing) => Promise<T>,
): Promise<T> {
  const { server, standing, connection } = await openServer(requireUrl(flags, flag));
  noteOpened(connection);
  return work(server, standing);
}
