/** Style of the report: light and dark by the reader's choice, light on paper. No font or picture from elsewhere. */
export const reportStyle = `
:root { color-scheme: light dark; --page: #f4f6f8; --card: #ffffff; --ink: #1b2128; --quiet: #5a6673; --line: #d3d9e0;
  --measured: #2f6fb7; --measured-rgb: 47 111 183; --simulated: #0b8577; --simulated-rgb: 11 133 119; --error: #3c4650; --hatch: #c3cad2; }
@media (prefers-color-scheme: dark) { :root { --page: #14181d; --card: #1e242b; --ink: #e3e8ed; --quiet: #9aa7b4; --line: #38414b;
  --measured: #5b9ce6; --measured-rgb: 70 135 210; --simulated: #35b8a6; --simulated-rgb: 30 150 134; --error: #c5ced7; --hatch: #4a545f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1240px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; } h2 { font-size: 18px; margin: 32px 0 8px; } h3 { font-size: 14px; margin: 0; font-weight: 600; }
p { margin: 4px 0; } .quiet { color: var(--quiet); font-size: 12.5px; } a { color: var(--measured); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 12px; margin: 16px 0; }
.tile, .card { background: var(--card); border-radius: 8px; padding: 12px 16px; }
.card { margin: 12px 0; } .tile .figure { font-size: 34px; line-height: 1.15; margin: 4px 0 2px; font-weight: 600; }
.warning { border-left: 4px solid #c27a12; } .card > header { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; }
.card > header h3 { font-size: 17px; } .row { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: flex-start; margin-top: 8px; }
figure { margin: 0; } figcaption { font-size: 12.5px; color: var(--quiet); } .plane figcaption { padding-left: 38px; max-width: 252px; }
.on-scale { display: flex; flex-wrap: wrap; gap: 4px 8px; align-items: flex-start; } svg { display: block; max-width: 100%; } .key { white-space: nowrap; margin-right: 12px; } .key svg { display: inline-block; vertical-align: -1px; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); } .middle { text-anchor: middle; } .end { text-anchor: end; } svg text.strong { font-weight: 700; }
.cells { image-rendering: crisp-edges; image-rendering: pixelated; } .frame { fill: none; stroke: var(--quiet); }
.tick { stroke: var(--quiet); fill: none; } .grid { stroke: var(--line); fill: none; }
.box { fill: none; stroke: #fff; stroke-width: 1.1; } .box-shadow { fill: none; stroke: #000; stroke-width: 2.6; stroke-opacity: .55; } .box.winner { stroke-width: 2.6; }
svg text.box-label { fill: #fff; stroke: #000; stroke-opacity: .7; stroke-width: 2.4; paint-order: stroke; text-anchor: middle; }
svg text.box-label.winner { fill: #111; stroke: none; font-weight: 700; } .winner-badge { fill: #fff; stroke: #000; stroke-opacity: .6; }
.measured { fill: var(--measured); } .simulated { fill: none; stroke: var(--simulated); stroke-width: 2; } .nominal { fill: none; stroke: var(--simulated); stroke-width: 2; stroke-dasharray: 4 3; }
.error { stroke: var(--error); stroke-width: 1.4; fill: none; } .drift { fill: none; stroke: var(--measured); stroke-width: 1.6; } .drift-point { fill: var(--measured); }
.shares { flex: 1 1 460px; max-width: 700px; } .drift-figure svg, .shares > svg { width: 100%; height: auto; }
table { border-collapse: collapse; font-size: 13px; } caption { text-align: left; color: var(--quiet); padding: 2px 0 6px; font-size: 12.5px; }
th, td { padding: 3px 8px; text-align: right; border-bottom: 1px solid var(--line); } thead th { font-weight: 600; vertical-align: bottom; } tbody th { font-weight: 600; }
.pairs { min-width: 280px; } .pairs th, .pairs td { text-align: left; vertical-align: top; } .pairs th { font-weight: 400; color: var(--quiet); } .pairs td { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } .differs > * { background: rgb(194 122 18 / .14); } .digits { width: 100%; } .matrices, .settings { display: flex; flex-wrap: wrap; gap: 20px 32px; align-items: flex-start; }
.matrix th, .matrix td { text-align: center; padding: 0 2px; width: 30px; height: 26px; border: 1px solid var(--line); } .matrix .corner { font-weight: 400; font-size: 11px; color: var(--quiet); width: auto; padding: 0 6px; }
.matrix td.measured { background: rgb(var(--measured-rgb) / calc(var(--part) * .8)); } .matrix td.simulated { background: rgb(var(--simulated-rgb) / calc(var(--part) * .8)); }
.matrix td.diagonal { outline: 2px solid var(--quiet); outline-offset: -2px; } .matrix td.absent { background: repeating-linear-gradient(45deg, transparent 0 4px, var(--hatch) 4px 5px); }
code { font: 12.5px ui-monospace, monospace; background: var(--page); padding: 1px 5px; border-radius: 4px; }
.definitions { position: absolute; width: 0; height: 0; overflow: hidden; } #unmeasured path { stroke: var(--hatch); }
@media print { :root { --page: #fff; --card: #fff; --ink: #000; --quiet: #444; --line: #bbb; --measured: #2f6fb7; --measured-rgb: 47 111 183; --simulated: #0b8577; --simulated-rgb: 11 133 119; --error: #222; --hatch: #bbb; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } body { font-size: 11px; } main { max-width: none; padding: 0; } .card, .tile { border: 1px solid #bbb; }
  .card, .tile, table, figure { break-inside: avoid; } h2 { break-after: avoid; } .scroll { overflow: visible; } .digits { font-size: 10px; } .digits th, .digits td { padding: 2px 4px; } .plane svg { width: 185px; height: auto; } .bar { height: 182px; width: auto; } @page { size: A4 landscape; margin: 12mm; } }
`;
