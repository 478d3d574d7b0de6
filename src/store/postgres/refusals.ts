import { RandoseError } from '../../errors.ts';
import type { ServerError } from './connection.ts';

const NOTHING = 'Nothing was recorded.';

/** What the server refused, in words. */
export function refusalOf({ sqlstate, message, detail }: ServerError): RandoseError {
  const told = (kind: RandoseError['code'], text: string, hint: string) =>
    new RandoseError(kind, text, { hint: `${NOTHING} ${hint}` });
  switch (sqlstate) {
    case 'RD001':
    case 'RD008':
      return told(
        'bad-data',
        `the database does not take this entry: ${message}`,
        'Do all use the same version of randose? Tell the data manager what you typed.',
      );
    case 'RD002':
      return told('not-trusted', message, 'To get the study.yaml in force: randose pull');
    case 'RD003':
      return told(
        'no-access',
        message,
        'The data manager gives duties: randose ledger --grant LOGIN --duty DUTY --site CODE',
      );
    case 'RD004':
      return told(
        'no-access',
        message,
        `Only a login of that site, or a central one, may record this.${ownKits(detail)}`,
      );
    case 'RD005':
      return told('bad-data', message, 'Run the command again. If it goes on: randose verify');
    case 'RD006':
      return told(
        'bad-data',
        `${message}, by a participant of this site or of another one`,
        'Check the subject id. Ids are never used twice in a study.',
      );
    case 'RD007':
      return told('bad-data', message, 'To unlock it: randose unlock --reason TEXT --by WHO');
    case 'RD014':
      return told(
        'not-trusted',
        `the ledger went back: ${message}`,
        'An older backup was restored, or a standby became the primary that lacked entries. Tell the data manager.',
      );
    case 'RD015':
      return told(
        'bad-data',
        message,
        'Nobody could give duties any more. Give another login the duty first: randose ledger --grant LOGIN --duty "data manager" --by WHO',
      );
    case '25006':
      return told(
        'locked',
        'this database server only reads: it is a standby, or in recovery',
        'Name all servers, with commas between them: --ledger postgres://HOST,HOST/DATABASE',
      );
    case '42501':
      return told('no-access', message, 'The data manager gives logins their rights.');
    default:
      // RD009 to RD013 are of entries, files and grants.
      return sqlstate.startsWith('RD')
        ? told('bad-data', message, 'Correct what it names.')
        : told(
            'io-error',
            `the database refuses: ${message} (${sqlstate})`,
            'Tell the data manager.',
          );
  }
}

/** How to choose the kits of the login's own sites, if the server names these. */
function ownKits(sites: string | undefined): string {
  if (sites === undefined || sites === '') return '';
  const options = sites.split(' ').map((site) => `--site ${site}`);
  return ` For the kits of your own site, add: ${options.join(' or ')}`;
}
