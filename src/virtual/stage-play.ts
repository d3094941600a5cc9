import type {AxisValues} from './instruments/grbl-settings.ts';
import {screwPositionMm} from './scene-light.ts';
import type {SceneSettings} from './scene-settings.ts';

/**
 * Mechanics between the motors and the probe: backlash and the periodic error of the lead screws. The nut follows
 * the screw at once when it moves up (towards larger positions) and lags by the backlash when it moves down.
 */
export class StagePlay {
  private readonly settings: Pick<SceneSettings, 'backlashMm' | 'leadScrew'>;
  private readonly phasesRad: Readonly<AxisValues>;
  private nutMm: AxisValues;

  constructor(
    settings: Pick<SceneSettings, 'backlashMm' | 'leadScrew'>,
    phasesRad: Readonly<AxisValues>,
    startMm: Readonly<AxisValues>,
  ) {
    this.settings = settings;
    this.phasesRad = phasesRad;
    this.nutMm = [...startMm] as AxisValues;
  }

  /** Moves the nuts along with the screws. Each axis must have moved in one direction since the last call. */
  follow(screwMm: Readonly<AxisValues>): void {
    const {backlashMm} = this.settings;
    this.nutMm = this.nutMm.map((nut, i) =>
      Math.max(screwMm[i], Math.min(screwMm[i] + backlashMm, nut)),
    ) as AxisValues;
  }

  /** True position for a screw position, which the nuts follow. */
  positionMm(screwMm: Readonly<AxisValues>): AxisValues {
    this.follow(screwMm);
    return this.nutMm.map((nut, i) =>
      screwPositionMm(this.settings.leadScrew, this.phasesRad[i], nut),
    ) as AxisValues;
  }
}
