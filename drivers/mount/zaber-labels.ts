/** What a Zaber device's letters mean, for people (Zaber ASCII protocol, warning flags and rejections). */

const flagLabels: Readonly<Record<string, string>> = {
  FF: 'critical system error',
  FN: 'peripheral not supported',
  FZ: 'peripheral inactive',
  FH: 'hardware emergency stop',
  FV: 'driver off: voltage out of range',
  FO: 'driver disabled',
  FC: 'driver off: current inrush',
  FM: 'driver off: motor too hot',
  FD: 'driver disabled',
  FQ: 'encoder error',
  FI: 'index error',
  FA: 'analog encoder out of step',
  FR: 'overdrive limit passed',
  FS: 'stalled and stopped: something is in the way, or it ran into its end',
  FB: 'stream bounds passed',
  FP: 'interpolated path left',
  FE: 'limit error',
  FT: 'excessive twist',
  WL: 'limit switch hit unexpectedly',
  WV: 'supply voltage out of range',
  WT: 'controller hot',
  WS: 'stalled and recovered',
  WM: 'moved while it should stand',
  WP: 'invalid calibration',
  WR: 'no reference position: never homed since power-on',
  WH: 'not homed: its position was kept or set',
  NC: 'moved by hand at its knob',
  NI: 'last movement was interrupted',
};

export const describeFlag = (flag: string): string => `${flag} (${flagLabels[flag] ?? 'see its manual'})`;

/** Motion was stopped or the driver is off. */
export const isFault = (flag: string): boolean => flag.startsWith('F');

const reasonLabels: Readonly<Record<string, string>> = {
  BADCOMMAND: 'it does not know the command',
  BADAXIS: 'it has no such axis',
  BADDATA: 'the value is outside of its own limits, or it wants homing first',
  BADMESSAGEID: 'the message id is not valid',
  NOACCESS: 'the setting cannot be written',
  PARKED: 'the axis is parked',
  STATUSBUSY: 'the axis is busy',
  DEVICEONLY: 'the command is for the whole device',
  FULL: 'its memory is full',
  AGAIN: 'it cannot do that now',
  CURRENTRANGE: 'the current is out of range',
  LOCKSTEP: 'the axis is locked to another',
  DRIVERDISABLED: 'the driver is disabled',
  INACTIVE: 'the axis has no motor',
  NOTSUPPORTED: 'it cannot do that',
};

export const describeReason = (reason: string): string =>
  `${reason}: ${reasonLabels[reason] ?? 'see its manual'}`;
