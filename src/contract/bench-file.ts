import {z} from 'zod';
import {illuminationSchema, probeSchema} from './illumination.ts';
import {measurementModelSchema} from './measurement.ts';
import {suspendersSchema} from './suspender.ts';
import {count, positiveQuantity, quantity, quantityRange} from './quantity.ts';

/**
 * A bench file (YAML or JSON): which instruments stand on this bench, where, and what they may do.
 * Instruments are found by what they say of themselves; the port is a hint.
 */
const name = z.string().min(1).max(200);
/** Positions of a stage, mm: ten metres either way. */
const farMm = 10_000;
/** Steps of a mount's axis: what its controller counts in 32 bits. */
const farSteps = 2 ** 31 - 1;

/** A serial device; a network address belongs into `host` and `tcpPort`, where its port number is checked. */
const portSchema = name.refine((text) => !/^(tcp:\/\/)?[\w.[\]-]+:\d+$/i.test(text), {
  error: ({input}) => `"${String(input)}" is a network address: write host and tcpPort instead of port`,
});

const linkSchema = z
  .object({
    /** Serial device path: /dev/serial/by-id/..., /dev/ttyUSB0, COM3. */
    port: portSchema.optional(),
    host: name.optional(),
    tcpPort: count(1, 65_535).optional(),
    /** Overrides of the driver's own link settings. */
    baudRate: count(50, 4_000_000).optional(),
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
    originMm: quantity(-farMm, farMm, 'mm').default(0),
    /** Soft limits in the bench frame, mm. */
    limitsMm: quantityRange(-farMm, farMm, 'mm'),
  })
  .strict();

/** Parameters of the driver by name: compared before each run, and set where they are something else. */
const settingsSchema = z
  .record(z.string().max(100), z.union([z.number(), z.string().max(200), z.boolean()]))
  .refine((settings) => Object.keys(settings).length <= 100, 'an instrument has at most 100 settings')
  .default({});

/** A box into which the stage must not go; an axis that is not named is barred over its whole length. */
const keepOutSchema = z
  .object({
    name: name,
    xMm: quantityRange(-farMm, farMm, 'mm').optional(),
    yMm: quantityRange(-farMm, farMm, 'mm').optional(),
    zMm: quantityRange(-farMm, farMm, 'mm').optional(),
  })
  .strict()
  .refine(({xMm, yMm, zMm}) => (xMm ?? yMm ?? zMm) !== undefined, {
    message: 'give the range of one axis at least (xMm, yMm, zMm)',
  });

const cornerSchema = z.tuple([quantity(-farMm, farMm, 'mm'), quantity(-farMm, farMm, 'mm')]);

/** The raster stage: driver, link, axes with limits in mm. */
export const stageSchema = z
  .object({
    role: name.default('stage'),
    driver: name,
    link: linkSchema,
    axes: z.object({x: axisSchema, y: axisSchema.optional(), z: axisSchema.optional()}).strict(),
    /** Every target is approached from its smaller side, from at least this far, mm; 0 for none. */
    backlashMm: quantity(0, 10, 'mm').default(0),
    /** How far from the target a move may end, mm. */
    toleranceMm: positiveQuantity(1, 'mm').default(0.01),
    feedMmPerMin: positiveQuantity(100_000, 'mm/min').optional(),
    /** Speed of the first move after homing, when nobody has seen yet whether it counts as it should, mm/min. */
    firstMoveMmPerMin: positiveQuantity(100_000, 'mm/min').optional(),
    /** Where something stands in the stage's way: no way of a move or jog may enter. Bench frame. */
    keepOut: z.array(keepOutSchema).max(100).optional(),
    /** Corners x, y of the area that no way may leave, in order; the limits alone where it is not given. Bench frame. */
    envelopeMm: z.array(cornerSchema).min(3).max(100).optional(),
    homeAtStart: z.boolean().default(true),
    settings: settingsSchema,
  })
  .strict();

const detectorFields = (defaultRole: string) =>
  z
    .object({
      role: name.default(defaultRole),
      /** Any driver of a detector: a lock-in amplifier, a multimeter, ... */
      driver: name,
      link: linkSchema,
      /** Parameters of the driver by name, set at the start of a run (timeConstantS, slopeDbPerOctave, ...). */
      settings: settingsSchema,
    })
    .strict();

/** The detector: driver, link, settings. */
export const detectorSchema = detectorFields('detector');

/** Into a chain: from below any noise to ten watts. */
const level = quantity(-150, 40, 'dBm');

/** The source: driver, link, multiplier chain, working point and limits. */
export const sourceSchema = z
  .object({
    role: name.default('source'),
    driver: name,
    link: linkSchema,
    /** Factor of the multiplier chain behind the synthesiser. */
    multiplier: count(1, 1000),
    /** Frequency behind the chain, Hz. */
    outputFrequencyHz: quantity(1e6, 1e14, 'Hz'),
    /** Working level and the level that must never be passed, at the chain's input, dBm. */
    powerDbm: level,
    maxPowerDbm: level,
    minPowerDbm: level.default(-20),
    modulationHz: quantity(0.001, 1e7, 'Hz').default(1000),
    warmUpS: quantity(0, 86_400, 's').default(0),
    /** As for the detector: settings that have no field of their own (isAlcOn, pulsePolarity, ...). */
    settings: settingsSchema,
  })
  .strict()
  .refine((source) => source.minPowerDbm <= source.maxPowerDbm, {
    message: 'minPowerDbm is above maxPowerDbm',
    path: ['minPowerDbm'],
  })
  .refine((source) => source.powerDbm <= source.maxPowerDbm, {
    message: 'powerDbm is above maxPowerDbm',
    path: ['powerDbm'],
  })
  .refine((source) => source.powerDbm >= source.minPowerDbm, {
    message: 'powerDbm is below minPowerDbm, where turning on begins',
    path: ['powerDbm'],
  });

