import { version } from '../package.json';

/** The version of randose, as package.json has it. */
export const VERSION: string = version;

/** What wrote a file: the name and version that manifests and ledger entries carry. */
export const SOFTWARE = `randose ${VERSION}`;
