import {z} from 'zod';
import {rateSchema} from './rate.ts';
import {triedPlateSchema} from './reprint.ts';

/** Power in the output plane behind one drawn object, row by row from the smallest y, by what it is seen through. */
export const drawnPlanesSchema = z.object({
  label: z.string(),
  /** Points along a side and their distance, mm. */
  side: z.number().int(),
  stepMm: z.number(),
  values: z.array(z.object({name: z.string(), power: z.array(z.number())})),
});
export type DrawnPlanes = z.infer<typeof drawnPlanesSchema>;

/** One way of making a printed network work again, as the twin as built foretells it. */
export const calibrateOfferSchema = z.object({
  kind: z.enum(['read-out', 'move', 'reprint']),
  /** What it is, in a sentence. */
  text: z.string(),
  /** Part of drawn objects whose winner is their class, with it; null where it cannot be foretold, as `text` says. */
  after: rateSchema.nullable(),
  confusion: z.array(z.array(z.number())).nullable(),
  cost: z.object({
    /** Whole planes that have to be measured, and how long that takes at the pace of the bench, s; null where unknown. */
    planes: z.number().int(),
    measuringS: z.number().nullable(),
    /** Of a plate: material of its relief and base, g, without its rim; time of the printer, about, s. */
    printG: z.number().nullable(),
    printS: z.number().nullable(),
    /** Computing, s, on the machine where it was foretold; null where it is seconds. */
    computingS: z.number().nullable(),
  }),
  /** What may go otherwise than foretold. */
  risk: z.string(),
});
export type CalibrateOffer = z.infer<typeof calibrateOfferSchema>;

/** What may be done about a network that is not as designed. */
export const calibrateOffersSchema = z.object({
  asBuiltUid: z.string(),
  /** Drawn objects that are read right as built, and as designed in the light and through the probe of the bench. */
  before: rateSchema,
  designed: rateSchema,
  confusionBefore: z.array(z.array(z.number())),
  /** As designed, as built and with plates moved. */
  planes: drawnPlanesSchema,
  tried: z.array(triedPlateSchema),
  offers: z.array(calibrateOfferSchema),
});
export type CalibrateOffers = z.infer<typeof calibrateOffersSchema>;
