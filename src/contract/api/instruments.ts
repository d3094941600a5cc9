import {z} from 'zod';
import {instrumentKinds} from '../instruments.ts';
import {acting, reading} from './procedure.ts';
import {limitsSchema} from './feed.ts';

const settingValue = z.union([z.number(), z.string(), z.boolean()]);

/** A setting of an instrument: its name, unit, range and choices, and whether it can be changed. */
export const parameterSchema = z.object({
  name: z.string(),
  label: z.string(),
  unit: z.string(),
  kind: z.enum(['number', 'integer', 'choice', 'flag', 'text']),
  range: z.tuple([z.number(), z.number()]).readonly().optional(),
  choices: z
    .array(z.union([z.number(), z.string()]))
    .readonly()
    .optional(),
  isReadOnly: z.boolean(),
  group: z.string(),
  hint: z.string().optional(),
});
/** An action that an instrument offers by name. */
export const actionSchema = z.object({
  name: z.string(),
  label: z.string(),
  args: z.array(z.string()).readonly().optional(),
});
/** An instrument of the open bench with all that can be read, set and called. */
export const instrumentSchema = z.object({
  role: z.string(),
  kind: z.enum(instrumentKinds),
  driver: z.string(),
  title: z.string(),
  parameters: z.array(parameterSchema),
  /** Of those, what is set all day. */
  mainParameters: z.array(z.string()),
  actions: z.array(actionSchema),
  columns: z.array(
    z.object({name: z.string(), unit: z.string(), label: z.string(), precision: z.number().optional()}),
  ),
});
export type Instrument = z.infer<typeof instrumentSchema>;

/** An axis of the stage. */
export const axisName = z.enum(['x', 'y', 'z']);

/** What answered at a port that was tried with one driver. */
export const probeSchema = z.object({
  driver: z.string(),
  model: z.string(),
  port: z.string(),
  identity: z.object({
    text: z.string(),
    maker: z.string(),
    model: z.string(),
    serialNumber: z.string(),
    firmware: z.string(),
  }),
  settings: z.record(z.string(), settingValue),
  reading: z.record(z.string(), settingValue).nullable(),
  /** Why there is no reading; null with one. */
  readingError: z.string().nullable(),
});

/**
 * One instrument that is opened for a call and closed after it, whatever bench is open: that of a bench file and a role,
 * or of a driver and a port. A source is off afterwards, a stage at rest.
 */
export const instrumentTargetSchema = z.object({
  /** Bench file on the host's computer. */
  benchPath: z.string().min(1).optional(),
  /** Role in the bench file, or the kind of instrument. */
  role: z.string().optional(),
  driver: z.string().optional(),
  port: z.string().optional(),
  baudRate: z.number().int().min(1).optional(),
  parity: z.enum(['none', 'odd', 'even']).optional(),
  /** Stage: soft limits; with a bench file they may only be narrower than its own. */
  limitsMm: limitsSchema.optional(),
  /** Stage: the operator confirms that the position is right, whatever the bench file says of homing. */
  isPositionTrusted: z.boolean().optional(),
  /** Source: with a bench file the limit may only be lower than its own. */
  maxPowerDbm: z.number().optional(),
  powerDbm: z.number().optional(),
  multiplier: z.number().int().min(1).optional(),
  outputFrequencyHz: z.number().gt(0).optional(),
  /** Detector: settings of the bench file are applied first; else it is taken as it is. */
  hasBenchSettings: z.boolean().optional(),
  /** Factor on every time limit; 1 unless given. */
  timeoutScale: z.number().gt(0).optional(),
});
export type InstrumentTarget = z.infer<typeof instrumentTargetSchema>;

/** The instrument of an act: `at` opens it for this call; without it, that of the open bench. */
const at = instrumentTargetSchema.optional();
/** Of the open bench, where `at` names none. */
const role = z.string().default('');
const namedValues = z.object({
  values: z.array(z.object({name: z.string(), value: settingValue, unit: z.string()})),
});

/** Instruments by name: connect, read, set, call; those of the open bench and single ones at a port. */
export const instruments = {
  list: reading('/instruments', 'Instruments of the open bench with their parameters and actions').output(
    z.array(instrumentSchema),
  ),
  drivers: reading('/drivers', 'Drivers of this program').output(
    z.array(
      z.object({
        name: z.string(),
        kind: z.enum(instrumentKinds),
        model: z.string(),
        title: z.string(),
        identity: z.string(),
        manual: z.string(),
        docs: z.string(),
        parameters: z.array(parameterSchema),
        mainParameters: z.array(z.string()),
        actions: z.array(actionSchema),
        columns: instrumentSchema.shape.columns,
      }),
    ),
  ),
  /** Identity, settings and a reading of one instrument. The RF of a source goes off; nothing else changes. */
  probe: acting('/instruments/probe', 'Ask one instrument what it is', 'probe-instrument')
    .input(z.object({at: instrumentTargetSchema}))
    .output(probeSchema),
  /** Values by name with their units; all settings without a name. */
  get: acting('/instruments/get', 'Read parameters by name', 'read-parameters')
    .input(z.object({at, role, names: z.array(z.string()).default([])}))
    .output(namedValues),
  /** In the order given; when one is not allowed none is sent. Values read back are returned. */
  assign: acting('/instruments/assign', 'Set parameters, all or none', 'set-parameters')
    .input(
      z.object({at, role, assignments: z.array(z.object({name: z.string(), value: settingValue})).min(1)}),
    )
    .output(namedValues),
  /** Reads all parameters from the instrument, now. Refused during a run. */
  read: reading('/instruments/read', 'Read the settings of an instrument')
    .input(z.object({role: z.string()}))
    .output(z.object({utc: z.string(), values: z.record(z.string(), settingValue)})),
  set: acting('/instruments/set', 'Set a parameter; the value read back is returned', 'set-parameter')
    .input(z.object({role: z.string(), name: z.string(), value: settingValue}))
    .output(z.object({value: settingValue})),
  call: acting('/instruments/call', 'Make an instrument do one of its actions', 'call-action')
    .input(z.object({at, role, action: z.string(), args: z.record(z.string(), settingValue).default({})}))
    .output(z.object({result: z.unknown()})),
  connect: acting(
    '/instruments/connect',
    'Connect an instrument of the open bench again',
    'connect-instrument',
  )
    .input(z.object({role: z.string()}))
    .output(z.object({})),
  disconnect: acting('/instruments/disconnect', 'Let the port of an instrument go', 'disconnect-instrument')
    .input(z.object({role: z.string()}))
    .output(z.object({})),
};
