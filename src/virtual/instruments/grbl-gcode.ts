import {chordsOf} from './grbl-arc.ts';
import {checkBlock, isOutsideTravel, type CheckedBlock, type ParserState} from './grbl-gcode-check.ts';
import type {MotionRequest} from './grbl-planner.ts';
import {GrblError, homeIndex, type AxisValues, type GrblMemory} from './grbl-settings.ts';
import {initialModal, parseWords, type ParsedBlock} from './grbl-words.ts';

/** What the interpreter needs of the axes. A generator yields wherever the firmware would wait in a loop. */
export interface GcodeAxes {
  readonly isChecking: boolean;
  /** Plans a straight motion; waits while the planner is full; soft limits end in ALARM:2. */
  planLine(targetMm: Readonly<AxisValues>, request: MotionRequest): Wait;
  /** Waits until all planned motion is done. */
  waitForMotion(): Wait;
  dwell(seconds: number): Wait;
  pause(): Wait;
  startJog(): void;
  positionMm(): AxisValues;
}

/** What the interpreter needs of the controller. */
export interface GcodeHost {
  readonly memory: GrblMemory;
  readonly axes: GcodeAxes;
  readonly accessories: {
    setSpindle(mode: 3 | 4 | 5, rpm: number): void;
    setFlood(isOn: boolean): void;
    resetOverrides(): void;
  };
  probe(targetMm: Readonly<AxisValues>, request: MotionRequest, isAway: boolean, mayMiss: boolean): Wait;
  /** Work offsets have changed: the next status report tells. */
  offsetsChanged(): void;
  message(text: string): void;
}
/** Work of the firmware, which yields where it waits in a loop. */
export type Wait = Generator<undefined, void, undefined>;

const initialState = (positionMm: AxisValues): ParserState => ({
  modal: initialModal(),
  feed: 0,
  spindleSpeed: 0,
  tool: 0,
  positionMm,
  g92Mm: [0, 0, 0],
  toolOffsetMm: 0,
});

/** G-code interpreter: modal state and the execution of checked lines in the order of the NGC standard. */
export class Gcode {
  state: ParserState = initialState([0, 0, 0]);
  private readonly host: GcodeHost;

  constructor(host: GcodeHost) {
    this.host = host;
  }

  /** Soft reset: modal state and G92 are lost, the position is where the motors stand. */
  reset(): void {
    this.state = initialState(this.host.axes.positionMm());
  }
  syncPosition(): void {
    this.state.positionMm = this.host.axes.positionMm();
  }

  /** Work offset, mm: coordinate system, G92 and tool length. */
  get workOffsetMm(): AxisValues {
    const {modal, g92Mm, toolOffsetMm} = this.state;
    const system = this.host.memory.coordinates[modal.coordinateSystem];
    return system.map((mm, i) => mm + g92Mm[i] + (i === 2 ? toolOffsetMm : 0)) as AxisValues;
  }

  *execute(line: string): Wait {
    const block = checkBlock(parseWords(line, 0, this.state.modal), this.state, this.host.memory, false);
    yield* this.run(block);
  }

  /** `$J=...`: a motion of its own that leaves the modal state alone. */
  *jog(line: string): Wait {
    const parsed: ParsedBlock = parseWords(line, 0, {...this.state.modal, motion: 1, feedMode: 94});
    const block = checkBlock(parsed, this.state, this.host.memory, true);
    if ([...block.groups].some((group) => !['G0', 'G3', 'G6'].includes(group))) throw new GrblError(16);
    if (block.nonModal !== 'none' && block.nonModal !== 53) throw new GrblError(16);
    // Without axis words the firmware leaves its target at machine zero.
    if (!block.isMoving) block.axesMm = [0, 0, 0];
    const {memory} = this.host;
    if (memory.isOn(20) && isOutsideTravel(block.axesMm, memory)) throw new GrblError(15);
    yield* this.host.axes.planLine(block.axesMm, {
      feed: block.feed,
      isRapid: false,
      ignoresFeedOverride: true,
    });
    this.state.positionMm = [...block.axesMm];
    this.host.axes.startJog();
  }

