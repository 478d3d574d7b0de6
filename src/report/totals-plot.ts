import { scaleBand, scaleLinear } from 'd3-scale';
import type { ArmTotal, Stage } from '../assessment/assessment.ts';
import { sharesText, tellingArms } from './figures.ts';
import { type NamedStage, namedStages } from './stages.ts';
import { BAND_LEGEND, bandHeight, bandPlot, type Spread } from './band-plot.ts';
import { type Candidate, shortNames, titles } from './candidate.ts';
import { greatestOf, leastOf } from './extremes.ts';
import { type Markup, markup, px } from './markup.ts';
import { legend, numbersBehind, type Panel, panelGrid, panelWidth } from './plot-figure.ts';
import { range } from './position-scale.ts';
import { plotSpace, svgPlot } from './svg-plot.ts';

const COLUMNS_HEIGHT = 120;
const BANDS_HEIGHT = 190;
/** A total whose probability, relative to the likeliest total, is less than this is too small to be drawn. */
const SEEN = 0.002;
/** The most drawn stages: of more, several are combined to the greatest of them. */
const MOST_STAGES = 160;

/** The probability of each total of an arm at each named stage: one row per candidate, one column per stage. */
export function totalsFigure(candidates: readonly Candidate[]): Markup {
  const [first] = candidates;
  if (first === undefined) return markup``;
  const arms = tellingArms(first.assessment);
  return markup`${arms.map(
    (arm) =>
      markup`${arms.length > 1 ? markup`<h3>${first.assessment.arms[arm]?.arm ?? ''}</h3>` : ''}${totalsOfArm(candidates, arm)}`,
  )}`;
}

/** The difference of the totals from the ratio during recruitment: one panel per candidate. */
export function recruitmentFigure(candidates: readonly Candidate[]): Markup {
  const [first] = candidates;
  if (first === undefined) return markup``;
  const columns = candidates.length === 1 ? 1 : 2;
  const space = plotSpace(panelWidth(columns), BANDS_HEIGHT);
  const x = scaleLinear([0, first.assessment.slots], [0, space.width]);
  const arm = first.assessment.arms[0]?.arm ?? '';
  const runs = candidates.map(({ assessment }) => thinned(assessment.imbalance.stages, x));
  const height = bandHeight(runs.flat());
  const headings = titles(candidates);
  const panels = candidates.map((_, index): Panel => {
    const spreads = runs[index] ?? [];
    const heading = headings[index]!;
    const greatest = greatestOf(spreads.map((spread) => spread.greatest));
    return {
      heading,
      plot: bandPlot(
        {
          id: `recruitment-${index + 1}`,
          title: `Totals during recruitment, ${heading}`,
          description: `Number of ${arm} over all strata minus its share. Greatest standard deviation ${greatestOf(spreads.map(({ deviation }) => deviation)).toFixed(4)}; greatest possible difference ${greatest.toFixed(4)}.`,
          x: {
            title: 'participants randomized',
            ticks: x.ticks(8).map((value) => ({ at: x(value), text: String(value) })),
          },
        },
        `${arm} minus its share`,
        [[{ at: 0, deviation: 0, greatest: 0 }, ...spreads]],
        height,
        space,
      ),
      ...(greatest > height && {
        note: `The greatest possible difference, ${greatest.toFixed(2)}, is outside the plot.`,
      }),
    };
  });
  return markup`${legend(BAND_LEGEND)}${panelGrid(panels, columns)}`;
}

function totalsOfArm(candidates: readonly Candidate[], arm: number): Markup {
  const [first] = candidates;
  if (first === undefined) return markup``;
  const { assessment } = first;
  const name = assessment.arms[arm]?.arm ?? '';
  const stages = candidates.map((one) => namedStages(one.assessment));
  const columns = stages[0]?.length ?? 1;
  const names = shortNames(candidates, 28);
  const ranges = range(0, columns - 1).map((stage) => {
    const totals = stages.map((ofCandidate) => ofCandidate[stage]?.arms[arm]);
    const seen = totals.flatMap((total) => seenTotals(total));
    return { from: leastOf(seen) - 1, to: greatestOf(seen) + 1, most: highest(totals) };
  });
  const panels = stages.flatMap((ofCandidate, row) =>
    ofCandidate.map((stage, column): Panel => {
      const heading = `${names[row]!}, after ${stage.participants} (${stage.name})`;
      return {
        heading,
        plot: columnsPlot(
          `totals-${arm + 1}-${row + 1}-${column + 1}`,
          heading,
          stage.arms[arm]!,
          sharesText(stage),
          ranges[column]!,
          panelWidth(columns),
        ),
      };
    }),
  );
  return markup`${panelGrid(panels, columns)}${numbersBehind(
    `Probability of each total of ${name}, without totals that are rarer than 1 in 10,000 with every plan`,
    ['After', `Total of ${name}`, ...names],
    range(0, columns - 1).flatMap((column) => rowsOf(stages, column, arm)),
  )}`;
}

