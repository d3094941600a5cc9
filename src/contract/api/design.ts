import {z} from 'zod';
import {designSchema} from '../design-file.ts';
import {mapDesignSchema, mapSourcesSchema, measuredHeightsSchema} from '../map-import.ts';
import {plateFrameSchema, printCheckSchema, printerSchema} from '../plate-export.ts';
import {plateFormatNames} from '../plate-formats.ts';
import {acting, reading} from './procedure.ts';
import {float32s, hostPathSchema, planeSchema} from './feed.ts';
import {mapPreviewSchema, measuredPlateSchema} from './map-preview.ts';

/** Designs at hand: their plates, fields along the beam and regions. */
export const design = {
  list: reading('/designs', 'Designs that are at hand').output(
    z.array(
      z.object({
        folder: z.string(),
        name: z.string(),
        contentHash: z.string(),
        layerCount: z.number().int(),
        frequencyHz: z.number(),
        problem: z.string(),
      }),
    ),
  ),
  get: reading('/designs/get', 'A design')
    .input(z.object({folder: z.string().optional()}))
    .output(
      z.object({
        folder: z.string(),
        file: designSchema,
        wavelengthMm: z.number(),
        /** Loss by epoch where the design keeps it. */
        training: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  /** Relief above the base, mm, the phase delay that it causes, rad in -pi..pi, and the mask on it. */
  plate: reading('/designs/plate', 'Height and phase map of a plate')
    .input(z.object({folder: z.string().optional(), index: z.number().int().min(0)}))
    .output(
      z.object({
        heightMm: planeSchema,
        phaseRad: planeSchema,
        /** Amplitude transmission of the plate's mask, 0..1, and the part of the power that it passes; null without a mask. */
        mask: z.object({transmission: planeSchema, passedRatio: z.number()}).nullable(),
        minMm: z.number(),
        maxMm: z.number(),
        meanMm: z.number(),
        histogram: z.object({edgesMm: z.array(z.number()), counts: z.array(z.number().int())}),
      }),
    ),
  /** What the twin predicts for a digit: intensity and phase of the field at planes along the beam. */
  fields: reading('/designs/fields', 'Field of a digit at planes along the beam')
    .input(
      z.object({
        folder: z.string().optional(),
        digitId: z.string(),
        zMm: z.array(z.number()).min(1).max(60),
        placement: z.literal('nominal').default('nominal'),
      }),
    )
    .output(
      z.object({
        label: z.string(),
        sample: z.string(),
        planes: z.array(
          z.object({zMm: z.number(), intensity: planeSchema, phaseRad: planeSchema, powerRatio: z.number()}),
        ),
        shares: z.array(z.number()),
        /** Null, and no shares, of a design that images its objects. */
        winner: z.string().nullable(),
        mask: z.object({count: z.number().int(), pitchMm: z.number(), amplitude: float32s}),
      }),
    ),
  /** Whether a printer can make the plates of a design, and what it costs; nothing is written. */
  checkPrint: reading('/designs/check-print', 'Whether plates can be printed')
    .input(
      z.object({
        folder: z.string().optional(),
        formats: z.array(z.enum(plateFormatNames)).min(1),
        printer: printerSchema.prefault({}),
        frame: plateFrameSchema.prefault({}),
      }),
    )
    .output(printCheckSchema),
  /**
   * Begins to write plates, mask frame, holder, mask foils and print sheet (`/computations/status` follows it, kind
   * `export-plates`). All files appear together at the end. Ends with `plan/invalid` for what cannot be printed, before
   * anything is written.
   */
  exportPlates: acting('/designs/export-plates', 'Write plates for the workshop', 'export-plates')
    .input(
      z.object({
        folder: z.string().optional(),
        /** Where to; among `prints` of the data folder, named after the design, unless given. */
        outFolder: z.string().optional(),
        formats: z.array(z.enum(plateFormatNames)).min(1),
        printer: printerSchema.prefault({}),
        frame: plateFrameSchema.prefault({}),
        /** Digits of the mask foils by class (`5`: the first one) or id (`mnist:5:5654`); one of each class without any. */
        digits: z.array(z.string()).max(200).default([]),
        /** Plates to print, from 1, without mask frame, holder and mask foils; everything unless given. */
        onlyPlates: z.array(z.number().int().min(1)).min(1).max(64).optional(),
      }),
    )
    .output(z.object({id: z.string(), folder: z.string()})),
  /**
   * What files of maps hold and, where `design` says what their numbers mean, the plates that they would
   * make; nothing is written. Files are read by their content: .npy, .npz, .mat (level 5), CSV, PNG, TIFF.
   */
  previewMaps: reading('/designs/preview-maps', 'What maps of heights, phases or transmissions would make')
    .input(
      z.object({
        sources: mapSourcesSchema,
        /** Without it only the arrays of the files are told. */
        design: mapDesignSchema.omit({sources: true}).optional(),
      }),
    )
    .output(mapPreviewSchema),
  /** Makes a design folder of maps, whole or not at all: docs/importing.md. */
  importMaps: acting(
    '/designs/import-maps',
    'Make a design of maps of heights, phases or transmissions',
    'import-maps',
  )
    .input(
      z.object({
        design: mapDesignSchema,
        name: z.string().min(1).max(200),
        /** Folder to make; one of the design's name among those of the data folder unless given. */
        folder: hostPathSchema.optional(),
        /** Kept with the design. */
        command: z.string().max(10_000).default(''),
      }),
    )
    .output(
      z.object({
        folder: z.string(),
        name: z.string(),
        contentHash: z.string(),
        plateCount: z.number().int(),
        warnings: z.array(z.string()).readonly(),
      }),
    ),
  /** How a measured height map differs from the plate that was designed; nothing is kept. */
  previewHeights: reading('/designs/preview-heights', 'What a measured height map says of a plate')
    .input(measuredHeightsSchema)
    .output(measuredPlateSchema),
  /**
   * Keeps a measured height map as the heights of a plate as printed: predictions and alignments of this bench and design use
   * it from then on, instead of what an alignment fitted for that plate. A later map of the plate replaces it.
   */
  importHeights: acting(
    '/designs/import-heights',
    'Keep the measured heights of a printed plate',
    'import-heights',
  )
    .input(measuredHeightsSchema)
    .output(measuredPlateSchema.extend({uid: z.string()})),
};
