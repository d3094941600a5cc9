import {createInterface} from 'node:readline/promises';
import {numberFrom} from '../base/number-text.ts';
import type {Prompt} from '../contract/api/index.ts';
import {BenchError} from '../contract/errors.ts';
import {differenceText} from '../contract/questions.ts';
import type {CliContext} from './context.ts';

/** Where a person is asked and answers. */
export type Terminal = Pick<CliContext, 'stdin' | 'stderr'>;

/** What a person has answered to a prompt of a run. */
export type PromptAnswer =
  | {readonly answer: 'done'; readonly choice?: string}
  | {readonly answer: 'refused'; readonly reason: string};

/** Whether somebody sits at this terminal: without one nobody is asked, and nothing is taken for a yes. */
export const isAttended = ({stdin}: Terminal): boolean => stdin.isTTY === true;

/** Puts a prompt to the person at the terminal and waits for the answer; without a terminal it is refused. */
export async function askPrompt(
  terminal: Terminal,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<PromptAnswer> {
  if (!isAttended(terminal))
    return {answer: 'refused', reason: 'there is no terminal to ask at; start from a terminal'};
  const lines = createInterface({input: terminal.stdin, output: terminal.stderr});
  try {
    if (prompt.choices.length > 0) return {answer: 'done', choice: await choose(lines, prompt, signal)};
    const answer = await lines.question(
      `${textOf(prompt)}\nDone? Enter goes on, n stops what is being measured: `,
      {signal},
    );
    return /^n/i.test(answer.trim())
      ? {answer: 'refused', reason: 'the operator stopped it at this question'}
      : {answer: 'done'};
  } finally {
    lines.close();
  }
}

/** Asks for a yes; anything else is a no. Without a terminal it is refused, with the option that is the answer. */
export async function confirmAtTerminal(
  {stdin, stderr}: Terminal,
  {
    question,
    option,
    signal,
  }: {readonly question: string; readonly option: string; readonly signal: AbortSignal},
): Promise<boolean> {
  if (stdin.isTTY !== true)
    throw new BenchError(
      'plan/operator-refused',
      `"${question}" needs an answer, but there is no terminal to ask at. Nothing was changed; start from a terminal, or with ${option}.`,
    );
  const lines = createInterface({input: stdin, output: stderr});
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} y or n: `, {signal})).trim());
  } finally {
    lines.close();
  }
}

/** Asks until one of the choices is named by its number; resolves with its id. */
async function choose(
  lines: ReturnType<typeof createInterface>,
  {text, differences, choices}: Prompt,
  signal: AbortSignal,
): Promise<string> {
  const found = differences.map((difference) => `  ${differenceText(difference)}: ${difference.effect}`);
  const listed = choices.map(({label}, index) => `  ${index + 1}  ${label}`);
  const asked = [text, ...found, ...listed].join('\n');
  for (;;) {
    const answer = await lines.question(`${asked}\nNumber: `, {signal});
    const choice = choices[numberFrom(answer) - 1];
    if (choice) return choice.id;
  }
}

const textOf = ({text, mask}: Prompt): string =>
  mask === null
    ? text
    : `${text}\nSeen from the SOURCE side it looks like this (mirrored against how it reads):\n${maskPicture(mask)}`;

/** The mask in characters as seen from the source: x runs to the left there, y up. */
function maskPicture({count, amplitude}: NonNullable<Prompt['mask']>): string {
  const size = 28;
  const rows: string[] = [];
  // The middle 60 % of the plane holds the digit.
  const at = (part: number): number => Math.floor((0.2 + 0.6 * part) * count);
  for (let j = 0; j < size / 2; j++) {
    let row = '';
    for (let i = 0; i < size; i++) {
      const [y, x] = [at(1 - (j + 0.5) / (size / 2)), at(1 - (i + 0.5) / size)];
      row += amplitude[y * count + x] > 0.5 ? '#' : '.';
    }
    rows.push(row);
  }
  return rows.join('\n');
}
