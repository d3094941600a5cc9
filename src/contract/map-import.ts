import {z} from 'zod';
import {printerSchema} from './plate-export.ts';
import {count, positiveQuantity, quantity} from './quantity.ts';
import {trainingSettingsSchema} from './training.ts';

/**
 * Maps of heights, phases and transmissions of files, and what their numbers mean. Everything that a file does not say itself is asked: there
 * is no value unless given for quantity, unit, sign, first row, side from which the map is seen, and pitch.
 */

const path = z.string().min(1).max(4096);
const figure = z.number().min(-1e12).max(1e12);

/** What the numbers stand for, with their unit. */
export const mapQuantitySchema = z.discriminatedUnion('kind', [
  z.object({kind: z.literal('height'), unit: z.enum(['mm', 'um', 'm'])}).strict(),
  z
    .object({
      kind: z.literal('phase'),
      unit: z.enum(['rad', 'turns', 'deg']),
      /**
       * `delays`: a larger number is thicker material, as here (time factor exp(-i w t), transmission exp(+i phase));
       * `advances`: a larger number is thinner material (transmission exp(-i phase) here, or time factor exp(+i w t)).
       */
      sign: z.enum(['delays', 'advances']),
      /** Takes whole turns off, so that every phase lies from 0 to one turn. */
      wrap: z.boolean(),
    })
    .strict(),
  /** Of a mask: the part of the light's amplitude that passes, 0 (closed) to 1 (open). */
  z.object({kind: z.literal('amplitude')}).strict(),
  /** Of a mask: the part of its power, 0 to 1; the amplitude is the square root. */
  z.object({kind: z.literal('intensity')}).strict(),
]);
/** What the numbers stand for. */
export type MapQuantity = z.infer<typeof mapQuantitySchema>;

/** Whether a map says what a mask passes, and not what relief a plate has. */
export const isTransmission = ({kind}: Pick<MapQuantity, 'kind'>): boolean =>
  kind === 'amplitude' || kind === 'intensity';

/** How a map lies: mirrored first, then turned, then seen from one side. */
export const mapOrientationSchema = z
  .object({
    /** Where the file's first row lies when the map is looked at. */
    firstRow: z.enum(['top', 'bottom']),
    /** From where one looks at it: x points right as seen from the detector, left as seen from the source. */
    seenFrom: z.enum(['detector', 'source']),
    /** Left and right exchanged before it is turned. */
    mirrored: z.boolean().default(false),
    /** Counter-clockwise as it is looked at. */
    quarterTurns: count(0, 3).default(0),
  })
  .strict();
/** How a map lies. */
export type MapOrientation = z.infer<typeof mapOrientationSchema>;

/** Raw values `from` stand for the quantity's values `to`, straight between; null where they are the quantity. */
const rawSchema = z
  .object({from: z.tuple([figure, figure]), to: z.tuple([figure, figure])})
  .strict()
  .refine(({from: [low, high]}) => low < high, 'the first raw value must be the smaller')
  .nullable()
  .default(null);

/** What the numbers of a map mean. */
export const mapAnswersSchema = z
  .object({
    quantity: mapQuantitySchema,
    raw: rawSchema,
    /** Added to the quantity, in its unit. */
    offset: figure.default(0),
    /** Complex numbers: refused unless their phase (rad) or their modulus (an amplitude) is asked for. */
    complex: z.enum(['refuse', 'phase', 'modulus']).default('refuse'),
    orientation: mapOrientationSchema,
    /** From sample to sample of the file. */
    pitchMm: positiveQuantity(100, 'mm'),
    /**
     * `exact`: size and pitch are those of the plates; `pad-or-crop`: about the middle, with no relief and closed masks
     * around; `resample`: read at the places of the plates' samples, heights between four neighbours, phases and
     * transmissions at the nearest one.
     */
    fit: z.enum(['exact', 'pad-or-crop', 'resample']).default('exact'),
    /** Arrays of three axes: refused unless one is named for the axis from plate to plate. */
    stack: z.enum(['refuse', 'first-axis', 'last-axis']).default('refuse'),
  })
  .strict();
/** What the numbers of a map mean. */
export type MapAnswers = z.infer<typeof mapAnswersSchema>;

/**
 * Files in the order of the plates; of a file with several arrays those named, or all planes in the order of names. A
 * name with `*` stands for all arrays whose names fit, in that order: `layers.*.phase`.
 */
export const mapSourcesSchema = z
  .array(z.object({path, arrays: z.array(z.string().max(500)).min(1).max(64).optional()}).strict())
  .min(1)
  .max(64);
/** Files of maps. */
export type MapSources = z.infer<typeof mapSourcesSchema>;

