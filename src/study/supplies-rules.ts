import { PACKAGED } from './supplies.ts';
import { ARM, type StudyYaml } from './study-shape.ts';

/**
 * Reports whatever does not hold between the parts of the supplies. What a label lacks, such as a translation, is
 * told when labels are made: a slip in their texts must not stop anything else, such as a code-break.
 */
export function checkSupplies(yaml: StudyYaml): void {
  const arms = yaml.soundItems(['arms'], ARM).map(({ value }) => value.code);
  const seen = new Set<string>();
  for (const { path, value } of yaml.soundItems(['supplies', 'packaged'], PACKAGED)) {
    const { arm, batch } = value;
    if (arm !== undefined && yaml.areSound(['arms']) && !arms.includes(arm)) {
      yaml.report([...path, 'arm'], `arm "${arm}" is unknown: there are ${arms.join(', ')}`);
    }
    const key = `${arm ?? ''} ${batch ?? ''}`;
    if (seen.has(key)) {
      const of = [
        arm === undefined ? 'all arms' : `arm ${arm}`,
        batch === undefined ? 'all batches' : `batch ${batch}`,
      ];
      yaml.report(path, `what is packaged for ${of.join(' and ')} stands here twice`);
    }
    seen.add(key);
  }
}
