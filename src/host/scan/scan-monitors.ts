import type {ScanMonitors} from '../../contract/scan-monitors.ts';
import {createLineShift, findRipple, judgePosition} from '../../twin/metrics/index.ts';

/** The formulas by which a scan judges its own readings. */
export const scanMonitors: ScanMonitors = {judgePosition, createLineShift, findRipple};
