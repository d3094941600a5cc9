import {z} from 'zod';
import {illuminationSchema, probeSchema} from './illumination.ts';

/**
 * A bench file (YAML or JSON): which instruments stand on this bench, where, and what they may do.
 * Instruments are found by what they say of themselves; the port is a hint.
 */
const finite = z.number().finite();
const range = z
  .tuple([finite, finite])
  .refine(([low, high]) => low < high, 'the first number must be the smaller');

const linkSchema = z
  .object({
    /** Serial device path: /dev/serial/by-id/..., /dev/ttyUSB0, COM3. */
    port: z.string().min(1).optional(),
    host: z.string().min(1).optional(),
    tcpPort: z.number().int().min(1).max(65535).optional(),
    /** Overrides of the driver's own link settings. */
    baudRate: z.number().int().min(50).optional(),
    parity: z.enum(['none', 'odd', 'even']).optional(),
  })
  .strict()
  .refine((link) => (link.port === undefined) !== (link.host === undefined), {
    message: 'give either port (serial) or host (network), and only one of them',
  });

const axisSchema = z
  .object({
    /** Axis of the machine that carries this bench axis. */
    machineAxis: z.enum(['x', 'y', 'z']),
    /** +1 when both point the same way, -1 when they are opposed. */
    direction: z.union([z.literal(1), z.literal(-1)]).default(1),
    /** Machine position of the bench axis' zero, mm. */
    originMm: finite.default(0),
    /** Soft limits in the bench frame, mm. */
    limitsMm: range,
  })
  .strict();

export const stageSchema = z
  .object({
    role: z.string().min(1).default('stage'),
    driver: z.string().min(1),
    link: linkSchema,
    axes: z.object({x: axisSchema, y: axisSchema.optional(), z: axisSchema.optional()}).strict(),
    /** Every target is approached from its smaller side, from at least this far, mm; 0 for none. */
    backlashMm: finite.min(0).default(0),
    /** How far from the target a move may end, mm. */
    toleranceMm: finite.gt(0).default(0.01),
    feedMmPerMin: finite.gt(0).optional(),
    homeAtStart: z.boolean().default(true),
  })
  .strict();

export const lockInSchema = z
  .object({
    role: z.string().min(1).default('lockin'),
    driver: z.string().min(1),
    link: linkSchema,
    /** Parameters of the driver by name, set at the start of a run (timeConstantS, slopeDbPerOctave, ...). */
    settings: z.record(z.string(), z.union([finite, z.string(), z.boolean()])).default({}),
  })
  .strict();

export const sourceSchema = z
  .object({
    role: z.string().min(1).default('source'),
    driver: z.string().min(1),
    link: linkSchema,
    /** Factor of the multiplier chain behind the synthesiser. */
    multiplier: z.number().int().min(1),
    /** Frequency behind the chain, Hz. */
    outputFrequencyHz: finite.gt(0),
    /** Working level and the level that must never be passed, at the chain's input, dBm. */
    powerDbm: finite,
    maxPowerDbm: finite,
    minPowerDbm: finite.default(-20),
    modulationHz: finite.gt(0).default(1000),
    warmUpS: finite.min(0).default(0),
  })
  .strict()
  .refine((source) => source.powerDbm <= source.maxPowerDbm, {
    message: 'powerDbm is above maxPowerDbm',
    path: ['powerDbm'],
  });

/** One axis of a plate's mount. */
const mountAxisSchema = {
  /** Number of the axis at its controller. */
  axis: z.number().int().min(1).max(9),
  /** +1 when larger positions are towards the bench axis (for a turn: from x to y), -1 when they are opposed. */
  direction: z.union([z.literal(1), z.literal(-1)]).default(1),
  /** Position of the plate's zero, steps from home. Without it an axis that was homed is not moved. */
  zeroSteps: z.number().int().optional(),
};
const linearMountSchema = z
  .object({
    ...mountAxisSchema,
    /** Length of a step of its position (Zaber: a microstep at the resolution it is set to). */
    mmPerStep: finite.gt(0),
    /** How far the plate may be moved from its zero. */
    limitsMm: range,
    /** What an alignment may move it at most in one correction; a larger one is refused whole. */
    maxCorrectionMm: finite.gt(0).default(1),
  })
  .strict();
const rotaryMountSchema = z
  .object({
    ...mountAxisSchema,
    degPerStep: finite.gt(0),
    limitsDeg: range,
    maxCorrectionDeg: finite.gt(0).default(2),
  })
  .strict();

/** Motorised mounts of plates, on one line. */
export const mountSchema = z
  .object({
    role: z.string().min(1).default('mount'),
    driver: z.string().min(1),
    link: linkSchema,
    plates: z
      .array(
        z
          .object({
            /** Which plate it carries, 1 behind the object; its place in this list unless given. */
            plate: z.number().int().min(1).optional(),
            /** Of the plate's controller in the chain. */
            address: z.number().int().min(1).max(99),
            axes: z
              .object({
                x: linearMountSchema.optional(),
                y: linearMountSchema.optional(),
                z: linearMountSchema.optional(),
                rotation: rotaryMountSchema.optional(),
              })
              .strict(),
          })
          .strict(),
      )
      .min(1),
    /** How far from its target a move may end. */
    toleranceMm: finite.gt(0).default(0.002),
    toleranceDeg: finite.gt(0).default(0.005),
  })
  .strict()
  .superRefine(({plates}, context) => {
    // Mistakes that would move another plate or axis than was meant.
    const wrong = (index: number, message: string): void =>
      context.addIssue({code: 'custom', path: ['plates', index], message});
    const numbers = plates.map(({plate}, index) => plate ?? index + 1);
    plates.forEach(({address, axes}, index) => {
      const used = [axes.x, axes.y, axes.z, axes.rotation].flatMap((own) => (own ? [own.axis] : []));
      const doubled = used.find((axis, at) => used.indexOf(axis) !== at);
      if (doubled !== undefined) wrong(index, `axis ${doubled} of the controller is given twice`);
      if (plates.findIndex((other) => other.address === address) < index)
        wrong(index, `address ${address} is given to two plates`);
      if (numbers.indexOf(numbers[index]) < index) wrong(index, `plate ${numbers[index]} has two mounts`);
    });
  });

export const benchFileSchema = z
  .object({
    format: z.literal('d2nn-bench/bench'),
    version: z.literal(1),
    name: z.string().min(1),
    stage: stageSchema,
    lockin: lockInSchema,
    source: sourceSchema,
    /** Motorised mounts of plates, where there are any. */
    mount: mountSchema
      .refine(
        ({plates}) => plates.every(({axes}) => Object.values(axes).some((axis) => axis !== undefined)),
        {
          message: 'give each plate at least one axis (x, y, z, rotation)',
          path: ['plates'],
        },
      )
      .optional(),
    /** What the operator knows of the beam at the object plane; the design's own where it is not given. */
    illumination: illuminationSchema.optional(),
    probe: probeSchema.default({kind: 'point'}),
  })
  .strict();

export type BenchFile = z.infer<typeof benchFileSchema>;
export type StageConfig = z.infer<typeof stageSchema>;
export type LockInConfig = z.infer<typeof lockInSchema>;
export type SourceConfig = z.infer<typeof sourceSchema>;
export type MountConfig = z.infer<typeof mountSchema>;
export type LinkConfig = z.infer<typeof linkSchema>;
