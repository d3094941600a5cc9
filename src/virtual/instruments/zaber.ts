import {bytesFromText, type ByteLine, type VirtualInstrument} from '../byte-line.ts';
import type {VirtualTime} from '../time.ts';
import {Transmitter} from '../transmitter.ts';
import {ZaberAxis, ZaberRejection, type ZaberAxisBody} from './zaber-axis.ts';
import {orderedWarnings, runZaberCommand, type ZaberState} from './zaber-commands.ts';
import {isFirmware7, type ZaberFirmware} from './zaber-firmware.ts';
import {
  formatZaberAlert,
  formatZaberReply,
  longestPacket,
  parseZaberCommand,
  type ZaberCommand,
} from './zaber-message.ts';

export interface ZaberOptions {
  readonly time: VirtualTime;
  /** Axes of each device, in the order of the chain. */
  readonly devices: readonly (readonly ZaberAxisBody[])[];
  readonly baudRate?: number;
  /** Whose settings and words the devices know; 7.35 unless given. */
  readonly firmware?: ZaberFirmware;
  /** An axis has come to rest at `offset` from where it was at power-on (its unit). What is thrown counts as an obstacle. */
  readonly onRest?: (deviceIndex: number, axisIndex: number, offset: number) => void;
}

/** Replies that may wait on the line, bytes; what is more is lost. */
const queueLength = 4096;
/** Time to execute a command, s. */
const executionS = 0.001;
/** Model numbers and serial numbers are this simulator's own choice. */
const identity = {deviceId: {6: 30222, 7: 30342}, peripheralId: 43_022, firstSerial: 81_001} as const;

class ZaberDevice implements ZaberState {
  address: number;
  readonly deviceId: number;
  readonly peripheralId = identity.peripheralId;
  readonly firmware: ZaberFirmware;
  readonly serial: number;
  readonly axes: readonly ZaberAxis[];
  hasAlerts = false;
  hasChecksum = false;
  packetSize = longestPacket;

  constructor(address: number, axes: readonly ZaberAxis[], firmware: ZaberFirmware) {
    this.address = address;
    this.firmware = firmware;
    this.deviceId = identity.deviceId[isFirmware7(firmware) ? 7 : 6];
    this.serial = identity.firstSerial + address - 1;
    this.axes = axes;
  }
  restore(): void {
    for (const axis of this.axes) axis.restoreSettings();
    this.hasAlerts = false;
    this.hasChecksum = false;
    this.packetSize = longestPacket;
  }
}

/**
 * Zaber controllers chained on one serial line (115200 8N1), ASCII protocol of firmware 6 and 7: addresses from 1 in
 * the order of the chain, one command per line, replies end with CR LF, nothing is echoed. Lines that are no command,
 * too long, or fail their checksum are ignored.
 */
export class Zaber implements VirtualInstrument, ByteLine {
  readonly name = 'zaber';
  readonly role = 'mount';
  readonly model = 'X-MCC4';
  readonly link = 'serial';
  readonly devices: readonly ZaberDevice[];
  private readonly transmitter: Transmitter;
  private line = '';
  private isLineBad = false;

  constructor({time, devices, baudRate = 115_200, firmware = '7.35', onRest}: ZaberOptions) {
    this.transmitter = new Transmitter({time, bytesPerS: baudRate / 10});
    this.devices = devices.map((bodies, deviceIndex) => {
      const axes: ZaberAxis[] = bodies.map(
        (body, axisIndex) =>
          new ZaberAxis({
            time,
            body,
            onRest: onRest && ((offset) => onRest(deviceIndex, axisIndex, offset)),
            onIdle: () => this.reportIdle(deviceIndex, axisIndex),
          }),
      );
      return new ZaberDevice(deviceIndex + 1, axes, firmware);
    });
  }

  openLine(): ByteLine {
    return this;
  }
  onTransmit(listener: (bytes: Uint8Array) => void): () => void {
    return this.transmitter.listeners.add(listener);
  }
  dropPartialInput(): void {
    this.line = '';
    this.isLineBad = false;
  }
  dispose(): void {
    for (const {axes} of this.devices) for (const axis of axes) axis.halt();
    this.transmitter.clear();
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === 0x0d || byte === 0x0a) {
        const {line, isLineBad} = this;
        this.dropPartialInput();
        if (line !== '' && !isLineBad) this.runLine(line);
      } else if (byte === 0x08) this.line = this.line.slice(0, -1);
      else if (byte < 0x20 || byte > 0x7e || this.line.length >= longestPacket) this.isLineBad = true;
      else this.line += String.fromCharCode(byte);
    }
  }

  private runLine(line: string): void {
    const command = parseZaberCommand(line);
    if (!command) return;
    if (command.words[0] === 'renumber' && command.axis === 0) return this.renumber(command);
    for (const device of this.devices)
      if (command.address === 0 || command.address === device.address) this.answer(device, command);
  }

  /** All devices by their place in the chain, or one to a given address. */
  private renumber(command: ZaberCommand): void {
    const [, wanted, ...rest] = command.words;
    for (const [index, device] of this.devices.entries()) {
      if (command.address !== 0 && command.address !== device.address) continue;
      const address = wanted === undefined ? index + 1 : Number(wanted);
      const isGood = rest.length === 0 && Number.isInteger(address) && address >= 1 && address <= 99;
      if (isGood) device.address = address;
      this.reply(device, command, isGood ? '0' : new ZaberRejection('BADDATA'));
    }
  }

  private answer(device: ZaberDevice, command: ZaberCommand): void {
    const {axis, id, words} = command;
    for (const one of device.axes) one.advance();
    let result: string | ZaberRejection;
    try {
      if (typeof id === 'number' && id > 99) throw new ZaberRejection('BADMESSAGEID');
      if (axis > device.axes.length) throw new ZaberRejection('BADAXIS');
      const axes = axis === 0 ? device.axes : [device.axes[axis - 1]];
      result = runZaberCommand(device, {isWholeDevice: axis === 0, axes}, words);
    } catch (error) {
      if (!(error instanceof ZaberRejection)) throw error;
      result = error;
    }
    this.reply(device, command, result);
  }

  private reply(device: ZaberDevice, {axis, id}: ZaberCommand, result: string | ZaberRejection): void {
    if (id === 'none') return;
    const axes = axis === 0 || axis > device.axes.length ? device.axes : [device.axes[axis - 1]];
    this.send(
      formatZaberReply(
        {
          address: device.address,
          axis: Math.min(axis, 9),
          id: id !== null && id <= 99 ? id : null,
          isOk: typeof result === 'string',
          isBusy: axes.some(({isMoving}) => isMoving),
          warning: orderedWarnings(axes)[0] ?? '--',
          data: typeof result === 'string' ? result : result.reason,
        },
        device,
      ),
    );
  }

  private reportIdle(deviceIndex: number, axisIndex: number): void {
    const device = this.devices[deviceIndex];
    if (!device?.hasAlerts) return;
    const warning = orderedWarnings([device.axes[axisIndex]])[0] ?? '--';
    this.send(formatZaberAlert({address: device.address, axis: axisIndex + 1, warning}, device.hasChecksum));
  }

  private send(text: string): void {
    if (this.transmitter.pendingCount + text.length > queueLength) return;
    this.transmitter.send(bytesFromText(text), executionS);
  }
}
