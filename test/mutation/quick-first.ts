import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * First the test files that found a mutant last time (the next one is mostly near it), then those that take the least
 * time: the first test that fails ends a run. Vitest would begin with the longest.
 */
export class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const before = ({ project, moduleId }: TestSpecification) => {
      const key = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
      return this.ctx.cache.getFileTestResults(key) ?? { failed: false, duration: 0 };
    };
    const sorted = files.toSorted((a, b) => {
      const [one, other] = [before(a), before(b)];
      return Number(other.failed) - Number(one.failed) || one.duration - other.duration;
    });
    return Promise.resolve(sorted);
  }
}
