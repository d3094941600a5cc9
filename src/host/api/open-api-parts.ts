import type {OpenAPI} from '@orpc/contract';

/** Parts of the OpenAPI document that the contract does not say. */

export const problemSchema: OpenAPI.SchemaObject = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: {type: 'string', description: '`urn:d2nn-bench:problem:` and the code.'},
    title: {type: 'string', description: 'What kind of problem it is.'},
    status: {type: 'integer', description: 'The HTTP status.'},
    detail: {
      type: 'string',
      description: 'What happened, what it means for the data and what to do, for a person.',
    },
    instance: {type: 'string', description: 'Path of the request.'},
    code: {type: 'string', description: 'The error code, such as `motion/limit`: decide on this one.'},
    details: {
      type: 'object',
      additionalProperties: true,
      description: 'Numbers and names that belong to it.',
    },
    issues: {
      type: 'array',
      description: 'Of wrong input: what is wrong where.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {path: {type: 'string'}, message: {type: 'string'}},
      },
    },
  },
};

/** Response object of every failed call: a problem of RFC 9457. */
export const problemResponse: OpenAPI.ResponseObject = {
  description: 'It was not done, or not wholly; `detail` says what that means.',
  content: {'application/problem+json': {schema: {$ref: '#/components/schemas/Problem'}}},
};

/** Operation object of `GET /events`, which is served outside the router and so is described by hand. */
export const eventsOperation: OpenAPI.OperationObject = {
  operationId: 'events',
  tags: ['app'],
  summary: 'Server-sent events: states, log entries, documents of runs as they are stored',
  description:
    'Events `status` (as `/bench/status`), `log` (as the entries of `/log`) and `document` (`[name, document]` of the ' +
    'event model: start, descriptor, event, stop). Begins with the run under way. Send the id of the last event ' +
    'as `Last-Event-ID` to go on without a gap. A slow reader gets fewer states, and its documents later. ' +
    'Needs the scope `read`.',
  ...{'x-required-scope': 'read'},
  parameters: [
    {
      name: 'kinds',
      in: 'query',
      description: 'Which events, with commas between them; all without it.',
      schema: {type: 'string', example: 'status,document'},
    },
    {name: 'Last-Event-ID', in: 'header', schema: {type: 'string'}},
  ],
  responses: {
    '200': {description: 'The events.', content: {'text/event-stream': {schema: {type: 'string'}}}},
    default: {$ref: '#/components/responses/Problem'},
  },
};
