/** Whether libpq would take the database, or the server, from the environment. */
export function isDatabaseInEnvironment(environment: NodeJS.ProcessEnv): boolean {
  const names = ['PGSERVICE', 'PGHOST', 'PGHOSTADDR', 'PGDATABASE'];
  return names.some((name) => (environment[name] ?? '') !== '');
}
