import {z} from 'zod';
import {asBuiltSchema} from '../as-built.ts';
import {drawnPlanesSchema} from '../calibrate-offers.ts';
import {readOutStudySchema} from '../read-out-calibration.ts';
import {reprintLineageSchema} from '../reprint.ts';
import {benchFields} from './fields.ts';
import {defineRecord} from './record.ts';

/** Values of the table `calibrations` that are of a network that was printed and is not as designed. */

/** A network as it was built. */
const asBuilt = defineRecord({
  name: 'calibration as-built',
  version: 1,
  schema: z.object({...benchFields, ...asBuiltSchema.shape}),
});

/** How the measured energies are corrected before classes are read. */
const readOut = defineRecord({
  name: 'calibration read-out',
  version: 1,
  schema: z.object({
    ...benchFields,
    designHash: z.string(),
    designName: z.string(),
    study: readOutStudySchema,
    by: z.string(),
    programVersion: z.string(),
  }),
});

/** A person revoked a calibration of the read-out. */
const readOutRevoked = defineRecord({
  name: 'calibration read-out-revoked',
  version: 1,
  schema: z.object({readOutUid: z.string()}),
});

/** A plate was designed again. */
const plateReprint = defineRecord({
  name: 'calibration plate-reprint',
  version: 1,
  schema: z.object({
    ...benchFields,
    lineage: reprintLineageSchema,
    /** With the plate of before and with the new one; absent in records of earlier versions of the program. */
    planes: drawnPlanesSchema.exactOptional(),
    designHash: z.string(),
    designName: z.string(),
    folder: z.string(),
    by: z.string(),
    programVersion: z.string(),
  }),
});

/** By the column `kind`. */
export const calibrateKinds = {
  'as-built': asBuilt,
  'read-out': readOut,
  'read-out-revoked': readOutRevoked,
  'plate-reprint': plateReprint,
} as const;
