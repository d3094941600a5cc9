import type {CallOptions, DeviceIdentity} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {Link} from '../../src/contract/link.ts';
import {badReply, showText} from './replies.ts';

/** The instrument that stood in a place before its line ended. */
export interface KnownInstrument {
  /** Its name at the bench. */
  readonly role: string;
  /** What it answered when it was connected. */
  readonly identity: DeviceIdentity;
  /**
   * The port is that of the same USB adapter by a serial number that no other port has. Nobody else can have got the name
   * of that port; another instrument may still hang on the adapter.
   */
  readonly isAtOwnAdapter: boolean;
}

/** How a driver is connected. */
export interface ConnectCall extends CallOptions {
  /**
   * Given when a line is opened again: who has to be there. Until the instrument has proven by its identity that it is the
   * same one, nothing but the question for the identity may be sent.
   */
  readonly known?: KnownInstrument | undefined;
}

/** One question for the identity: what is sent, and how. */
export interface IdentityQuestion {
  readonly asked: string;
  readonly ask: () => Promise<string>;
  /** Whether an answer is that of the known instrument; without it the texts are compared. */
  readonly isSame?: (answer: string) => boolean;
}

/**
 * Asks who is there and resolves with the answer when it is the known instrument. An answer of another one is asked for once
 * more, as noise on a line looks like one. Throws `device/wrong-instrument` for another instrument and `device/bad-reply`
 * for two answers that differ.
 */
export async function proveSame(
  link: Link,
  known: KnownInstrument,
  {asked, ask, isSame = (answer) => answer.trim() === known.identity.text.trim()}: IdentityQuestion,
): Promise<string> {
  const first = await ask();
  if (isSame(first)) return first;
  link.loseStep();
  const second = await ask();
  if (isSame(second)) return second;
  if (first !== second) throw badReply({from: link.name, asked}, second, 'the same identity twice');
  throw anotherInstrument(known, link.name, second);
}

/** Error `device/wrong-instrument`: who answers where a line was opened again is not who was there before. */
export function anotherInstrument(known: KnownInstrument, port: string, answered: string): BenchError {
  return new BenchError(
    'device/wrong-instrument',
    `Another instrument answers at ${port} in the place of the ${known.role}: ${showText(answered.trim())} instead of ` +
      `${showText(known.identity.text.trim())}. Nothing but the question who it is was sent to it, nothing moved and no reading was ` +
      'taken from it. Plug the right one in there and connect it (Bench page), or close the bench and open it with the new one.',
    {details: {port, answered: answered.slice(0, 200), known: known.identity.text, isAsked: true}},
  );
}
