import type {AnyContractProcedure, AnySchema, OpenAPI} from '@orpc/contract';
import {OpenAPIGenerator, type JSONSchema} from '@orpc/openapi';
import {ZodToJsonSchemaConverter} from '@orpc/zod/zod4';
import {z} from 'zod';
import * as contract from '../../contract/api/index.ts';
import {programVersion} from '../version.ts';
import {addFormerNames} from './open-api-former-names.ts';
import {eventsOperation, problemResponse, problemSchema} from './open-api-parts.ts';

/** Schemas that several operations share, under the names that a generated client will give them. */
const sharedSchemas: Readonly<Record<string, AnySchema>> = {
  Settings: contract.settingsSchema,
  AppInfo: contract.infoSchema,
  LogEntry: contract.logEntrySchema,
  AuditEntry: contract.auditEntrySchema,
  Status: contract.statusSchema,
  InstrumentStatus: contract.instrumentStatusSchema,
  StageStatus: contract.stageStatusSchema,
  LockInStatus: contract.lockInStatusSchema,
  SourceStatus: contract.sourceStatusSchema,
  RunStatus: contract.runStatusSchema,
  Prompt: contract.promptSchema,
  WireError: contract.wireErrorSchema,
  WireEntry: contract.wireEntrySchema,
  Port: contract.portSchema,
  FoundInstrument: contract.foundInstrumentSchema,
  Plane: contract.planeSchema,
  Comparison: contract.comparisonSchema,
  AlignSource: contract.alignSourceSchema,
  AlignJob: contract.alignJobSchema,
  AlignSummary: contract.alignSummarySchema,
  AlignPicture: contract.alignPictureSchema,
  AlignDetail: contract.alignDetailSchema,
  AlignCorrection: contract.alignCorrectionSchema,
  DigitChoice: contract.digitChoiceSchema,
  DigitPlanes: contract.digitPlanesSchema,
  CampaignState: contract.campaignStateSchema,
  CampaignItem: contract.campaignItemSchema,
  DryRun: contract.dryRunSchema,
  RunSummary: contract.runSummarySchema,
  SessionSummary: contract.sessionSummarySchema,
  Note: contract.noteSchema,
  Calibration: contract.calibrationSchema,
};

const numbers: JSONSchema = {
  type: 'array',
  items: {type: ['number', 'null']},
  description: 'Numbers in bulk; null stands for not-a-number: nothing was measured there.',
};
const base64: JSONSchema = {type: 'string', contentEncoding: 'base64'};

/** What a schema of our own checking lets through, as JSON: found by trying, for such a schema says nothing itself. */
function customSchema(schema: z.ZodType): JSONSchema | undefined {
  const takes = (value: unknown): boolean => schema.safeParse(value).success;
  if (takes({})) return {type: 'object', additionalProperties: true};
  if (takes(new Float32Array(0)) || takes(new Float64Array(0))) return numbers;
  return takes(new Uint8Array(0)) ? base64 : undefined;
}

const converter = new ZodToJsonSchemaConverter({
  maxStructureDepth: 30,
  interceptors: [
    (call) => {
      const custom = call.schema instanceof z.ZodCustom ? customSchema(call.schema) : undefined;
      return custom === undefined ? call.next() : [true, custom as Exclude<JSONSchema, boolean>];
    },
  ],
});

const description = `Everything that the window of d2nn-bench can do, for programs.

Send the token of a link that the program printed as \`Authorization: Bearer TOKEN\`. What a token may do is its scope:
\`read\` looks, \`operate\` moves, sets and measures, \`admin\` changes which bench is open; each includes the one
before. Stopping is allowed to everybody. Every change leaves a line in the audit trail.

Operations called feeds answer what came after the number \`after\` and wait up to \`waitMs\` when there is nothing yet.
Ask again with \`last\` of the answer; after a lost connection the same question closes the gap. Numbers of an earlier
\`hostId\` mean nothing: begin with 0 again.

Lengths are mm, times s, frequencies Hz, voltages V, unless a name says otherwise. Planes are rows of columns, row 0 at
the smallest y. Errors are problem details (RFC 9457) with \`code\` to decide on and \`detail\` for a person.`;

