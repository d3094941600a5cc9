/** What the thread that describes the API can do. */
export type OpenApiJobs = {
  /** The OpenAPI document as JSON. */
  readonly describe: {readonly input: null; readonly output: string};
};