  private *run(block: CheckedBlock): Wait {
    const {state, host} = this;
    const {modal} = block;
    const target = modal;
    state.modal = {...state.modal, feedMode: modal.feedMode};
    state.feed = block.feed;
    if (block.spindleSpeed !== state.spindleSpeed) {
      yield* host.axes.waitForMotion();
      state.spindleSpeed = block.spindleSpeed;
      if (state.modal.spindle !== 5 && !host.axes.isChecking)
        host.accessories.setSpindle(state.modal.spindle, state.spindleSpeed);
    }
    state.tool = block.words.get('T') ?? 0;
    if (modal.spindle !== state.modal.spindle) {
      yield* host.axes.waitForMotion();
      state.modal.spindle = modal.spindle;
      if (!host.axes.isChecking) host.accessories.setSpindle(modal.spindle, state.spindleSpeed);
    }
    if (modal.isFloodOn !== state.modal.isFloodOn) {
      yield* host.axes.waitForMotion();
      state.modal.isFloodOn = modal.isFloodOn;
      if (!host.axes.isChecking) host.accessories.setFlood(modal.isFloodOn);
    }
    if (block.nonModal === 4) yield* host.axes.dwell(block.words.get('P') ?? 0);
    state.modal.plane = modal.plane;
    state.modal.units = modal.units;
    if (block.axisCommand === 'tool-length')
      yield* this.setToolOffset(modal.toolLength === 'cancel' ? 0 : block.axesMm[2]);
    state.modal.toolLength = modal.toolLength;
    if (modal.coordinateSystem !== state.modal.coordinateSystem) {
      state.modal.coordinateSystem = modal.coordinateSystem;
      yield* this.changeOffsets();
    }
    state.modal.distance = modal.distance;
    yield* this.runNonModal(block);
    state.modal.motion = target.motion;
    if (block.isMoving) yield* this.runMotion(block);
    if (modal.programFlow !== 'running') yield* this.runProgramFlow(modal.programFlow);
  }

  private *setToolOffset(offsetMm: number): Wait {
    if (this.state.toolOffsetMm === offsetMm) return;
    this.state.toolOffsetMm = offsetMm;
    yield* this.changeOffsets();
  }

  /** New work offsets wait for the motions that were planned with the old ones. */
  private *changeOffsets(): Wait {
    yield* this.host.axes.waitForMotion();
    this.host.offsetsChanged();
  }

  private *runNonModal(block: CheckedBlock): Wait {
    const {state, host} = this;
    switch (block.nonModal) {
      case 10:
        // Written to the EEPROM, for which the machine stands still.
        yield* host.axes.waitForMotion();
        host.memory.coordinates[block.coordinateIndex] = [...block.homeMm];
        if (block.coordinateIndex === state.modal.coordinateSystem) host.offsetsChanged();
        break;
      case 28:
      case 30: {
        const request = {feed: 0, isRapid: true};
        if (block.axisCommand !== 'none') yield* host.axes.planLine(block.axesMm, request);
        yield* host.axes.planLine(block.homeMm, request);
        state.positionMm = [...block.homeMm];
        break;
      }
      case 28.1:
      case 30.1:
        yield* host.axes.waitForMotion();
        host.memory.coordinates[block.nonModal === 28.1 ? homeIndex.g28 : homeIndex.g30] = [
          ...state.positionMm,
        ];
        break;
      case 92:
        state.g92Mm = [...block.axesMm];
        yield* this.changeOffsets();
        break;
      case 92.1:
        state.g92Mm = [0, 0, 0];
        yield* this.changeOffsets();
        break;
      case 'none':
      case 4:
      case 53:
        break;
    }
  }

  private *runMotion(block: CheckedBlock): Wait {
    const {state, host} = this;
    const {motion} = block.modal;
    const request: MotionRequest = {
      feed: block.feed,
      isRapid: motion === 0,
      isInverseTime: block.modal.feedMode === 93 && motion !== 0,
    };
    if (block.arc) {
      const points = chordsOf(block.arc, host.memory.get(12));
      const feed = request.isInverseTime ? block.feed * points.length : block.feed;
      for (const point of points) yield* host.axes.planLine(point, {...request, feed});
    } else if (motion === 0 || motion === 1) yield* host.axes.planLine(block.axesMm, request);
    else {
      yield* host.probe(block.axesMm, request, motion >= 38.4, motion === 38.3 || motion === 38.5);
      if (!host.axes.isChecking) return this.syncPosition();
    }
    state.positionMm = [...block.axesMm];
  }

  private *runProgramFlow(flow: 0 | 2 | 30): Wait {
    const {state, host} = this;
    yield* host.axes.waitForMotion();
    if (flow === 0) {
      if (!host.axes.isChecking) yield* host.axes.pause();
      return;
    }
    state.modal = {
      ...state.modal,
      motion: 1,
      plane: 17,
      distance: 90,
      feedMode: 94,
      coordinateSystem: 0,
      spindle: 5,
      isFloodOn: false,
    };
    host.accessories.resetOverrides();
    if (!host.axes.isChecking) {
      host.offsetsChanged();
      host.accessories.setSpindle(5, 0);
      host.accessories.setFlood(false);
    }
    host.message('Pgm End');
  }
}
