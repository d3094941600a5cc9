import type {InProcessBench} from './bench.ts';
import type {InstrumentName} from './instrument-list.ts';
import type {ControlCall, ControlResult} from './control.ts';
import type {VirtualPort} from './virtual-port.ts';

/** Does on a running bench what its owner or a person at another terminal asks for. */
export async function executeCall(
  call: ControlCall,
  bench: InProcessBench,
  ports: ReadonlyMap<InstrumentName, VirtualPort>,
): Promise<ControlResult> {
  switch (call.method) {
    case 'mount-object':
      await bench.mountObject(call.object);
      return undefined;
    case 'block-beam':
      bench.wiring.blockBeam(call.isBlocked);
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
