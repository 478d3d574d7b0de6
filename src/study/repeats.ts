import type { YamlFile } from './yaml-file.ts';

/** Reports texts that must be unique and are there twice, whatever their case. */
export function reportRepeats<Key extends string>(
  yaml: Pick<YamlFile, 'report'>,
  items: readonly { path: readonly (string | number)[]; value: Record<Key, string> }[],
  key: Key,
  what: string,
  place: readonly string[] = [key],
): void {
  const seen = new Set<string>();
  for (const { path, value } of items) {
    const text = value[key];
    if (seen.has(text.toUpperCase())) {
      yaml.report([...path, ...place], `${what} "${text}" is here twice`);
    }
    seen.add(text.toUpperCase());
  }
}
