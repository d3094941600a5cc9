import {resolve} from 'node:path';
import type {CliContext} from '../context.ts';
import {openHostClient} from '../host-client.ts';
import {exitCodes} from '../output/index.ts';
import type {TimeoutCliOptions} from '../timeout-option.ts';

export interface DoctorOptions extends TimeoutCliOptions {
  readonly bench?: string;
  readonly checkData?: boolean;
}

export async function examine(
  {bench, checkData = false, timeoutScale}: DoctorOptions,
  context: CliContext,
): Promise<void> {
  const {output, signal} = context;
  await using connection = await openHostClient(context, {store: 'when-needed'});
  const {findings} = await connection.client.app.examine(
    {
      benchPath: bench === undefined ? undefined : resolve(bench),
      isDataChecked: checkData,
      timeoutScale,
    },
    {signal},
  );
  output.table(
    [
      {title: 'what', align: 'left'},
      {title: 'state', align: 'left'},
      {title: 'detail', align: 'left'},
    ],
    findings.map((f) => [f.name, f.isWorking ? 'ok' : f.isNeeded ? 'MISSING' : 'not here', f.detail]),
  );
  output.result({findings});
  if (findings.some((f) => f.isNeeded && !f.isWorking)) context.endWith(exitCodes.failure);
}
