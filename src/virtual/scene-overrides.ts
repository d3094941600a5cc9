import {readFileSync} from 'node:fs';
import {z} from 'zod';
import {BenchError} from '../contract/errors.ts';
import {probeSchema} from '../contract/illumination.ts';
import {firstIssueText} from '../contract/schema-issue.ts';
import {isJsonObject, renameFields} from '../contract/stored/record.ts';
import {defaultSceneSettings, type SceneSettings} from './scene-settings.ts';

/** Scene settings from outside the program: what is not named stays as shipped. */
const number = z.number().finite();
const size = number.min(0);
const part = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape).strict().partial();

const plate = z.number().int().min(1);
const assemblyErrorSchema = z.discriminatedUnion('kind', [
  z.object({kind: z.enum(['mirrored', 'upside-down', 'half-turned', 'absent']), plate}).strict(),
  z
    .object({kind: z.literal('quarter-turned'), plate, turns: z.union([z.literal(1), z.literal(-1)])})
    .strict(),
  z.object({kind: z.literal('exchanged'), plates: z.tuple([plate, plate])}).strict(),
  z.object({kind: z.enum(['object-mirrored', 'object-upside-down', 'object-half-turned'])}).strict(),
]);
const kindSchema = z.enum([
  'mirrored',
  'upside-down',
  'half-turned',
  'quarter-turned',
  'exchanged',
  'absent',
  'object-mirrored',
  'object-upside-down',
  'object-half-turned',
]);

const shape = {
  plates: part({lateralMm: size, axialMm: size, rotationDeg: size}),
  plateSpread: z.enum(['normal', 'uniform']),
  plateTiltDeg: size.max(10),
  objectLateralMm: size,
  objectAxialMm: size,
  objectRotationDeg: size,
  assemblyErrors: z.array(assemblyErrorSchema),
  drawnAssemblyErrors: z.object({count: z.number().int().min(0), kinds: z.array(kindSchema)}).strict(),
  output: part({lateralMm: size, rotationDeg: size}),
  heightNoise: part({rmsMm: size, correlationMm: number.gt(0)}),
  indexError: number,
  extinctionError: number,
  /** `sliced` is what earlier versions called thick plates. */
  plateModel: z
    .enum(['thin', 'thick', 'sliced'])
    .transform((model) => (model === 'sliced' ? 'thick' : model)),
  sliceMm: number.min(0.005),
  illumination: part({radiusMm: number.gt(0), offCentreMm: size, curvatureRadiusMm: number}),
  probe: probeSchema,
  ripple: size.max(1),
  rippleLengthMm: size,
  leadScrew: part({amplitudeMm: size, periodMm: number.gt(0)}),
  backlashMm: size,
  driftPerHour: size,
  /** null for no noise at all. */
  noiseBelowMaximumDb: number.nullable().transform((db) => db ?? Infinity),
  darkOffset: number,
  signalMaximumV: number.gt(0),
  powerDetector: part({videoBandwidthHz: number.gt(0), offsetV: number}),
  chain: part({multiplier: number.gt(0), nominalDbm: number, bandwidthRatio: size}),
  oversample: z.number().int().min(1).max(8),
  hand: part({
    relative: size,
    lateralMm: size,
    axialMm: size,
    rotationDeg: size,
    reseatLateralMm: size,
    reseatRotationDeg: size,
  }),
} satisfies Record<keyof SceneSettings, z.ZodType>;

const overridesSchema = z.object(shape).strict().partial();
/** Scene settings to be changed; objects may be given in part. */
export type SceneOverrides = z.input<typeof overridesSchema>;

/** Files of earlier versions have the former names. */
const presentNames = renameFields({mistakes: 'assemblyErrors', drawnMistakes: 'drawnAssemblyErrors'});

/** The shipped scene with changes. Throws `file/invalid` naming the first wrong field. */
export function sceneSettingsFrom(overrides: unknown): SceneSettings {
  const parsed = overridesSchema.safeParse(isJsonObject(overrides) ? presentNames(overrides) : overrides);
  if (!parsed.success)
    throw new BenchError(
      'file/invalid',
      `The scene settings cannot be used: ${firstIssueText(parsed.error)}. Nothing was started.`,
    );
  const defaults: Readonly<Record<string, unknown>> = {...defaultSceneSettings};
  const merged = Object.entries(parsed.data).map(([name, value]) => {
    const isPartial = name !== 'probe' && typeof value === 'object' && !Array.isArray(value);
    return [name, isPartial ? {...(defaults[name] as object), ...value} : value];
  });
  // Every field has been checked by the schema of its own name.
  return {...defaultSceneSettings, ...(Object.fromEntries(merged) as Partial<SceneSettings>)};
}

/** Reads scene settings given as JSON or as the path of a JSON file. */
export function readSceneSettings(given: string): SceneSettings {
  const isText = given.trimStart().startsWith('{');
  let content: unknown;
  try {
    content = JSON.parse(isText ? given : readFileSync(given, 'utf8'));
  } catch (error) {
    throw new BenchError(
      isText || error instanceof SyntaxError ? 'file/invalid' : 'file/not-found',
      `The scene settings ${isText ? given : `of ${given}`} cannot be read: ${error instanceof Error ? error.message : String(error)}. Nothing was started.`,
      {cause: error},
    );
  }
  return sceneSettingsFrom(content);
}
