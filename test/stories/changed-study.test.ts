import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  depil2,
  editStudy,
  jsonOf,
  mustRun,
  randose,
  type Trial,
} from '../support/command-line.ts';

const BY = ['--by', 'A. Example, data manager'];

/** Two sites and a factor, with one participant. */
function started(): Trial {
  const trial = depil2();
  editStudy(trial, [
    '\nstrata:\n  - site: CRT\n    slots: 18\n',
    `
  - code: LYO
    name: Example Hospital Lyon
factors:
  - name: sex
    levels: [F, M]
strata:
  slotsPerStratum: 6
`,
  ]);
  const on = ['--study', trial.study];
  mustRun('allocate', ...on, '--plan', trial.plan);
  mustRun('randomize', ...on, ...newcomer('CRT-001'));
  return trial;
}

const newcomer = (subject: string) => {
  const who = ['--subject', subject, '--site', 'CRT', '--factor', 'sex=M'];
  return [...who, '--day1', '2026-06-15', ...BY];
};

const LYO = '  - code: LYO\n';

describe('after the list is sealed study.yaml', () => {
  test.each<[string, [string, string]]>([
    ['the name of a site', ['name: Example Hospital Lyon', 'name: Example Clinic Lyon']],
    ['the investigator of a site', [LYO, `${LYO}    investigator: Dr Example\n`]],
    ['the time zone of a site', [LYO, `${LYO}    timeZone: Indian/Reunion\n`]],
    ['the closed days of a site', [LYO, `${LYO}    closed: [2026-07-14]\n`]],
    ['whether a site takes participants', [LYO, `${LYO}    enrolment: closed\n`]],
    ['the title', ['title: Low Dose', 'title: Lower Dose']],
    ['the sponsor', ['sponsor: Assistance', 'sponsor: The Assistance']],
    ['the text of labels', ['route: voie sous-cutanée', 'route: sous-cutanée']],
    ['the substance on labels', ['substance: ILT101 1 MUI', 'substance: ILT101 (IL-2) 1 MUI']],
    ['spare kits of later slots', ['    spares: 0', '    spares: 1']],
  ])('can change %s: the next entry records it', (_, change) => {
    const trial = started();
    const on = ['--study', trial.study];
    editStudy(trial, change);
    expect(mustRun('study', ...on)).toContain("The changes don't affect the list");
    expect(randose('verify', ...on).stdout).toContain('the next ledger entry records them');
    mustRun('randomize', ...on, ...newcomer('CRT-002'));
    expect(mustRun('verify', ...on)).toContain('was edited after sealing (ledger entry 3)');
  });

  test.each<[string, [string, string], string]>([
    ['the code of a site', ['- code: LYO', '- code: LYN'], 'The name of a site can.'],
    ['the sites by one less', [`${LYO}    name: Example Hospital Lyon\n`, ''], 'enrolment: closed'],
    ['a level', ['[F, M]', '[F, H]'], 'no longer has strata of the list, the first site=CRT/sex=M'],
    ['the order of levels', ['[F, M]', '[M, F]'], 'bring the order back'],
    ['a factor', ['name: sex', 'name: gender'], 'Another stratification needs a new study.'],
    ['fewer slots', ['slotsPerStratum: 6', 'slotsPerStratum: 3'], 'slots cannot be removed'],
    ['the ratio', ['ratio: 2', 'ratio: 3'], 'Other arms need a new study.'],
    ['the code of an arm', ['code: ILT101', 'code: IL2'], 'Other arms need a new study.'],
    ['the name of an arm', ['name: ILT101 (', 'name: IL2 ('], 'write it in supplies.labels'],
    ['its blinding', ['arms:\n', 'blinding: open label\narms:\n'], 'open label is sealed'],
    ['its id', ['id: DEPIL-2', 'id: DEPIL-3'], 'Its title can.'],
  ])('cannot change %s, and says what to do instead', (_, change, instead) => {
    const trial = started();
    const on = ['--study', trial.study];
    editStudy(trial, change);
    const ran = randose('randomize', ...on, ...newcomer('CRT-002'));
    expect(ran.status).toBe(65);
    expect(ran.stderr).toContain(instead);
    expect(ran.stderr).toMatch(/study .*--restore/);
    expect(randose('verify', ...on)).toMatchObject({ status: 1 });
    expect(randose('verify', ...on).stdout.replace(/\s+/g, ' ')).toContain(instead);
    expect(mustRun('status', ...on).replace(/\s+/g, ' ')).toContain(instead);
  });

  test('with another name of an arm never stops a code-break, which shows the name that was sealed', () => {
    const trial = started();
    const changed = join(trial.folder, 'changed');
    cpSync(trial.study, changed, { recursive: true });
    for (const name of ['ILT101 (', 'Placebo (']) {
      editStudy({ ...trial, study: changed }, [`name: ${name}`, `name: Other ${name}`]);
    }
    const who = ['--subject', 'CRT-001', '--identity', trial.officer, '--reason', 'SAE'];
    const { arm } = jsonOf('unblind', '--study', changed, ...who) as { arm: { name: string } };
    expect(arm.name).toMatch(/^(ILT101|Placebo) \(/);
  });
});
