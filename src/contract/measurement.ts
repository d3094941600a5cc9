import {z} from 'zod';
import {illuminationSchema, probeSchema} from './illumination.ts';
import {errorDistributions} from './measurement-errors.ts';
import {plateOpticsSchema} from './plate-optics.ts';
import {count, positiveQuantity, quantity} from './quantity.ts';

/** What stands between a design as it is simulated and its verdicts on a bench, each a cause of its own. */
export const measurementCauses = [
  'pixels',
  'thickness',
  'light',
  'probe',
  'scan',
  'print',
  'noise',
  'placement',
] as const;
/** A cause by which a verdict of a bench differs from the simulated one. */
export type MeasurementCause = (typeof measurementCauses)[number];

/** Each cause in words, as a table of losses names it. */
export const measurementCauseLabels: Readonly<Record<MeasurementCause, string>> = {
  pixels: 'square pixels',
  thickness: 'thickness of the plates',
  light: "the bench's light",
  probe: "the probe's response",
  scan: 'a scan of points',
  print: 'roughness and index of the print',
  noise: 'noise of a point',
  placement: 'parts out of place',
};

const lateralMm = quantity(0, 100, 'mm');
const turnDeg = quantity(0, 180, 'deg');

/**
 * How a bench measures a design: what lights it, what reads it, and how far everything may be off. Errors are standard
 * deviations, of normal distributions where nothing else is said; `z.parse({})` is the bench that is assumed where nothing else is said, the
 * default scene of the virtual bench.
 */
export const measurementModelSchema = z
  .object({
    illumination: illuminationSchema.prefault({
      kind: 'gaussian-beam',
      radiusMm: 30,
      curvatureRadiusMm: 600,
    }),
    /** What reads the plane. */
    probe: probeSchema.prefault({kind: 'mode', mode: 'te10', widthMm: 0.56, heightMm: 0.28}),
    /** Step of the raster scan; where its points lie against the plane is drawn. */
    scanStepMm: positiveQuantity(100, 'mm').default(1),
    /** Samples along the side of a printed pixel. */
    samplesPerPixel: count(1, 8).default(2),
    /** How the plates act on light; unless given as a thick design says, and thick with the default slices for a thin one. */
    plateOptics: plateOpticsSchema.optional(),
    /** Noise of a point over the brightest point of its plane. */
    noiseRatio: quantity(0, 1, '').default(1e-5),
    /** Each plate against its designed place. */
    plates: z
      .object({
        lateralMm: lateralMm.default(0.1),
        axialMm: lateralMm.default(0.2),
        rotationDeg: turnDeg.default(0.2),
      })
      .strict()
      .prefault({}),
    objectLateralMm: lateralMm.default(0.1),
    /** Of the places of plates and object: a uniform one has the same standard deviation, and ends at root 3 times it. */
    distribution: z.enum(errorDistributions).default('normal'),
    /** How far the beam's centre lies from the axis, in a direction that is drawn. */
    lightOffCenterMm: lateralMm.default(2),
    /** Roughness of the print: RMS and 1/e length of its autocorrelation. */
    heightNoise: z
      .object({
        rmsMm: quantity(0, 10, 'mm').default(0.02),
        correlationMm: positiveQuantity(100, 'mm').default(0.5),
      })
      .strict()
      .prefault({}),
    /** Index of the print minus the design's; it is the same for all plates and is not drawn. */
    indexError: quantity(-1, 1, '').default(0.003),
  })
  .strict();
export type MeasurementModel = z.output<typeof measurementModelSchema>;

/** How far the pattern of light may stand aside, since the parts that make it do: standard deviations. */
export const placementTolerancesOf = ({
  plates,
  objectLateralMm,
}: Pick<MeasurementModel, 'plates' | 'objectLateralMm'>): {
  readonly lateralMm: number;
  readonly rotationDeg: number;
} => ({
  lateralMm: Math.hypot(plates.lateralMm, objectLateralMm),
  rotationDeg: plates.rotationDeg,
});

/** What a design makes of images when only some of the causes act. */
export const measuredLossSchema = z.object({
  causes: z.array(z.enum(measurementCauses)),
  /** Part of the images whose brightest region is that of their class, 0..1. */
  accuracy: z.number(),
  /** Part of the images whose winner is that of the plane as it is predicted for the bench: pixels, thickness, light and probe. */
  matchRatio: z.number(),
  /** Mean of the share of the true region minus the largest other share. */
  meanMargin: z.number(),
  /** Mean part of the power behind the object that is read in the regions. */
  efficiency: z.number(),
  /** RMS difference of the shares from those of the predicted plane. */
  shareError: z.number(),
});
export type MeasuredLoss = z.infer<typeof measuredLossSchema>;
