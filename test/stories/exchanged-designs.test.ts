import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STUDY_TEMPLATE, withExampleParticulars } from '../../src/study/depil-2.ts';
import { FIXTURES, jsonOf, mustRun, randose, testFolder } from '../support/command-line.ts';

const DESIGNS = join(FIXTURES, 'designs');

/** What labels need and the designs leave out. */
const PARTICULARS = `supplies:
  kit: { units: 4 }
  packaged: [{ lot: L1, expiry: 2028-06 }]
  labels:
    profile: us-312.6
    contact: { name: Example Pharmacy, address: "1 Example Street", phone: "+33 1 00 00 00 00" }
    substance: Example substance or placebo
    contents: 4 vials
    directions: See the protocol
    storage: Between 2 and 8 degrees
`;

/** A study of its own. @returns its folder */
function studyOf(text: string): string {
  const study = testFolder();
  writeFileSync(join(study, 'study.yaml'), text);
  return study;
}

/** A design with everything that its labels need. */
function withParticulars(design: string): string {
  const text = readFileSync(join(design, 'study.yaml'), 'utf8');
  return studyOf(/^supplies:/m.test(text) ? text : text + PARTICULARS);
}

function trial(study: string, plan: string): unknown {
  return jsonOf('selftest', '--study', study, '--plan', plan);
}

/** The files of a study, with their contents. */
function filesIn(study: string): [path: string, content: string][] {
  return readdirSync(study, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')]);
}

describe('exchanged arms', () => {
  test.each(readdirSync(DESIGNS))('nothing of %s shows which is which [R-018]', (name) => {
    const design = join(DESIGNS, name);
    const found = trial(withParticulars(design), join(design, 'plan.yaml'));
    expect(found).toMatchObject({ blind: true, differences: [], refused: [] });
  });

  test('nor of DEPIL-2 itself', () => {
    const plan = join(FIXTURES, 'depil-2-plan.yaml');
    const found = trial(studyOf(withExampleParticulars(STUDY_TEMPLATE)), plan);
    expect(found).toMatchObject({ blind: true, slots: 18, differences: [], refused: [] });
  });

  test('nor of a least predictable list, of two arms or of three [R-118]', () => {
    const plan = join(testFolder(), 'plan.yaml');
    writeFileSync(plan, 'procedure: least predictable\nlargestImbalance: 4/3 participants\n');
    for (const study of [
      studyOf(withExampleParticulars(STUDY_TEMPLATE)),
      withParticulars(join(DESIGNS, 'weekly')),
    ]) {
      expect(trial(study, plan)).toMatchObject({ blind: true, differences: [], refused: [] });
    }
  });

  test('kits that differ by arm are found, as they would be by whoever sees their labels', () => {
    const text = readFileSync(join(DESIGNS, 'weekly', 'study.yaml'), 'utf8');
    const packaged = 'packaged: [{ lot: L1 }, { arm: LOW, lot: L2 }]';
    const study = studyOf(text + PARTICULARS.replace(/packaged: .*/, packaged));
    const plan = join(DESIGNS, 'weekly', 'plan.yaml');
    const report = join(testFolder(), 'iq.pdf');
    const words = ['selftest', '--study', study, '--plan', plan, '--report', report];
    const { status, stdout, stderr } = randose(...words);
    expect(stderr).toContain('iq.pdf: FAILED.');
    expect(existsSync(report)).toBe(true);
    expect(stdout).toMatch(/^NOT BLIND: .*\n {2}labels --output \.\/outer\.pdf .*: text\n/);
    expect(status).toBe(1);
  });
});

describe('selftest of a study', () => {
  const design = join(DESIGNS, 'weekly');
  const plan = join(design, 'plan.yaml');

  test('says which two arms are exchanged if there are more, and what was refused', () => {
    const { stdout, status } = randose('selftest', '--study', design, '--plan', plan);
    expect(stdout).toMatch(
      /^blind: two trials of 40 slots, of which those of LOW and HIGH are exchanged; compared \d+ files .*\n4 commands refused, in both trials alike. What they make was not compared:\n {2}randose labels .*\n {4}\S/,
    );
    expect(status).toBe(0);
  });

  test('takes one whose list was made, and leaves it alone', () => {
    const study = withParticulars(design);
    mustRun('allocate', '--study', study, '--plan', plan, '--by', 'E. Example, statistician');
    const before = filesIn(study);
    expect(trial(study, plan)).toMatchObject({ blind: true, slots: 40 });
    expect(filesIn(study)).toEqual(before);
  });

  test('takes one that needs two officers, and has no statistician and no packer', () => {
    const text = readFileSync(join(design, 'study.yaml'), 'utf8');
    const recipient = /^packers:\n.*(age1\w+)/m.exec(text)![1]!;
    const second = `  - { name: Second Officer, recipient: ${recipient} }\n`;
    const shared = text
      .replace(/^(?:statisticians|packers):\n.*\n/gm, '')
      .replace(/^officers:\n.*\n/m, (own) => `custody: { threshold: 2 of 2 }\n${own}${second}`);
    expect(trial(studyOf(shared), plan)).toMatchObject({ blind: true, slots: 40 });
  });

  test('reports what is wrong in study.yaml and in the plan, and needs the plan of a study', () => {
    const bad = join(testFolder(), 'plan.yaml');
    writeFileSync(bad, 'blocks: { sizes: [7] }\n');
    const wrong = randose('selftest', '--study', design, '--plan', bad);
    expect(wrong.status).toBe(78);
    expect(wrong.stderr).toContain('7 is not a multiple of 5');
    const alone = randose('selftest', '--study', design);
    expect(alone.status).toBe(64);
    expect(alone.stderr).toContain('--plan');
  });
});
