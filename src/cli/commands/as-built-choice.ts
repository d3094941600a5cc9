import type {AsBuiltChoice} from '../../contract/as-built.ts';
import type {BenchClient} from '../host-client.ts';
import {findAsBuilt} from './calibrate-action.ts';

/** What `--as-built` names, by the beginning of its uid. Throws `store/not-found` for none and for several. */
export async function asBuiltChoice(
  client: BenchClient,
  text: string | undefined,
): Promise<AsBuiltChoice | undefined> {
  if (text === undefined) return undefined;
  if (text === 'accepted') return {kind: 'accepted'};
  return {kind: 'record', uid: (await findAsBuilt(client, text)).uid};
}

/** A prediction as built looks into the data folder; without one a host does without. */
export const storeFor = ({asBuilt}: {readonly asBuilt?: string}): 'look' | 'when-needed' =>
  asBuilt === undefined ? 'when-needed' : 'look';