/**
 * The totals of one arm at one stage.
 *
 * @param asked the numbers that the ratio gives
 * @param extent the totals on the axis, and its highest probability
 */
function columnsPlot(
  id: string,
  heading: string,
  { arm, distribution }: ArmTotal,
  asked: string,
  extent: { readonly from: number; readonly to: number; readonly most: number },
  outerWidth: number,
): Markup {
  const { from, to, most } = extent;
  const space = plotSpace(outerWidth, COLUMNS_HEIGHT);
  const x = scaleBand(range(from, to), [0, space.width]).paddingInner(0.25).paddingOuter(0.15);
  const y = scaleLinear([0, most], [space.height, 0]);
  const drawn = distribution.filter(([total]) => total >= from && total <= to);
  const middle = (total: number) => (x(total) ?? 0) + x.bandwidth() / 2;
  const every = tickStep(from, to, space.width);
  const [only] = distribution;
  const isCertain = distribution.length === 1 && only !== undefined;
  const likeliest = distribution.reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  return svgPlot({
    id,
    title: `Totals of ${arm}, ${heading}`,
    description: isCertain
      ? `Always ${only[0]}.`
      : `From ${distribution[0]?.[0] ?? 0} to ${distribution.at(-1)?.[0] ?? 0}, likeliest ${likeliest[0]} with ${likeliest[1].toFixed(4)}. The ratio gives ${asked}.`,
    space,
    x: {
      title: isCertain ? `always ${only[0]}` : `total of ${arm}`,
      ticks: range(from, to)
        .filter((total) => total % every === 0)
        .map((total) => ({ at: middle(total), text: String(total) })),
    },
    y: {
      title: 'probability',
      ticks: y.ticks(4).map((value) => ({ at: y(value), text: String(Number(value.toFixed(6))) })),
    },
    marks: [
      markup`<path class="column" d="${drawn
        .map(([total, chance]) => {
          const left = px(x(total) ?? 0);
          return `M${left} ${px(space.height)}V${px(y(chance))}H${px(left + x.bandwidth())}V${px(space.height)}Z`;
        })
        .join('')}"/>`,
    ],
  });
}

function seenTotals(total: ArmTotal | undefined): number[] {
  if (total === undefined) return [];
  const most = highest([total]);
  return total.distribution.filter(([, chance]) => chance >= SEEN * most).map(([count]) => count);
}

function highest(totals: readonly (ArmTotal | undefined)[]): number {
  return greatestOf(
    totals.flatMap((total) => total?.distribution.map(([, chance]) => chance) ?? []),
  );
}

function rowsOf(
  stages: readonly (readonly NamedStage[])[],
  column: number,
  arm: number,
): string[][] {
  const chances = stages.map(
    (ofCandidate) => new Map(ofCandidate[column]?.arms[arm]?.distribution),
  );
  const totals = [...new Set(chances.flatMap((one) => [...one.keys()]))].sort((a, b) => a - b);
  const stage = stages[0]?.[column];
  return totals
    .filter((total) => chances.some((one) => (one.get(total) ?? 0) >= 0.0001))
    .map((total) => [
      stage === undefined ? '' : `${stage.participants} (${stage.name})`,
      String(total),
      ...chances.map((one) => (one.get(total) ?? 0).toFixed(4)),
    ]);
}

/** At most `MOST_STAGES` stages; each is the widest of those that it combines. */
function thinned(stages: readonly Stage[], x: (participants: number) => number): Spread[] {
  const together = Math.ceil(stages.length / MOST_STAGES);
  return range(0, Math.ceil(stages.length / together) - 1).map((index) => {
    const some = stages.slice(index * together, (index + 1) * together);
    return {
      at: x(some.at(-1)?.participants ?? 0),
      deviation: Math.sqrt(Math.max(0, ...some.map(({ arms }) => arms[0]?.varianceFromRatio ?? 0))),
      greatest: Math.max(...some.map(({ greatest }) => greatest)),
    };
  });
}

/** The step between labelled totals, so that labels do not touch. */
function tickStep(from: number, to: number, width: number): number {
  const room = width / (to - from + 1);
  const wanted = (8 + 7 * String(to).length) / room;
  return [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => step >= wanted) ?? 1000;
}
