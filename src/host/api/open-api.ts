import {OpenAPIGenerator} from '@orpc/openapi';
import {apiContract} from '../../contract/api/index.ts';
export async function createOpenApiDocument(): Promise<unknown> {
  return await new OpenAPIGenerator().generate(apiContract, {});
}
