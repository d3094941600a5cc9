import type {CallOptions, DeviceIdentity, RepeatedQuestion} from '../../src/contract/devices.ts';
import type {Link} from '../../src/contract/link.ts';
import {askAgain} from './ask-again.ts';
import {wrongInstrument} from './replies.ts';

/** Readings between two questions for the identity, unless a driver says otherwise. */
const defaultIdentityEvery = 100;

/** Who is to answer, and how often that is asked. */
export interface ReadingProofOptions {
  /** As it answered `*IDN?` when it was connected. */
  readonly identity: DeviceIdentity;
  /** Readings between two questions for the identity; 0 for none. */
  readonly identityEvery?: number | undefined;
}

/**
 * What makes an answer a reading: it is the answer to this question, its parts agree, and it comes from the instrument
 * that was connected. Each question has a number, its turn, by which a driver asks in another form than the time before,
 * so that the answer to an earlier question cannot pass for this one's. An answer in doubt is never a number: the
 * question is asked again, which a question for a reading allows, or the driver gives up in words.
 */
export class ReadingProof {
  readonly #link: Link;
  readonly #identity: DeviceIdentity;
  readonly #identityEvery: number;
  #turn = -1;
  #readingCount = 0;

  constructor(link: Link, {identity, identityEvery = defaultIdentityEvery}: ReadingProofOptions) {
    this.#link = link;
    this.#identity = identity;
    this.#identityEvery = identityEvery;
  }

  /** Number of the question that is about to be asked, from 0; each repeat has one of its own. */
  nextTurn(): number {
    return ++this.#turn;
  }

  /** Before a reading: asks now and then who answers. Throws `device/wrong-instrument` for another than was connected. */
  async checkIdentity(options: CallOptions): Promise<void> {
    this.#readingCount += 1;
    if (this.#identityEvery === 0 || this.#readingCount % this.#identityEvery !== 0) return;
    const ask = (): Promise<string> => this.#link.query('*IDN?', options);
    const answer = await askAgain(this.#link, '*IDN?', ask, options);
    if (answer.trim() !== this.#identity.text)
      throw wrongInstrument(`the ${this.#identity.text} that was connected`, this.#link.name, answer);
  }

  /** An answer is not taken, and its question will be asked again. After a late one the line is brought back into step. */
  refuse(asked: string, why: RepeatedQuestion['why'], {onRepeat}: CallOptions): void {
    if (why === 'late') this.#link.loseStep();
    onRepeat?.({asked, why});
  }
}