/** The API as an OpenAPI 3.1 document; every request and answer has a schema with a name. */
export async function createOpenApiDocument(): Promise<OpenAPI.Document> {
  const document = await new OpenAPIGenerator({schemaConverters: [converter]}).generate(
    contract.apiContract,
    {
      info: {title: 'd2nn-bench', version: programVersion, description, license: {name: 'Apache-2.0'}},
      servers: [{url: '/api/v1'}],
      security: [{bearer: []}],
      tags: Object.keys(contract.apiContract).map((name) => ({name})),
      commonSchemas: Object.fromEntries(
        Object.entries(sharedSchemas).map(([name, schema]) => [name, {schema, strategy: 'output' as const}]),
      ),
    },
  );
  const schemas: Record<string, OpenAPI.SchemaObject> = {
    ...document.components?.schemas,
    Problem: problemSchema,
  };
  for (const [feature, procedures] of Object.entries<Record<string, AnyContractProcedure>>(
    contract.apiContract,
  ))
    for (const [name, procedure] of Object.entries(procedures))
      completeOperation(document, schemas, {feature, name, procedure});
  addFormerNames(document, schemas);
  document.paths = Object.assign(document.paths ?? {}, {'/events': {get: eventsOperation}});
  document.components = {
    schemas,
    responses: {Problem: problemResponse},
    securitySchemes: {
      bearer: {type: 'http', scheme: 'bearer', description: 'Token of this start of the program.'},
    },
  };
  return document;
}

/** Says which scope an operation needs, gives its schemas names and its errors our form. */
function completeOperation(
  document: OpenAPI.Document,
  schemas: Record<string, OpenAPI.SchemaObject>,
  {feature, name, procedure}: {feature: string; name: string; procedure: AnyContractProcedure},
): void {
  const {route} = procedure['~orpc'];
  const {scope, audit} = procedure['~orpc'].meta as contract.ProcedureMeta;
  const methods = document.paths?.[route.path ?? ''] as
    | Record<string, OpenAPI.OperationObject | undefined>
    | undefined;
  const operation = methods?.[(route.method ?? 'POST').toLowerCase()];
  if (!operation) return;
  const typeName = `${capital(feature)}${capital(name)}`;
  operation.tags = [feature];
  operation.description = [
    `Needs the scope \`${scope}\`.`,
    ...(audit === undefined ? [] : [`Leaves the audit line \`${audit}\`.`]),
  ].join(' ');
  Object.assign(operation, {'x-required-scope': scope});
  const {requestBody} = operation;
  if (requestBody && 'content' in requestBody) {
    nameSchema(requestBody.content, schemas, `${typeName}Input`);
    const input = schemas[`${typeName}Input`];
    requestBody.required = (input?.required?.length ?? 0) > 0;
  }
  const success = operation.responses?.['200'];
  if (success && 'content' in success && success.content) {
    nameSchema(success.content, schemas, `${typeName}Output`);
    if ('bytes' in (schemas[`${typeName}Output`]?.properties ?? {}))
      success.content['application/octet-stream'] = {};
  }
  const problem = {$ref: '#/components/responses/Problem'};
  operation.responses = {
    ...(success === undefined ? {} : {'200': success}),
    ...Object.fromEntries(problemStatuses(scope).map((status) => [status, problem])),
    default: problem,
  };
}

/** Statuses that every operation may answer with, and what only those do that act at the bench. */
const problemStatuses = (scope: contract.Scope): readonly string[] =>
  scope === 'read' ? ['400', '401', '404'] : ['400', '401', '403', '404', '409', '422'];

/** Moves the JSON schema of a body among the named ones. */
function nameSchema(
  content: Record<string, OpenAPI.MediaTypeObject>,
  schemas: Record<string, OpenAPI.SchemaObject>,
  name: string,
): void {
  const json = content['application/json'];
  if (!json?.schema || '$ref' in json.schema) return;
  schemas[name] = json.schema;
  json.schema = {$ref: `#/components/schemas/${name}`};
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
