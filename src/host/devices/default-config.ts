import type {z} from 'zod';
import {detectorSchema, mountSchema, sourceSchema, stageSchema} from '../../contract/bench-file.ts';
import type {DetectorConfig, MountConfig, SourceConfig, StageConfig} from '../../contract/bench-file.ts';
import {BenchError} from '../../contract/errors.ts';
import type {InstrumentKind} from '../../contract/instruments.ts';

export type PortConfig =
  | {readonly kind: 'stage'; readonly stage: StageConfig}
  | {readonly kind: 'detector'; readonly detector: DetectorConfig}
  | {readonly kind: 'source'; readonly source: SourceConfig}
  | {readonly kind: 'mount'; readonly mount: MountConfig};

/** GRBL's own default travel ($130), either way from the machine's zero. */
const handLimitsMm = [-200, 200];
/** Without a bench file the chain's limit is not known; every chain stands this level, dBm. */
const handMaximumDbm = 0;
const handMinimumDbm = -20;

/**
 * A cautious configuration for one instrument at a port, for work by hand. The stage's position is taken as it is
 * (whoever works by hand stands beside it), bench axes are machine axes; the source may not pass 0 dBm. A mount can be
 * asked who it is and no more: without a bench file the length of its steps is not known.
 */
export function configForPort(kind: InstrumentKind, given: Readonly<Record<string, unknown>>): PortConfig {
  switch (kind) {
    case 'stage': {
      const axis = (machineAxis: string) => ({machineAxis, limitsMm: handLimitsMm});
      const axes = {x: axis('x'), y: axis('y'), z: axis('z')};
      return {kind, stage: parse(stageSchema, {axes, homeAtStart: false, ...given})};
    }
    case 'detector':
      return {kind, detector: parse(detectorSchema, given)};
    case 'mount':
      return {kind, mount: parse(mountSchema, {plates: [{address: 1, axes: {}}], ...given})};
    case 'source': {
      // Whoever names lower levels means them: turning on begins at the lowest.
      const named = [given['powerDbm'], given['maxPowerDbm']].filter((value) => typeof value === 'number');
      const lowestDbm = Math.min(handMinimumDbm, ...named);
      const levels = {powerDbm: lowestDbm, minPowerDbm: lowestDbm, maxPowerDbm: handMaximumDbm};
      return {
        kind,
        source: parse(sourceSchema, {multiplier: 1, outputFrequencyHz: 1e10, ...levels, ...given}),
      };
    }
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new BenchError(
    'file/invalid',
    `The configuration of the instrument is not usable: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}. Nothing was opened.`,
  );
}
