import type { Label, LineKind } from '../../labels/label.ts';
import { type CsvFlavour, formatCsv } from '../csv.ts';

const LINES: readonly LineKind[] = [
  ...(['injection', 'substance', 'contents', 'lot', 'subject', 'trial', 'investigator'] as const),
  ...(['directions', 'trial_use', 'caution', 'storage', 'children'] as const),
];

/** Writes labels as CSV for label software: one row per label, one column per text, `kit` for the DataMatrix. */
export function formatLabelCsv(labels: readonly Label[], flavour?: CsvFlavour): string {
  const columns = [
    ...['label', 'kit', 'kit_caption', 'unit', 'subject_id', 'visit', 'date'],
    ...['contact', 'contact_caption', 'contact_phone'],
    ...LINES,
    'marks',
  ];
  const rows = labels.map((label) => [
    label.kind,
    label.kit,
    label.caption,
    label.unit ?? '',
    label.subject ?? '',
    label.visit ?? '',
    label.date ?? '',
    ...[label.contact?.text ?? '', label.contact?.caption ?? '', label.contact?.phone ?? ''],
    ...LINES.map((kind) => label.lines.find((line) => line.kind === kind)?.text ?? ''),
    label.marks.flatMap(({ text, isShown }) => (isShown ? text : [])).join(' · '),
  ]);
  return formatCsv(columns, rows, flavour);
}
