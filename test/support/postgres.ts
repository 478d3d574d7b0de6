import { afterAll } from 'vitest';
import { INITDB, stopClusters } from './cluster.ts';
import { testWithTool } from './tools.ts';

export {
  type Cluster,
  type ClusterOptions,
  giveToServer,
  newHome,
  startCluster,
  startIn,
} from './cluster.ts';

/** Servers are started, stopped and copied within these tests. */
const LONGEST_MS = 240_000;

// Those of a file of tests end with it.
afterAll(stopClusters, LONGEST_MS);

const testWithServer = testWithTool([INITDB, '--version']);
/** A test that needs PostgreSQL's server: skipped, and says so, if it is not installed. */
export const testWithPostgres = (
  name: string,
  work: () => Promise<void>,
  timeoutMs = LONGEST_MS,
) => {
  testWithServer(name, work, timeoutMs);
};
