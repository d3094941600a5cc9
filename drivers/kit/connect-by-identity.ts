import type {DetectorConfig} from '../../src/contract/bench-file.ts';
import type {DeviceIdentity} from '../../src/contract/devices.ts';
import type {Link} from '../../src/contract/link.ts';
import type {DetectorDevice} from './define-driver.ts';
import {parseIdentity, wrongInstrument} from './replies.ts';
import {proveSame, type ConnectCall} from './same-instrument.ts';

/** How an instrument that answers `*IDN?` is told from others, and how its dialogue begins. */
export interface IdentifiedInstrument<Model, Device> {
  /** What the driver is for, as the error about another instrument names it: "a Keithley 2000 multimeter". */
  readonly expected: string;
  /** What the driver makes of the answer to `*IDN?`; undefined for an instrument that it is not for. */
  readonly recognise: (answer: string) => Model | undefined;
  /** Asks for the identity where nobody is known to be there; one `*IDN?` without it. */
  readonly ask?: () => Promise<string>;
  /** Sends nothing. */
  readonly create: (identity: DeviceIdentity, model: Model) => Device;
  /** Brings the instrument into the state that its manual asks for, and reads what the driver computes with. */
  readonly prepare: (device: Device) => Promise<void>;
}

/**
 * Connects an instrument that answers `*IDN?`: nothing is set before it has turned out to be the right one, and the
 * link uses the same question to come back into step after a lost answer. With `options.known` nothing else is sent before
 * it has turned out to be the same one. Throws `device/wrong-instrument` for another
 * instrument, `device/bad-reply` for an answer that is no identity.
 */
export async function connectByIdentity<Model, Device>(
  link: Link,
  instrument: IdentifiedInstrument<Model, Device>,
  options: ConnectCall,
): Promise<Device> {
  const asked = '*IDN?';
  const query = (): Promise<string> => link.query(asked, options);
  const answer = await (options.known
    ? proveSame(link, options.known, {asked, ask: query})
    : (instrument.ask ?? query)());
  const model = instrument.recognise(answer);
  if (model === undefined) throw wrongInstrument(instrument.expected, link.name, answer);
  const identity = parseIdentity(answer, {from: link.name, asked});
  link.setResync({query: asked, reply: identity.text});
  const device = instrument.create(identity, model);
  await instrument.prepare(device);
  return device;
}

/** Connects a detector as `connectByIdentity` does, and sets what the bench file names under `settings`. */
export const connectDetector = <Device extends Pick<DetectorDevice, 'applySettings'>>(
  link: Link,
  {settings}: Pick<DetectorConfig, 'settings'>,
  detector: IdentifiedInstrument<string, Device>,
  options: ConnectCall,
): Promise<Device> =>
  connectByIdentity(
    link,
    {
      ...detector,
      prepare: async (device) => {
        await detector.prepare(device);
        if (Object.keys(settings).length > 0) await device.applySettings(settings, options);
      },
    },
    options,
  );
