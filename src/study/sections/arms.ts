import * as v from 'valibot';
import { code, line, whole } from '../identifiers.ts';
import { reportRepeats } from '../repeats.ts';
import { mapping, type YamlFile } from '../yaml-file.ts';

/** What an arm is: the treatment that is tested, a placebo, or any other treatment that it is compared with. */
export const ARM_TYPES = ['active', 'placebo', 'control'] as const;

/** A treatment arm. */
export interface Arm {
  readonly code: string;
  readonly name: string;
  readonly type: (typeof ARM_TYPES)[number];
  /** Its share of each block: 2 and 1 are 2:1. */
  readonly ratio: number;
}

export const ARM = mapping({
  code: code(20),
  name: line(100),
  type: v.picklist(ARM_TYPES, 'expected active, placebo or control'),
  ratio: whole(1, 100),
});

export const ARMS = v.pipe(v.array(ARM), v.minLength(2, 'expected at least two arms'));

/** Reports codes and names that two arms have. */
export function checkArms(yaml: YamlFile): void {
  const arms = yaml.soundItems(['arms'], ARM);
  reportRepeats(yaml, arms, 'code', 'arm code');
  reportRepeats(yaml, arms, 'name', 'arm name');
}

/** The allocation ratio as the field writes it: `2:1`, in the order of the arms. */
export function ratioText(arms: readonly Pick<Arm, 'ratio'>[]): string {
  return arms.map((arm) => arm.ratio).join(':');
}
