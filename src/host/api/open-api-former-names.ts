import type {OpenAPI} from '@orpc/contract';
import {formerNames, stepsTo, type FormerName} from '../../contract/api/former-names.ts';

type Schema = OpenAPI.SchemaObject;
type Schemas = Record<string, Schema>;

/**
 * Lists the former names of fields beside the present ones in the schemas of answers, marked as deprecated. `schemas` are
 * the named ones that the operations refer to.
 */
export function addFormerNames({paths}: OpenAPI.Document, schemas: Schemas): void {
  for (const operation of Object.values(paths ?? {}).flatMap((methods) => Object.values(methods ?? {}))) {
    const {operationId = '', responses} = operation as OpenAPI.OperationObject;
    const success = responses?.['200'];
    if (!success || !('content' in success)) continue;
    const schema = success.content?.['application/json']?.schema;
    for (const one of formerNames[operationId] ?? [])
      for (const found of schemasAt(schema, stepsTo(one.at), schemas)) add(found, one);
  }
}

function add(schema: Schema, {name, former, formerValues}: FormerName): void {
  const present = schema.properties?.[name];
  if (present === undefined || typeof present === 'boolean' || schema.properties?.[former] !== undefined)
    return;
  const own = '$ref' in present ? {allOf: [present]} : present;
  schema.properties = {
    ...schema.properties,
    [former]: {
      ...own,
      ...('enum' in own && own.enum ? {enum: formerEnum(own.enum, formerValues)} : {}),
      deprecated: true,
      description: `Former name of \`${name}\`.`,
    },
  };
}

const formerEnum = (values: readonly unknown[], formerValues: FormerName['formerValues'] = {}): unknown[] =>
  values.map((value) => (typeof value === 'string' ? (formerValues[value] ?? value) : value));

/** The objects at a place of an answer: through references, lists and alternatives. */
function schemasAt(given: unknown, steps: readonly string[], schemas: Schemas): Schema[] {
  if (typeof given !== 'object' || given === null) return [];
  if ('$ref' in given && typeof given.$ref === 'string') {
    const known = schemas[given.$ref.replace('#/components/schemas/', '')];
    return known ? schemasAt(known, steps, schemas) : [];
  }
  const schema = given as Schema;
  const others = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  if (others.length > 0) return others.flatMap((other) => schemasAt(other, steps, schemas));
  const [step, ...rest] = steps;
  if (step === undefined) return [schema];
  return schemasAt(step === '[]' ? itemsOf(schema) : schema.properties?.[step], rest, schemas);
}

const itemsOf = (schema: Schema): unknown => ('items' in schema ? schema.items : undefined);
