import type {SourceConfig} from '../../src/contract/bench-file.ts';
import type {CallOptions, SourceState} from '../../src/contract/devices.ts';
import {BenchError} from '../../src/contract/errors.ts';
import type {ErrorCode} from '../../src/contract/errors.ts';
import type {Link} from '../kit/index.ts';
import {frequencyToleranceRatio, modulationToleranceRatio} from './scpi-condition.ts';

/** Levels are set in hundredths of a decibel. */
export const levelResolutionDb = 0.006;
const rampStepDb = 3;

/** What the bench file says of a source in fields of its own, and what every turning on sets from them. */
const ownFields: ReadonlyMap<string, string> = new Map([
  ['frequencyHz', 'outputFrequencyHz'],
  ['powerDbm', 'powerDbm'],
  ['isOutputOn', 'none, for a run turns RF on and off'],
  ...[
    'isPulseModulationOn',
    'pulseSource',
    'pulseShape',
    'pulseRateHz',
    'pulsePeriodS',
    'pulseWidthS',
    'isModulationEnabled',
  ].map((name) => [name, 'modulationHz'] as const),
]);

/** Throws `file/invalid` for a setting that the bench file has a field of its own for. */
export function assertNotOwnField(name: string): void {
  const field = ownFields.get(name);
  if (field === undefined) return;
  throw new BenchError(
    'file/invalid',
    `The bench file names ${name} under settings of the source. Nothing was set; it has a field of its own: ${field}.`,
    {details: {parameter: name}},
  );
}

/** Throws `source/limit` for a level (dBm into the chain) outside what the bench file allows. */
export function assertLevelAllowed(
  powerDbm: number,
  {minPowerDbm, maxPowerDbm}: Pick<SourceConfig, 'minPowerDbm' | 'maxPowerDbm'>,
): void {
  if (Number.isFinite(powerDbm) && powerDbm >= minPowerDbm && powerDbm <= maxPowerDbm) return;
  throw new BenchError(
    'source/limit',
    `${powerDbm} dBm into the chain was refused: allowed is ${minPowerDbm} to ${maxPowerDbm} dBm (minPowerDbm, maxPowerDbm ` +
      'of the bench file). Nothing was sent; take a lower level, or change the limit if the label on the chain allows it.',
    {details: {askedDbm: powerDbm, minPowerDbm, maxPowerDbm}},
  );
}

/** Levels from above the lowest to the working one, dBm. */
export function rampDbm(minPowerDbm: number, powerDbm: number): number[] {
  const stepCount = Math.ceil((powerDbm - minPowerDbm) / rampStepDb - 1e-9);
  return Array.from({length: Math.max(stepCount, 0)}, (_, index) =>
    index + 1 === stepCount ? powerDbm : minPowerDbm + (index + 1) * rampStepDb,
  );
}

/** The error of a source (`from` names it with its port) that may still be on. */
export const notProvenOff = (from: string, code: ErrorCode, why: string, cause?: unknown): BenchError =>
  new BenchError(
    code,
    `RF of the ${from} could not be proven off: ${why} Switch it off at its front panel before you touch ` +
      'cables or the chain; stored points are safe.',
    {cause},
  );

/** The error of a source that did not do what it was turned on for. */
export const turnedOffAgain = (from: string, what: string): BenchError =>
  new BenchError(
    'device/fault',
    `The ${from} was turned off again: ${what}. No point is lost; check its front panel and the bench file.`,
  );

/** Throws `device/fault` where a source is not on as it was told; `modulationHz` undefined: it has no modulation. */
export function assertTurnedOn(
  state: SourceState,
  from: string,
  {
    outputFrequencyHz,
    modulationHz,
  }: {readonly outputFrequencyHz: number; readonly modulationHz: number | undefined},
): void {
  if (!state.isOutputOn) throw turnedOffAgain(from, 'its RF output went off by itself');
  if (Math.abs(state.outputFrequencyHz / outputFrequencyHz - 1) > frequencyToleranceRatio)
    throw turnedOffAgain(
      from,
      `its frequency is ${state.outputFrequencyHz} Hz behind the chain instead of ${outputFrequencyHz} Hz`,
    );
  if (modulationHz === undefined) return;
  if (!state.isModulationOn) throw turnedOffAgain(from, 'its modulation stays off');
  if (Math.abs(state.modulationHz / modulationHz - 1) > modulationToleranceRatio)
    throw turnedOffAgain(
      from,
      `its modulation runs at ${state.modulationHz} Hz instead of ${modulationHz} Hz`,
    );
}

/** The error of a source that reports another level than it was asked for, both in dBm. */
export const levelNotKept = (from: string, askedDbm: number, gotDbm: number): BenchError =>
  new BenchError(
    'device/refused',
    `The ${from} was asked for ${askedDbm} dBm but keeps ${gotDbm} dBm. Stored points are safe; choose a level ` +
      'that it can deliver at this frequency.',
    {details: {asked: askedDbm, got: gotDbm}},
  );

/** The error of a source that was found above its limit and turned off. */
export const aboveLimit = (from: string, gotDbm: number, maxPowerDbm: number): BenchError =>
  new BenchError(
    'source/limit',
    `The ${from} reports ${gotDbm} dBm, above the limit of ${maxPowerDbm} dBm: RF was turned off. Points ` +
      'taken just before may be too high; find out who set the level (front panel, another program) before you go on.',
    {details: {gotDbm, maxPowerDbm}},
  );

/** RF off; allowed in every state, and there is no answer to it. */
export const sendOutputOff = (link: Link, options: CallOptions = {}): Promise<void> =>
  link.send('OUTP OFF', options);

/** Tells whether RF may be on, before the instrument does anything; what was told. */
export function noteHazard(link: Link, mayBeOn: boolean): boolean {
  link.noteHazard(mayBeOn);
  return mayBeOn;
}
