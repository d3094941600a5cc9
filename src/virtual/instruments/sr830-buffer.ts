import {bufferCapacity, sampleRatesHz, triggerRateIndex} from './sr830-tables.ts';
import type {Sr830Settings} from './sr830-settings.ts';

/** The two trace buffers (sr830.md, data storage): what CH1 and CH2 display, bin 0 the oldest. */
export class TraceBuffers {
  private readonly traces = [new Float32Array(bufferCapacity), new Float32Array(bufferCapacity)] as const;
  private count = 0;
  private first = 0;
  private state: 'empty' | 'running' | 'paused' | 'done' = 'empty';
  private nextSampleS = Infinity;
  private hasPendingTrigger = false;

  get pointCount(): number {
    return this.count;
  }
  /** A paused scan is still in progress. */
  get isScanning(): boolean {
    return this.state === 'running' || this.state === 'paused';
  }
  get isRunning(): boolean {
    return this.state === 'running';
  }

  start(timeS: number, settings: Sr830Settings): void {
    if (this.state === 'running') return;
    if (this.state === 'done') this.reset();
    this.state = 'running';
    this.schedule(timeS, settings);
  }

  /** The sample rate has changed: the next sample is counted from now. */
  schedule(timeS: number, settings: Sr830Settings): void {
    this.nextSampleS =
      settings.sampleRate === triggerRateIndex ? Infinity : timeS + 1 / sampleRatesHz[settings.sampleRate];
  }

  pause(): void {
    if (this.state === 'running') this.state = 'paused';
    this.nextSampleS = Infinity;
  }

  reset(): void {
    this.count = 0;
    this.first = 0;
    this.state = 'empty';
    this.nextSampleS = Infinity;
    this.hasPendingTrigger = false;
  }

  /** `TRIG`: starts the scan when `TSTR 1`, takes a sample when the rate is the trigger. */
  trigger(timeS: number, settings: Sr830Settings): void {
    if (settings.triggerStarts === 1 && this.state !== 'running') this.start(timeS, settings);
    if (this.state === 'running' && settings.sampleRate === triggerRateIndex) this.hasPendingTrigger = true;
  }
  takePendingTrigger(): boolean {
    const isPending = this.hasPendingTrigger;
    this.hasPendingTrigger = false;
    return isPending;
  }

  /** Time of the next sample, s, or Infinity. Samples that would be overwritten before anyone looks are skipped. */
  nextDueS(untilS: number, settings: Sr830Settings): number {
    if (this.state !== 'running' || this.nextSampleS === Infinity) return Infinity;
    const periodS = 1 / sampleRatesHz[settings.sampleRate];
    const dueCount = (untilS - this.nextSampleS) / periodS;
    if (settings.isLoop === 1 && dueCount > bufferCapacity)
      this.nextSampleS += Math.floor(dueCount - bufferCapacity) * periodS;
    return this.nextSampleS;
  }

  sampleTaken(settings: Sr830Settings): void {
    if (this.nextSampleS !== Infinity) this.nextSampleS += 1 / sampleRatesHz[settings.sampleRate];
  }

  store(channel1: number, channel2: number, settings: Sr830Settings): void {
    const isFull = this.count === bufferCapacity;
    if (isFull && settings.isLoop === 0) return;
    const index = (this.first + this.count) % bufferCapacity;
    this.traces[0][index] = channel1;
    this.traces[1][index] = channel2;
    if (isFull) this.first = (this.first + 1) % bufferCapacity;
    else this.count++;
    if (this.count === bufferCapacity && settings.isLoop === 0) {
      this.state = 'done';
      this.nextSampleS = Infinity;
    }
  }

  read(channel: 0 | 1, start: number, count: number): Float32Array {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++)
      values[i] = this.traces[channel][(this.first + start + i) % bufferCapacity]!;
    return values;
  }
}

/** `TRCB`: IEEE-754 single, least significant byte first. */
export function encodeTraceBinary(values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return bytes;
}

/**
 * `TRCL`: signed 16-bit mantissa then exponent 0..248, both little-endian; value = mantissa x 2^(exponent - 124).
 * `finestExponent(value)` is the power of two of the channel's own resolution.
 */
export function encodeTraceCompact(values: Float32Array, stepPower: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    let power = Math.max(-124, Math.min(124, stepPower));
    while (Math.abs(Math.round(value / 2 ** power)) > 32_767 && power < 124) power++;
    view.setInt16(4 * i, Math.max(-32_768, Math.min(32_767, Math.round(value / 2 ** power))), true);
    view.setUint16(4 * i + 2, power + 124, true);
  });
  return bytes;
}
