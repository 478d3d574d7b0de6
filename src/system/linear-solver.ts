import { setFlagsFromString } from 'node:v8';
import type { Highs, InitOptions } from 'highs';
import type { LeastValue, LinearProgramme, SolveLinear } from '../assessment/linear-programme.ts';

/** How far a row or a reduced cost can be off. HiGHS takes no less than 1e-10. */
const TOLERANCE = 1e-10;

/**
 * Starts HiGHS, which solves linear programmes. Its answers do not depend on the machine.
 *
 * @returns what solves; it throws Error if the solver finds no answer
 */
export async function linearSolver(): Promise<SolveLinear> {
  const highs = await startHighs();
  return (programme) => solve(highs, programme);
}

function solve(highs: Highs, programme: LinearProgramme): LeastValue | undefined {
  const { costs, rows } = programme;
  const terms = rows.flatMap((row) => row.terms);
  let end = 0;
  const model = {
    numCols: costs.length,
    numRows: rows.length,
    colCost: costs,
    colLower: costs.map(() => 0),
    colUpper: costs.map(() => highs.infinity),
    rowLower: rows.map(({ least }) => least),
    rowUpper: rows.map(({ most }) => (most === Infinity ? highs.infinity : most)),
    matrix: {
      format: 'csr' as const,
      numRows: rows.length,
      numCols: costs.length,
      starts: [0, ...rows.map((row) => (end += row.terms.length))],
      indices: terms.map(([variable]) => variable),
      values: terms.map(([, coefficient]) => coefficient),
    },
  };
  return highs.withModel(model, (solved) => {
    const { optimal, infeasible, unboundedOrInfeasible } = highs.constants.modelStatus;
    // The interior point method, and from there to a corner: for long strata a fourth of the simplex method's time.
    for (const solver of ['ipm', 'simplex']) {
      solved.options.set({
        output_flag: false,
        solver,
        primal_feasibility_tolerance: TOLERANCE,
        dual_feasibility_tolerance: TOLERANCE,
      });
      solved.run();
      const status = solved.getModelStatus();
      if (status === optimal) {
        return { value: solved.getObjectiveValue(), variables: solved.getSolution().colValue };
      }
      if (status === infeasible || status === unboundedOrInfeasible) return undefined;
    }
    throw new Error('HiGHS found no answer');
  });
}

/** What a loader that Emscripten made takes to start its program in another way. */
interface WithProgram {
  readonly instantiateWasm: (
    imports: object,
    done: (instance: WebAssembly.Instance) => void,
  ) => void;
}

/** Starts HiGHS with the program that the bundle has: there is no file beside it. */
async function startHighs(): Promise<Highs> {
  const [{ default: loadHighs }, { default: bytes }] = await Promise.all([
    import('highs'),
    import('highs/runtime'),
  ]);
  // Each function is compiled when it is needed, and once: otherwise the command waits at its end for code that is made faster.
  setFlagsFromString('--wasm-lazy-compilation');
  setFlagsFromString('--liftoff-only');
  // Its loader documents wasmBinary, but this version does not read it. Every loader that Emscripten makes reads this.
  const options: InitOptions & WithProgram = {
    instantiateWasm: (imports, done) => {
      done(new WebAssembly.Instance(new WebAssembly.Module(bytes), imports));
    },
  };
  return loadHighs(options);
}
