import {BenchError} from '../contract/errors.ts';
import type {InProcessBench} from './bench.ts';
import type {InstrumentName} from './instrument-list.ts';
import type {ControlCall, ControlResult} from './control.ts';
import {openPort} from './port.ts';
import type {PortAddress, VirtualPort} from './virtual-port.ts';

/** Does on a running bench what its owner or a person at another terminal asks for. */
export async function executeCall(
  call: ControlCall,
  bench: InProcessBench,
  ports: Map<InstrumentName, VirtualPort>,
): Promise<ControlResult> {
  switch (call.method) {
    case 'mount-object':
      await bench.mountObject(call.object);
      return undefined;
    case 'block-beam':
      bench.wiring.blockBeam(call.isBlocked);
      return undefined;
    case 'slip-stage':
      bench.wiring.slipStage(call.xMm, call.yMm);
      return undefined;
    case 'nudge-plate':
      await bench.changePlates((holders) => holders.nudge(call.plate, call));
      return undefined;
    case 'set-plates-present':
      await bench.changePlates((holders) => holders.setPresent(call.plates));
      return undefined;
    case 'flip-plate':
      await bench.changePlates((holders) => holders.flip(call.plate, call.about));
      return undefined;
    case 'exchange-plate':
      await bench.changePlates((holders) => holders.exchange(call.plate, call.heightsMm));
      return undefined;
    case 'set-faults':
      Object.assign(bench.faults[call.instrument], call.faults);
      return undefined;
    case 'unplug':
      await ports.get(call.instrument)?.unplug();
      return undefined;
    case 'replug':
      return replug(call.instrument, bench, ports);
    case 'read-truth':
      return bench.holders.truth();
    case 'read-state': {
      const nowS = bench.time.nowS();
      bench.wiring.syncTo(nowS);
      const {isOutputOn, levelDbm} = bench.source.core.rf;
      return {
        nowS,
        isOutputOn,
        levelDbm,
        isMoving: bench.stage.axes.motion.isMoving,
        probeMm: bench.wiring.probeMm(nowS),
      };
    }
  }
}

/** A network port is the same again; a pseudo-terminal has another name, as an adapter that the system finds again. */
async function replug(
  name: InstrumentName,
  bench: InProcessBench,
  ports: Map<InstrumentName, VirtualPort>,
): Promise<PortAddress> {
  const [before, instrument] = [ports.get(name), bench.instruments[name]];
  if (!before || !instrument) throw new BenchError('device/unknown', `This bench has no ${name} at a port.`);
  await before.unplug();
  const {address} = before;
  const again = await openPort(
    instrument,
    'port' in address ? {prefersTcp: true, tcpPort: address.port} : {},
  );
  ports.set(name, again);
  return again.address;
}
