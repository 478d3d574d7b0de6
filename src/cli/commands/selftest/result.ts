import {
  COUNT,
  DIGEST,
  list,
  members,
  orNull,
  says,
  TEXT,
  TIME,
  YES_NO,
} from '../../results/shapes.ts';

export const SELFTEST_RESULT = members({
  blind: says(YES_NO, 'Whether nothing that blinded people see depends on the arms.'),
  slots: says(COUNT, 'How many slots each of the two trials has.'),
  files: says(COUNT, 'How many files were compared.'),
  seen: says(list(TEXT), 'The command lines whose output was compared.'),
  refused: says(
    list(
      members({
        command: says(TEXT, 'The command line.'),
        why: says(TEXT, 'Its error.'),
      }),
    ),
    'Those of them that refused, in both trials alike.',
  ),
  differences: says(list(TEXT), 'What shows the arms, in sentences; empty if nothing does.'),
  design: says(
    orNull(DIGEST),
    'The SHA-256 of the study.yaml that was tried; null without --plan.',
  ),
  vectors: says(
    members({
      made: says(list(TEXT), 'Those that are made as published.'),
      different: says(list(TEXT), 'Those that come out otherwise.'),
    }),
    'The published lists of docs/ALGORITHM.md, by name.',
  ),
  installation: says(
    members({
      software: says(TEXT, 'The program with its version.'),
      program: says(
        members({
          path: says(TEXT, 'Where it is.'),
          sha256: says(DIGEST, 'The SHA-256 of its first file.'),
          files: says(COUNT, 'How many files it has.'),
          sha256OfAll: says(DIGEST, 'The SHA-256 of the checksums of all its files.'),
        }),
        'The files of the program.',
      ),
      node: says(TEXT, 'The version of Node.'),
      computer: says(TEXT, 'The name of the computer.'),
      account: says(TEXT, 'The account that ran it.'),
      system: says(TEXT, 'The operating system.'),
      cpu: says(TEXT, 'The processor.'),
      memory: says(COUNT, 'The memory, in GB.'),
      locale: says(TEXT, 'The locale.'),
      zone: says(TEXT, 'The time zone.'),
    }),
    'What was tested, and on which machine.',
  ),
  made: says(TIME, 'When.'),
  report: says(orNull(TEXT), 'The report that was written; null without --report.'),
});
