import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rolldown';
import { billOfMaterials } from './bill-of-materials.ts';
import { bundledPackages } from './bundled-packages.ts';

/**
 * Writes what is known of the packages whose code is in the bundle: the texts of their licences, as the licences
 * demand, and the bill of materials.
 */
export function thirdParty(project: string): Plugin {
  return {
    name: 'third-party',
    generateBundle(_options, bundle) {
      const ids = Object.values(bundle).flatMap((one) =>
        one.type === 'chunk' ? one.moduleIds : [],
      );
      const packages = bundledPackages(ids, project);
      const texts = packages.map(
        ({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text}`,
      );
      this.emitFile({
        type: 'asset',
        fileName: 'THIRD-PARTY-LICENCES.txt',
        source: texts.join(`\n${'-'.repeat(72)}\n\n`),
      });
      const own = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as {
        readonly name: string;
        readonly version: string;
        readonly description: string;
        readonly license: string;
        readonly devDependencies: Readonly<Record<string, string>>;
      };
      const bill = billOfMaterials(own, packages, Object.keys(own.devDependencies));
      this.emitFile({
        type: 'asset',
        fileName: 'randose.cdx.json',
        source: `${JSON.stringify(bill, null, 2)}\n`,
      });
    },
  };
}
