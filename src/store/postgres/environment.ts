/**
 * Whether PostgreSQL's variables name a database. A server alone names none: the one with the name of the login that libpq
 * would take may be anything.
 */
export function isDatabaseInEnvironment(environment: NodeJS.ProcessEnv): boolean {
  return ['PGSERVICE', 'PGDATABASE'].some((name) => (environment[name] ?? '') !== '');
}
