/**
 * The style of an assessment, for a screen and for A4, without fonts or pictures from elsewhere. Colours always
 * differ in lightness, dashes or shapes too, for printers without colour.
 */
export const ASSESSMENT_STYLE = `
:root {
  --ink: #1b2430; --quiet: #55606e; --rule: #cfd6de; --faint: #f4f6f9;
  --accent: #17406d; --middle: #6f9bc8; --pale: #c9d9ea; --alarm: #8c1d18;
}
* { box-sizing: border-box; }
html { background: #e9edf1; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
}
.running {
  position: sticky; top: 0; z-index: 1; padding: 6px 16px; text-align: center;
  background: var(--alarm); color: #fff; font-size: 13px;
}
.running strong { letter-spacing: 0.14em; }
main { max-width: 1060px; margin: 24px auto; padding: 40px 48px 56px; background: #fff; box-shadow: 0 1px 4px #0003; }
h1 { margin: 0; font-size: 27px; line-height: 1.2; color: var(--accent); }
.subtitle { margin: 6px 0 24px; color: var(--quiet); font-size: 16px; max-width: none; overflow-wrap: anywhere; }
h2 { margin: 44px 0 8px; padding-top: 14px; border-top: 2px solid var(--accent); font-size: 19px; color: var(--accent); }
h3 { margin: 26px 0 6px; font-size: 16px; }
p { margin: 0 0 12px; max-width: 78ch; }
.whole { white-space: nowrap; }
.warning { max-width: none; padding: 10px 14px; border-left: 4px solid var(--alarm); background: #fbf1f0; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 4px 20px; margin: 0 0 20px; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: 0 0 20px; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); overflow-wrap: anywhere; }
thead th { overflow-wrap: break-word; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { font-weight: normal; }
caption { padding: 4px 0; text-align: left; color: var(--quiet); }
table.figures { table-layout: fixed; }
table.figures col.label { width: 31%; }
table.figures td, table.figures thead th + th, table.data td, table.data thead th + th { text-align: right; }
table.figures th.group { padding-top: 14px; font-weight: 600; background: none; border-bottom: 1px solid var(--ink); }
table.figures th.inner { padding-left: 26px; color: var(--quiet); }
table.data { width: auto; min-width: 40%; font-size: 13px; }
table.plans { table-layout: fixed; }
table.plans col:nth-child(1) { width: 34%; }
table.plans col:nth-child(4) { width: 25%; }
table.plans col:nth-child(5) { width: 13%; }
table.meaning { table-layout: fixed; }
table.meaning th { font-weight: 600; }
table.meaning col:nth-child(1) { width: 22%; }
table.meaning col:nth-child(3) { width: 20%; }
.panels { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 14px 20px; align-items: end; margin: 6px 0 12px; }
.panel { margin: 0; min-width: 0; }
.panel figcaption { margin: 0 0 2px; font-weight: 600; font-size: 14px; overflow-wrap: anywhere; }
.note { margin: 2px 0 0; color: var(--quiet); font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 26px; margin: 0 0 8px; padding: 0; list-style: none; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 8px; }
.numbers { margin: 4px 0 16px; font-size: 13px; }
.numbers summary { color: var(--accent); cursor: pointer; }
.scroll { max-height: 420px; overflow: auto; margin-top: 6px; }
svg.plot { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
.legend svg.plot { width: 34px; height: 14px; flex: none; }
.plot .grid path { stroke: #e2e7ec; fill: none; }
.plot .axis { stroke: #444d58; fill: none; }
.plot .axis-title, .plot .hint { fill: var(--quiet); }
.plot .best { stroke: #0b2d54; stroke-width: 1.8; fill: none; stroke-linejoin: round; }
.plot .best-dot { fill: #0b2d54; stroke: #fff; stroke-width: 1; }
.plot .known { fill: none; stroke: #55606e; stroke-width: 1.6; }
.plot .certain { fill: #f0b65c; stroke: #a8701a; stroke-width: 0.5; }
.plot .always { stroke: #8c1d18; stroke-width: 1.5; stroke-dasharray: 7 4; fill: none; }
.plot .band-1 { fill: var(--middle); }
.plot .band-2 { fill: var(--pale); }
.plot .greatest { stroke: #8c1d18; stroke-width: 1.4; stroke-dasharray: 2 3; fill: none; }
.plot .zero { stroke: #1b2430; stroke-width: 1; fill: none; }
.plot .break { stroke: #aab3bd; stroke-dasharray: 1 4; fill: none; }
.plot .column { fill: #2c5f96; }
.plot .label { font-weight: 600; }
.plot [class^="candidate-"] { stroke: #1b2430; stroke-width: 1; }
.plot .candidate-1 { fill: #0b2d54; }
.plot .candidate-2 { fill: #f0b65c; }
.plot .candidate-3 { fill: #2f8f6b; }
.plot .candidate-4 { fill: #ffffff; }
.plot .candidate-5 { fill: #8c1d18; }
.plot .candidate-6 { fill: #9fc4e8; }
.plot .candidate-7 { fill: #6b4c9a; }
.choice td { height: 44px; }
.choice th { width: 30%; }
footer { margin-top: 36px; color: var(--quiet); font-size: 13px; }
@media screen and (max-width: 760px) {
  main { margin: 0; padding: 20px 16px 40px; }
  .panels { grid-template-columns: 1fr; }
  dl.facts { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd { margin-bottom: 8px; }
  /* A row has too many columns for a telephone: its cells are below each other, each with the head of its column. */
  table.rows thead, table.rows colgroup { display: none; }
  table.rows, table.rows caption, table.rows tbody, table.rows tr, table.rows th, table.rows td { display: block; width: auto; }
  table.rows tr { padding: 6px 0; border-bottom: 1px solid var(--rule); }
  table.rows th, table.rows td { padding: 1px 0; border: 0; text-align: left; }
  table.rows tbody th, table.rows td.date { font-weight: 600; }
  table.rows td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); }
  table.rows td[data-label]:empty { display: none; }
  table.data th, table.data td { white-space: nowrap; }
  /* What cannot be narrower is moved sideways, within the page. */
  .wide, .panel { overflow-x: auto; }
  .wide table.figures { min-width: calc(150px + 136px * var(--plans)); }
  .wide table.figures col.label { width: 150px; }
  .wide table.figures tbody th[scope="row"] { position: sticky; left: 0; background: #fff; }
  .wide > svg.plot, .panels[style="--columns: 1"] svg.plot { min-width: 620px; }
}
@page { size: A4; margin: 12mm 15mm 16mm; }
@page { @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt Arial, sans-serif; color: #55606e; } }
@media print {
  html { background: none; }
  /* A table whose head comes again on every page: the one way that all browsers know. */
  body { display: table; width: 100%; font-size: 9.5pt; line-height: 1.4; }
  .running { display: table-header-group; break-inside: avoid; position: static; background: none; color: var(--alarm); font-size: 9pt; }
  .running div { border-bottom: 1.5pt solid var(--alarm); padding: 0 0 2mm; margin: 0 0 5mm; text-align: center; }
  main { display: table-row-group; box-shadow: none; }
  h1 { font-size: 19pt; }
  h2 { margin-top: 9mm; font-size: 13pt; }
  table { font-size: 8.5pt; }
  th, td { padding: 2.2pt 5pt; }
  h2, h3, section > p, .legend, .panel figcaption, thead, th.group { break-after: avoid; }
  section > p, li, .legend, .panel, tr, tbody.group, dl.facts, .choice { break-inside: avoid; }
  p { max-width: none; }
  .legend, .note, .panel figcaption { font-size: 8.5pt; }
  .numbers:not([open]) { display: none; }
  .scroll { max-height: none; overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
