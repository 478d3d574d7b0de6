import type { StudyYaml } from './study-shape.ts';

/** Reports what may stand once and stands there again, whatever its case. */
export function reportRepeats<Key extends string>(
  yaml: StudyYaml,
  items: readonly { path: readonly (string | number)[]; value: Record<Key, string> }[],
  key: Key,
  what: string,
  place: readonly string[] = [key],
): void {
  const seen = new Set<string>();
  for (const { path, value } of items) {
    const text = value[key];
    if (seen.has(text.toUpperCase())) {
      yaml.report([...path, ...place], `${what} "${text}" stands here twice`);
    }
    seen.add(text.toUpperCase());
  }
}
