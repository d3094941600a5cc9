import {describe, expect, it, test} from 'vitest';
import {linkFromPortName} from '../../../src/host/serial/port-name.ts';

describe('a port as people write it', () => {
  it.each([
    ['/dev/ttyUSB0', {port: '/dev/ttyUSB0'}],
    ['COM3', {port: 'COM3'}],
    [
      '/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0',
      {port: '/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0'},
    ],
    ['192.168.1.20:5025', {host: '192.168.1.20', tcpPort: 5025}],
    ['tcp://synth.local:5025', {host: 'synth.local', tcpPort: 5025}],
    ['[::1]:5025', {host: '::1', tcpPort: 5025}],
    ['ASRL/dev/ttyUSB0::INSTR', {port: '/dev/ttyUSB0'}],
    ['ASRL3::INSTR', {port: 'COM3'}],
    ['TCPIP0::192.168.1.20::5025::SOCKET', {host: '192.168.1.20', tcpPort: 5025}],
    ['TCPIP::synth::5025::SOCKET', {host: 'synth', tcpPort: 5025}],
  ])('%s', (text, link) => {
    expect(linkFromPortName(text)).toEqual(link);
  });
});

test.each([
  '',
  'GPIB0::8::INSTR',
  'TCPIP0::192.168.1.20::inst0::INSTR',
  'USB0::1::2::INSTR',
  'host:70000',
  'host:0',
])('refuses "%s" and opens nothing', (text) => {
  expect(() => linkFromPortName(text)).toThrow(/Nothing was opened/);
});