/** One axis of a plate's mount. */
const mountAxisSchema = {
  /** Number of the axis at its controller. */
  axis: count(1, 9),
  /** +1 when larger positions are towards the bench axis (for a turn: from x to y), -1 when they are opposed. */
  direction: z.union([z.literal(1), z.literal(-1)]).default(1),
  /** Position of the plate's zero, steps from home. Without it an axis that was homed is not moved. */
  zeroSteps: count(-farSteps, farSteps).optional(),
  /** Microsteps a full step (Zaber: `resolution`) to which the length of a step belongs; another one is refused. */
  microsteps: count(1, 65_535).optional(),
};
const linearMountSchema = z
  .object({
    ...mountAxisSchema,
    /** Length of a step of its position (Zaber: a microstep at the resolution it is set to). */
    mmPerStep: positiveQuantity(10, 'mm'),
    /** How far the plate may be moved from its zero. */
    limitsMm: quantityRange(-1000, 1000, 'mm'),
    /** What an alignment may move it at most in one correction; a larger one is refused whole. */
    maxCorrectionMm: positiveQuantity(100, 'mm').default(1),
  })
  .strict();
const rotaryMountSchema = z
  .object({
    ...mountAxisSchema,
    degPerStep: positiveQuantity(10, 'deg'),
    limitsDeg: quantityRange(-360, 360, 'deg'),
    maxCorrectionDeg: positiveQuantity(180, 'deg').default(2),
  })
  .strict();

/** Motorised mounts of plates, on one line. */
export const mountSchema = z
  .object({
    role: name.default('mount'),
    driver: name,
    link: linkSchema,
    plates: z
      .array(
        z
          .object({
            /** Which plate it carries, 1 behind the object; its place in this list unless given. */
            plate: count(1, 64).optional(),
            /** Of the plate's controller in the chain. */
            address: count(1, 99),
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
    toleranceMm: positiveQuantity(1, 'mm').default(0.002),
    toleranceDeg: positiveQuantity(5, 'deg').default(0.005),
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

/** A bench file: which instruments there are, where they are connected, how they are set and how far they may go. */
export const benchFileSchema = z
  .object({
    format: z.literal('d2nn-bench/bench'),
    version: z.literal(1),
    name,
    stage: stageSchema,
    detector: detectorSchema.optional(),
    /** What `detector` was called while every detector was a lock-in amplifier; its role is `lockin` unless given. */
    lockin: detectorFields('lockin').optional(),
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
    /** Places, from 1, whose plate a program can exchange: by a changer of plates, or a modulator in the place of one. */
    exchangeablePlates: z.array(z.number().int().min(1).max(64)).optional(),
    /** What the operator knows of the beam at the object plane; the design's own where it is not given. */
    illumination: illuminationSchema.optional(),
    probe: probeSchema.default({kind: 'point'}),
    /** What suspends every run of this bench until it is well again. */
    suspenders: suspendersSchema.optional(),
    /** How far things are off on this bench, for what a design loses on it (`twin classify --bench`). */
    measurement: measurementModelSchema.omit({illumination: true, probe: true}).optional(),
  })
  .strict()
  .superRefine((bench, context) => {
    // Two instruments of one name, or at one port, would answer for each other.
    const instruments = benchFields.flatMap((field) => {
      const own = bench[field];
      return own ? [{field, role: own.role, link: own.link}] : [];
    });
    instruments.forEach(({field: instrument, role, link}, index) => {
      const before = instruments.slice(0, index);
      const wrong = (field: string, message: string): void =>
        context.addIssue({code: 'custom', path: [instrument, field], message});
      if (before.some((other) => other.role === role))
        wrong('role', `two instruments have the role "${role}"`);
      const place = placeOf(link);
      const other = before.find((known) => placeOf(known.link) === place);
      if (other) wrong('link', `${place} is given to ${other.role} and to ${role}`);
    });
  })
  .transform(({detector, lockin, ...bench}, context) => {
    const only = detector ?? lockin;
    if (only && !(detector && lockin)) return {...bench, detector: only};
    const message = only
      ? 'give detector or lockin (its name before), and only one of them'
      : 'what reads the light is missing: its driver and its link';
    context.addIssue({code: 'custom', path: [only ? 'lockin' : 'detector'], message});
    return z.NEVER;
  });

/** Where the instruments of a bench stand in its file. */
const benchFields = ['stage', 'detector', 'lockin', 'source', 'mount'] as const;

/** Where a link leads; a host without a port number takes its driver's own, so that such links are told apart by it. */
const placeOf = ({port, host, tcpPort}: z.infer<typeof linkSchema>): string =>
  port ?? `${host}:${tcpPort ?? 'default port'}`;

/** What a bench file may call its detector. */
export type DetectorField = 'detector' | 'lockin';

export type BenchFile = z.infer<typeof benchFileSchema>;
export type StageConfig = z.infer<typeof stageSchema>;
export type DetectorConfig = z.infer<typeof detectorSchema>;
export type SourceConfig = z.infer<typeof sourceSchema>;
export type MountConfig = z.infer<typeof mountSchema>;
export type LinkConfig = z.infer<typeof linkSchema>;
