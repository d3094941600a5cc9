import {expect, it} from 'vitest';
import {apiContract, type ProcedureMeta} from '../../../../src/contract/api/index.ts';
import {createOpenApiDocument} from '../../../../src/host/api/open-api.ts';
import {startServer, tokens} from './transport-fixture.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly 'x-required-scope'?: string;
  readonly requestBody?: {readonly content: Readonly<Record<string, {readonly schema: object}>>};
  readonly responses: Readonly<
    Record<string, {$ref?: string; content?: Readonly<Record<string, {schema?: object}>>}>
  >;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<'schemas' | 'responses' | 'securitySchemes', Record<string, object>>>;
}
const document = (await createOpenApiDocument()) as unknown as Document;
const schemaOf = (name: string): {properties: Record<string, Record<string, unknown>>} =>
  document.components.schemas[name] as never;

it('is what the fixed address serves', async () => {
  await using server = await startServer();
  const answer = await server.raw('/api/v1/openapi.json', {authorization: `Bearer ${tokens.read}`});
  expect(answer.headers['content-type']).toContain('application/json');
  expect(JSON.parse(answer.body)).toEqual(JSON.parse(JSON.stringify(document)));
  expect(document.openapi).toMatch(/^3\.1\./);
});

it('has an operation for each procedure, with its scope and named schemas', () => {
  const ids = new Set<string>();
  for (const [feature, procedures] of Object.entries(apiContract))
    for (const [name, procedure] of Object.entries<{
      '~orpc': {
        meta: ProcedureMeta;
        route: {path?: string; method?: string};
        inputSchema?: unknown;
        outputSchema?: unknown;
      };
    }>(procedures)) {
      const {meta, route, inputSchema, outputSchema} = procedure['~orpc'];
      const operation = document.paths[route.path ?? '']?.[(route.method ?? 'POST').toLowerCase()];
      expect(operation, route.path).toBeDefined();
      if (!operation) continue;
      expect(operation.operationId).toBe(`${feature}.${name}`);
      ids.add(operation.operationId ?? '');
      expect(operation.summary).not.toBe('');
      expect(operation['x-required-scope']).toBe(meta.scope);
      expect(operation.description).toContain(meta.scope);
      expect(outputSchema, route.path).toBeDefined();
      const bodies = [
        ...(inputSchema === undefined ? [] : [operation.requestBody?.content['application/json']?.schema]),
        operation.responses['200']?.content?.['application/json']?.schema,
      ];
      for (const body of bodies) {
        const isNamed = JSON.stringify(body).includes('"#/components/schemas/');
        expect(isNamed, `${route.path}: ${JSON.stringify(body)}`).toBe(true);
      }
      expect(operation.responses['default']?.$ref).toBe('#/components/responses/Problem');
    }
  const count = Object.values(apiContract).flatMap((procedures) => Object.keys(procedures)).length;
  expect(ids.size).toBe(count);
  expect(Object.keys(document.paths)).toHaveLength(count + 1);
});

it('has no reference that leads nowhere, and no schema that nothing fits', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/(schemas|responses)\/([^"]+)"/g)];
  expect(references.length).toBeGreaterThan(100);
  for (const [, kind, name] of references)
    expect(document.components[kind as 'schemas'][name ?? ''], `${kind}/${name}`).toBeDefined();
  expect(text.match(/"\$ref"/g)).toHaveLength(references.length);
  expect(text).not.toContain('"not":{}');
});

it('says what numbers in bulk, bytes, problems and tokens look like', () => {
  expect(schemaOf('Plane').properties['values']).toMatchObject({
    type: 'array',
    items: {type: ['number', 'null']},
  });
  expect(schemaOf('DigitChoice').properties['picture']).toMatchObject({contentEncoding: 'base64'});
  expect(document.components.responses['Problem']).toMatchObject({
    content: {'application/problem+json': {schema: {$ref: '#/components/schemas/Problem'}}},
  });
  expect(document.components.securitySchemes['bearer']).toMatchObject({type: 'http', scheme: 'bearer'});
});
