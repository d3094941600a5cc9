import {BenchError, hasCode} from '../../contract/errors.ts';
import type {Link} from '../../contract/link.ts';
import {wrongInstrument, type Driver} from './driver-catalogue.ts';

const identifyUnknownTimeoutMs = 500;

/** Asks what stands at a port where the driver got no answer: any text helps to find the mistake. '' for silence. */
async function identifyUnknown(link: Link): Promise<string> {
  const received: string[] = [];
  const unsubscribe = link.onPush((line) => received.push(line));
  const options = {timeoutMs: identifyUnknownTimeoutMs};
  try {
    // Both line ends: each instrument takes its own and finds the other harmless. The first pair ends what it has
    // collected so far from a driver that was not meant for it.
    const question = '\r\n*IDN?\r\n';
    if (link.settings.style === 'query') return await link.query(question, options);
    return (await link.command(question, options)).response;
  } catch (error) {
    if (!hasCode(error, 'port/timeout', 'port/closed', 'device/bad-reply')) throw error;
    const {rest, reply} = error.details;
    return received[0] ?? (typeof rest === 'string' ? rest : typeof reply === 'string' ? reply : '');
  } finally {
    unsubscribe();
  }
}

/** A silent port at connect: one line with what was tried and what it usually is, or what stands there instead. */
export async function explainSilence(driver: Driver, link: Link, error: unknown): Promise<unknown> {
  if (!hasCode(error, 'port/timeout') || !link.isOpen) return error;
  const answer = await identifyUnknown(link);
  if (answer.trim() !== '') return wrongInstrument(`a ${driver.model}`, link.name, answer);
  // With the streamed style the error already says whether the line was silent or noisy.
  if (link.settings.style === 'streamed') return error;
  const {sendTerminator} = link.settings;
  const tried = `${link.settingsText === '' ? 'network' : link.settingsText}, lines ended by ${JSON.stringify(sendTerminator)}`;
  return new BenchError(
    'port/timeout',
    `No ${driver.model} answered at ${link.name} (${tried}). Nothing was measured and nothing moved; likely causes: it is off, ` +
      'another port, another baud rate or parity at its panel, a crossed or broken cable, or another instrument there.',
    {details: {port: link.name, settings: link.settingsText, driver: driver.name}, cause: error},
  );
}
