/** The frame of every report: one HTML file that needs no network, no script and no other file. */
import {colourMapNames, colourStops} from './colour-map.ts';
import {Markup, markup} from './markup.ts';
import {reportStyle} from './report-style.ts';

/** A whole page around what a report says. */
export function renderPage(title: string, body: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body>
${renderDefinitions()}
<main>
${body}
</main>
</body>
</html>
`.text;
}

/** Gradients of the colour bars and the hatch of unmeasured cells, once for the whole document. */
function renderDefinitions(): Markup {
  const gradients = colourMapNames.map((name) => {
    const stops = colourStops(name);
    return markup`<linearGradient id="scale-${name}" x1="0" y1="1" x2="0" y2="0">${stops.map((colour, i) => markup`<stop offset="${(i / (stops.length - 1)).toFixed(4)}" stop-color="${colour}"/>`)}</linearGradient>`;
  });
  return markup`<svg class="definitions" aria-hidden="true"><defs>${gradients}<pattern id="unmeasured" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v6" stroke-width="2"/></pattern></defs></svg>`;
}