/** Masks of plates that have reliefs too; they lie, fit and are stacked as the maps of the reliefs are. */
export const mapMasksSchema = z
  .object({
    sources: mapSourcesSchema,
    quantity: z.object({kind: z.enum(['amplitude', 'intensity'])}).strict(),
    raw: rawSchema,
    complex: z.enum(['refuse', 'modulus']).default('refuse'),
    /** Plates that have a mask, from 1, in the order of the maps; all of them unless given. */
    plates: z.array(count(1, 64)).min(1).max(64).optional(),
  })
  .strict();
/** Masks of plates that have reliefs too. */
export type MapMasks = z.infer<typeof mapMasksSchema>;

const shape = trainingSettingsSchema.shape;

/** Everything of a design but its reliefs: that of another one, or a row of like plates as `twin train` makes it. */
export const mapGeometrySchema = z.discriminatedUnion('kind', [
  /** Unless given: the shipped design. */
  z.object({kind: z.literal('like'), folder: path.optional()}).strict(),
  z
    .object({
      kind: z.literal('new'),
      frequencyHz: shape.frequencyHz,
      count: count(2, 4096).default(200),
      pitchMm: shape.pitchMm,
      gapMm: shape.gapMm,
      regionMm: shape.regionMm,
      objectSideMm: shape.objectSideMm,
      objectKind: z.enum(['binary-mask', 'grey-amplitude', 'phase']).default('binary-mask'),
      phaseTurns: shape.phaseTurns,
      refractiveIndex: shape.refractiveIndex,
      extinction: shape.extinction,
      baseMm: shape.baseMm,
      illumination: shape.illumination,
    })
    .strict(),
]);
/** Everything of a design but its reliefs. */
export type MapGeometry = z.infer<typeof mapGeometrySchema>;

/** Heights are rounded to `count` equal steps from 0 to `maximumMm`; one turn of phase is divided into them unless given. */
export const mapLevelsSchema = z
  .object({count: count(2, 65_536), maximumMm: positiveQuantity(100, 'mm').optional()})
  .strict()
  .nullable();

/** What a design is made of: maps, what they mean, and everything else. */
export const mapDesignSchema = z.object({
  /** Of heights or phases; of transmissions where plates are masks alone. */
  sources: mapSourcesSchema,
  answers: mapAnswersSchema,
  /** Masks beside reliefs. */
  masks: mapMasksSchema.nullable().default(null),
  geometry: mapGeometrySchema.prefault({kind: 'like'}),
  /** Null leaves heights as they are. */
  levels: mapLevelsSchema.default(null),
  /**
   * Steps from 0 to 1 to which transmissions are rounded: 2 is open or closed, as metal is. Null leaves them as they are;
   * masks that are nothing but open and closed have 2 then.
   */
  maskLevels: count(2, 65_536).nullable().default(null),
  /** Plates that it cannot make are refused; null asks nobody. */
  printer: printerSchema.nullable().prefault({}),
});
/** What a design is made of. */
export type MapDesign = z.infer<typeof mapDesignSchema>;

/** A corner of a plate as seen from the detector. */
export const cornerSchema = z.enum(['top left', 'top right', 'bottom left', 'bottom right']);
/** A corner of a plate as seen from the detector. */
export type Corner = z.infer<typeof cornerSchema>;

/** Where a measured map lies on its plate: its middle is moved by so much and turned from x to y. */
export const mapPlacementSchema = z
  .object({
    dxMm: quantity(-1000, 1000, 'mm').default(0),
    dyMm: quantity(-1000, 1000, 'mm').default(0),
    rotationDeg: quantity(-180, 180, 'deg').default(0),
  })
  .strict();
/** Where a measured map lies on its plate. */
export type MapPlacement = z.infer<typeof mapPlacementSchema>;

/** A measured height map of a plate that was printed, for predictions and alignments. */
export const measuredHeightsSchema = z.object({
  /** A session of the bench whose plate was measured: it says which bench and which design. */
  sessionUid: z.string().max(100),
  /** Counted from 1. */
  plate: count(1, 64),
  source: mapSourcesSchema.element,
  /** A quantity that is a height, counted up from the plate's base; `fit` is not used: it is read at the plate's samples. */
  answers: mapAnswersSchema,
  placement: mapPlacementSchema.prefault({}),
  /** Missing numbers, and samples beyond the map. */
  missing: z.enum(['refuse', 'as-designed']).default('refuse'),
  /** Takes the mean difference to the design off: the map's zero is not the base. */
  isLevelled: z.boolean().default(false),
});
/** A measured height map of a plate that was printed. */
export type MeasuredHeights = z.infer<typeof measuredHeightsSchema>;
