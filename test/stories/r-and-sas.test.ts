import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { randoseIn, testFolder } from '../support/command-line.ts';
import { testWithTool } from '../support/tools.ts';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');
const PAGE = readFileSync(join(DOCS, 'r-and-sas.md'), 'utf8');

/** What the page shows as R. */
const IN_R = [...PAGE.matchAll(/^```r\n([^]*?)^```$/gm)].map(([, code = '']) => code);
/** The commands that the page shows, each on a line of its own. */
const COMMANDS = [...PAGE.matchAll(/^ {4}((?:randose|age) .*)$/gm)].map(([, line = '']) => line);

testWithTool(['Rscript', '-e', 'library(haven)'])(
  'the page for users of R: every command and all code in R run as printed, in their order',
  () => {
    const folder = testFolder();
    for (const command of COMMANDS) {
      const [program, ...words] = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      );
      const { status, stderr } =
        program === 'age'
          ? spawnSync(command, { cwd: folder, encoding: 'utf8', shell: true })
          : randoseIn(folder, ...words);
      expect(status, `${command}\n${stderr}`).toBe(0);
    }
    copyFileSync(join(DOCS, 'r', 'make-list.R'), join(folder, 'make-list.R'));
    writeFileSync(join(folder, 'page.R'), IN_R.join('\n'));
    const { status, stdout, stderr } = spawnSync('Rscript', ['--vanilla', 'page.R'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/ILT101 PLACEBO\n.*site=CRT +12 +6/);
    expect(existsSync(join(folder, 'master.json'))).toBe(false);
    expect([COMMANDS.length, IN_R.length]).toEqual([6, 5]);
  },
);
