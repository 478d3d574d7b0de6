import { afterAll } from 'vitest';
import { stopProxies } from './proxy.ts';

export { startProxy, type TcpProxy } from './proxy.ts';

// Those of a file of tests end with it.
afterAll(stopProxies);
