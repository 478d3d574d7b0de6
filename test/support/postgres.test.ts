import { describe, expect } from 'vitest';
import { type Cluster, startCluster, testWithPostgres } from './postgres.ts';
import { startProxy } from './tcp-proxy.ts';

/** What psql says of a statement that it could not finish. */
async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it did not fail',
    (error: unknown) => String(error),
  );
}

async function withTable(): Promise<Cluster> {
  const cluster = await startCluster();
  await cluster.createDatabase('study');
  await cluster.createLogin('s08', "it's secret");
  await cluster.psql('create table acts (act text); grant select, insert on acts to s08', {
    database: 'study',
  });
  return cluster;
}
const SITE = { user: 's08', database: 'study' };

describe('a cluster for tests', () => {
  testWithPostgres('asks logins for their password, and keeps fsync on', async () => {
    const cluster = await withTable();
    await cluster.psql("insert into acts values ('Zoë')", SITE);
    expect(await cluster.psql('select act, session_user from acts', SITE)).toBe('Zoë|s08\n');
    expect(await cluster.psql('show fsync; show server_encoding')).toBe('on\nUTF8\n');
    expect(await failure(cluster.psql('delete from acts', SITE))).toContain('ERROR:  42501');
    await cluster.psql("alter role s08 password 'changed'");
    expect(await failure(cluster.psql('select 1', SITE))).toContain(
      'password authentication failed',
    );
  });

  testWithPostgres('keeps what was committed, through a crash', async () => {
    const cluster = await withTable();
    await cluster.psql("insert into acts values ('first')", SITE);
    await cluster.restart('immediate');
    expect(await cluster.psql('select act from acts', SITE)).toBe('first\n');
    expect(cluster.log()).toContain('was not properly shut down');
    await cluster.stop('fast');
    expect(await failure(cluster.psql('select 1'))).toContain('No such file or directory');
    await cluster.start();
    expect(await cluster.psql('select act from acts', SITE)).toBe('first\n');
  });

  testWithPostgres('is restored from a backup as it was then', async () => {
    const cluster = await withTable();
    await cluster.psql("insert into acts values ('before')", SITE);
    const restored = await cluster.restoredFromBackup();
    await cluster.psql("insert into acts values ('after')", SITE);
    expect(await restored.psql('select act from acts', SITE)).toBe('before\n');
    expect(restored.port).not.toBe(cluster.port);
  });

  testWithPostgres('waits for a synchronous standby, which can replace it', async () => {
    const cluster = await withTable();
    const standby = await cluster.standby({ name: 'second', synchronous: true });
    await cluster.psql("insert into acts values ('replicated')", SITE);
    expect(await standby.psql('select act from acts', SITE)).toBe('replicated\n');
    expect(await failure(standby.psql("insert into acts values ('here')", SITE))).toContain(
      '25006',
    );

    await standby.stop('fast');
    const waiting = cluster.psql("insert into acts values ('waited for')", SITE);
    const waits = "select wait_event from pg_stat_activity where usename = 's08'";
    await expect.poll(async () => cluster.psql(waits)).toBe('SyncRep\n');
    await standby.start();
    await waiting;

    await cluster.stop('immediate');
    await standby.promote();
    await standby.psql("insert into acts values ('promoted')", SITE);
    expect(await standby.psql('select act from acts', SITE)).toBe(
      'replicated\nwaited for\npromoted\n',
    );
  });
});

describe('a proxy for tests', () => {
  let made: Promise<Cluster> | undefined;
  const oneCluster = async () => (made ??= withTable());
  const through = async (cluster: Cluster, port: number, sql: string) =>
    cluster.psql(sql, { ...SITE, port });

  testWithPostgres('loses the answer to what was committed', async () => {
    const cluster = await oneCluster();
    const proxy = await startProxy(cluster);
    const lost = proxy.loseAnswerTo('commit');
    const sql = "begin; insert into acts values ('done'); commit; select 'told'";
    expect(await failure(through(cluster, proxy.port, sql))).toContain('server closed');
    await lost;
    expect(await cluster.psql('select act from acts', SITE)).toBe('done\n');
    expect(await through(cluster, proxy.port, 'select act from acts')).toBe('done\n');
  });

  testWithPostgres('delays each direction', async () => {
    const cluster = await oneCluster();
    const proxy = await startProxy(cluster, { delayMs: 100 });
    const started = performance.now();
    await through(cluster, proxy.port, 'select 1');
    // The start, the two steps of the password and the query are a round trip each.
    expect(performance.now() - started).toBeGreaterThan(800);
  });

  testWithPostgres('cuts connections, and falls silent', async () => {
    const cluster = await oneCluster();
    const proxy = await startProxy(cluster);
    const sleeping = failure(through(cluster, proxy.port, 'select pg_sleep(60)'));
    const sleeps = "select wait_event from pg_stat_activity where usename = 's08'";
    await expect.poll(async () => cluster.psql(sleeps)).toBe('PgSleep\n');
    proxy.cut();
    expect(await sleeping).toContain('server closed');

    proxy.fallSilent();
    const unanswered = failure(through(cluster, proxy.port, 'select 1'));
    const first = await Promise.race([
      unanswered,
      new Promise((resolve) => setTimeout(resolve, 500, 'silence')),
    ]);
    expect(first).toBe('silence');
    proxy.cut();
    await unanswered;
  });
});
