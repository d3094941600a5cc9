import {writeFile} from 'node:fs/promises';
import type {VirtualBench} from '../../../src/virtual/spawn.ts';

export interface GrblBenchFile {
  /** Lock-in and source of the bench. */
  readonly others: VirtualBench;
  /** Where the stage's board listens. */
  readonly tcpPort: number | undefined;
  readonly name: string;
  readonly homeAtStart?: boolean;
  /** Machine position of the optical axis, both axes. */
  readonly originMm?: number;
}

/** Writes a bench file with a GRBL board behind a TCP port for its stage, the other instruments being virtual ones. */
export async function writeGrblBenchFile(
  file: string,
  {others, tcpPort, name, homeAtStart = false, originMm = 0}: GrblBenchFile,
): Promise<void> {
  const linkOf = (role: string): object => {
    const {host, port, path} = others.instruments.find((instrument) => instrument.role === role) ?? {};
    return path === undefined ? {host, tcpPort: port} : {port: path};
  };
  const axis = (machineAxis: string) => ({machineAxis, originMm, limitsMm: [-50, 50]});
  const content = {
    format: 'd2nn-bench/bench',
    version: 1,
    name,
    stage: {
      driver: 'grbl',
      link: {host: '127.0.0.1', tcpPort},
      axes: {x: axis('x'), y: axis('y')},
      homeAtStart,
    },
    lockin: {driver: 'sr830', link: linkOf('lockin')},
    source: {
      driver: 'scpi-source',
      link: linkOf('source'),
      multiplier: 36,
      outputFrequencyHz: 4e11,
      powerDbm: 10,
      maxPowerDbm: 13,
    },
    illumination: {kind: 'plane-wave'},
    probe: {kind: 'point'},
  };
  await writeFile(file, JSON.stringify(content));
}
