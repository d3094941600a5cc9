import {createInterface} from 'node:readline/promises';
import {numberFrom} from '../base/number-text.ts';
import {platesText, type OperatorRequest} from '../contract/messages.ts';
import {BenchError} from '../contract/errors.ts';
import {differenceText, type OperatorQuestion} from '../contract/questions.ts';

/**
 * Asks the person at the terminal to do something at the bench and waits for Enter. Without a terminal nobody can
 * answer, which is refused rather than taken for a yes.
 */
export async function askAtTerminal(request: OperatorRequest, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new BenchError(
      'plan/operator-refused',
      `The bench needs a hand (${textOf(request)}), but there is no terminal to ask at. ` +
        'Nothing more was measured; start from a terminal.',
    );
  }
  const lines = createInterface({input: process.stdin, output: process.stderr});
  try {
    const answer = await lines.question(`${textOf(request)}\nDone? Enter goes on, n stops the campaign: `, {
      signal,
    });
    if (/^n/i.test(answer.trim())) {
      throw new BenchError('plan/operator-refused', 'The operator stopped the campaign at a question.');
    }
  } finally {
    lines.close();
  }
}

/** Asks for a yes; anything else is a no. Without a terminal it is refused, with the option that is the answer. */
export async function confirmAtTerminal(
  question: string,
  option: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new BenchError(
      'plan/operator-refused',
      `"${question}" needs an answer, but there is no terminal to ask at. Nothing was changed; start from a terminal, or with ${option}.`,
    );
  const lines = createInterface({input: process.stdin, output: process.stderr});
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} y or n: `, {signal})).trim());
  } finally {
    lines.close();
  }
}

/** Asks for a decision until one of the choices is named by its number; resolves with its id. */
export async function askQuestionAtTerminal(
  {text, differences, choices}: OperatorQuestion,
  signal: AbortSignal,
): Promise<string> {
  const lines = createInterface({input: process.stdin, output: process.stderr});
  const found = differences.map((difference) => `  ${differenceText(difference)}: ${difference.effect}`);
  const listed = choices.map(({label}, index) => `  ${index + 1}  ${label}`);
  const asked = [text, ...found, ...listed].join('\n');
  try {
    for (;;) {
      const answer = await lines.question(`${asked}\nNumber: `, {signal});
      const choice = choices[numberFrom(answer) - 1];
      if (choice) return choice.id;
    }
  } finally {
    lines.close();
  }
}

function textOf(request: OperatorRequest): string {
  switch (request.kind) {
    case 'mount-object':
      return `Put this mask at the object plane: ${request.label}.\nSeen from the SOURCE side it looks like this (mirrored against how it reads):\n${maskPicture(request)}`;
    case 'set-plates':
      return platesText(request);
    case 'open-frame':
      return 'Take the mask out of the object plane; its frame stays open.';
    case 'block-beam':
      return 'Block the beam between source and mask; the source stays on.';
    case 'unblock-beam':
      return 'Free the beam again.';
  }
}

/** The mask in characters as seen from the source: x runs to the left there, y up. */
function maskPicture({grid, amplitude}: Extract<OperatorRequest, {kind: 'mount-object'}>): string {
  const size = 28;
  const rows: string[] = [];
  // The middle 60 % of the plane holds the digit.
  const at = (part: number): number => Math.floor((0.2 + 0.6 * part) * grid.count);
  for (let j = 0; j < size / 2; j++) {
    let row = '';
    for (let i = 0; i < size; i++) {
      const [y, x] = [at(1 - (j + 0.5) / (size / 2)), at(1 - (i + 0.5) / size)];
      row += amplitude[y * grid.count + x] > 0.5 ? '#' : '.';
    }
    rows.push(row);
  }
  return rows.join('\n');
}
