import {BenchError} from '../../src/contract/errors.ts';
import type {DeviceIdentity} from '../../src/contract/devices.ts';

/** Where a reply came from, so that an error can say it. */
export interface ReplySource {
  /** Port or instrument as a person knows it. */
  readonly from: string;
  /** What was asked. */
  readonly asked: string;
}

const maximumShownLength = 80;

/** A reply as a person can read it: control characters escaped, long ones cut. */
export function showText(text: string): string {
  const visible = JSON.stringify(text);
  return visible.length <= maximumShownLength ? visible : `${visible.slice(0, maximumShownLength)}..."`;
}

/** Error `device/bad-reply` for a reply that is not what was expected; `details` holds its first 200 characters. */
export function badReply(source: ReplySource, reply: string, expected: string): BenchError {
  return new BenchError(
    'device/bad-reply',
    `${source.from} answered ${showText(reply)} to ${showText(source.asked)}, where ${expected} was expected. ` +
      'Nothing was taken from it. Check cable, baud rate and that no other program talks to the instrument.',
    {details: {port: source.from, asked: source.asked, reply: reply.slice(0, 200), expected}},
  );
}

const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/;
/** From here up SCPI-99 (vol. 1, 7.2.1) means infinity (9.9E37) and not-a-number (9.91E37). */
const scpiNoNumber = 9.9e37;

/** Reads NR1, NR2 or NR3 text, `e-07` and `e-007` alike. Undefined when the text is no finite number. */
export function numberFromText(text: string): number | undefined {
  const trimmed = text.trim();
  if (!numberPattern.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) && Math.abs(value) < scpiNoNumber ? value : undefined;
}

/** True for the texts of infinity, `+9.9E37` and `-9.9000E+37` alike (SCPI-99 volume 1, 7.2.1.4). */
export const isScpiOverflow = (text: string): boolean =>
  numberPattern.test(text.trim()) &&
  Math.abs(Number(text)) >= scpiNoNumber &&
  Math.abs(Number(text)) < 9.905e37;

/** As `numberFromText`; throws `device/bad-reply` instead. */
export function parseNumber(text: string, source: ReplySource): number {
  const value = numberFromText(text);
  if (value === undefined) throw badReply(source, text, 'a number');
  return value;
}

/** Reads a whole number, also written as NR2 or NR3. Throws `device/bad-reply` for anything else. */
export function parseInteger(text: string, source: ReplySource): number {
  const value = numberFromText(text);
  if (value === undefined || !Number.isInteger(value)) throw badReply(source, text, 'a whole number');
  return value;
}

/** Reads exactly `count` comma-separated numbers. */
export function parseNumbers(text: string, count: number, source: ReplySource): number[] {
  const fields = text.split(',');
  const values = fields.map(numberFromText).filter((value) => value !== undefined);
  if (fields.length !== count || values.length !== count)
    throw badReply(source, text, `${count} numbers separated by commas`);
  return values;
}

/** Parts of an IEEE 488.2 `*IDN?` answer: maker, model, serial number, firmware; blanks after commas are dropped. */
export function parseIdentity(text: string, source: ReplySource): DeviceIdentity {
  const [maker = '', model = '', serialNumber = '', ...firmware] = text.split(',').map((part) => part.trim());
  if (maker === '' || model === '')
    throw badReply(source, text, 'an identity (maker,model,serial number,firmware)');
  return {maker, model, serialNumber, firmware: firmware.join(','), text: text.trim()};
}

/** Error `device/wrong-instrument`: the identity answered is not of an instrument that the driver knows. */
export function wrongInstrument(expected: string, from: string, answered: string): BenchError {
  return new BenchError(
    'device/wrong-instrument',
    `${from} answered ${showText(answered)}, which is not ${expected}. Nothing was set and nothing moved. ` +
      'Give the port of the right instrument, or name the driver that fits this one.',
    {details: {port: from, answered: answered.slice(0, 200), expected}},
  );
}
