import {createHash} from 'node:crypto';
import {createRandom, type Random} from '../base/random.ts';
import {BenchError} from '../contract/errors.ts';
import type {Print} from './assembly-errors.ts';
import {assertApart} from './parts-apart.ts';
import {plateStandsOf, withMissingPrints, type PlateStand, type SceneTruth} from './scene-truth.ts';

/** A way of a plate, in the bench frame. */
export interface PlateShift {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly dzMm: number;
  readonly rotationDeg: number;
}
/** No relief of a plate is as high, mm. */
const highestMm = 20;

export const noShift: PlateShift = {dxMm: 0, dyMm: 0, dzMm: 0, rotationDeg: 0};

/** The axis about which a plate is turned over by half a turn: x mirrors it top-bottom, y left-right, z turns it. */
export type FlipAxis = 'x' | 'y' | 'z';

export interface HolderPlaces {
  /** Designed distance of each place from the object plane, mm. */
  readonly zMm: readonly number[];
  /** Of the output plane, mm. */
  readonly outputZMm: number;
  readonly sideMm: number;
  /** Pixels of the relief in each place; 0 for a foil, which has none. */
  readonly pixelCounts: readonly number[];
}

interface Holder {
  /** What the seed has drawn, what hands and motors have added since. */
  readonly stand: PlateStand;
  /** Of the motorised mount from its own zero. */
  readonly motor: PlateShift;
  /** The print that belongs here when it is put back. */
  readonly print: Print;
}

/**
 * The places of a bench in its running life: screws turned by hand, plates taken out, put back and turned over, motors.
 * Whatever moves a plate adds to where it stood; only this object knows where that is.
 */
export class PlateHolders {
  private readonly origin: SceneTruth;
  private readonly places: HolderPlaces | undefined;
  private readonly random: Random;
  private holders: readonly Holder[];
  private handCount = 0;

  constructor(truth: SceneTruth, places: HolderPlaces | undefined) {
    this.origin = truth;
    this.places = places;
    this.random = createRandom(truth.seed).fork('hand');
    const stands = plateStandsOf(truth);
    const complete = withMissingPrints(stands);
    this.holders = stands.map((stand, i) => ({stand, motor: noShift, print: complete[i].print}));
  }

  get count(): number {
    return this.holders.length;
  }

  /** Where everything stands now. */
  stands(): readonly PlateStand[] {
    return this.holders.map(({stand, motor}) => ({
      ...stand,
      placement: {...stand.placement, ...add(stand.placement, motor)},
    }));
  }

  /** The truth with the plates as they are now. */
  truth(): SceneTruth {
    const stands = this.stands();
    return {
      ...this.origin,
      placements: {...this.origin.placements, layers: stands.map(({placement}) => placement)},
      prints: stands.map(({print}) => print),
      tilts: stands.map(({tilt}) => tilt),
    };
  }

  /**
   * A hand turns a plate's screws: what comes of it differs from what is asked by the hand's precision (the scene's
   * setting `hand`); screws that need not turn stay untouched. Throws `twin/invalid` when parts would touch.
   */
  nudge(plate: number, asked: Partial<PlateShift>): void {
    const {hand} = this.origin.settings;
    const own = this.nextHand();
    const turned = (value: number | undefined, precision: number): number =>
      value === undefined || value === 0
        ? 0
        : value * (1 + hand.relative * own.normal()) + precision * own.normal();
    const shift = {
      dxMm: turned(asked.dxMm, hand.lateralMm),
      dyMm: turned(asked.dyMm, hand.lateralMm),
      dzMm: turned(asked.dzMm, hand.axialMm),
      rotationDeg: turned(asked.rotationDeg, hand.rotationDeg),
    };
    this.change(plate, (holder) => moved(holder, shift));
  }

  /** Takes plates out and puts plates back: `plates` are those that stand afterwards, the others are taken out. */
  setPresent(plates: readonly number[]): void {
    for (const plate of plates) this.indexOf(plate);
    const next = this.holders.map((holder, i): Holder => {
      const isWanted = plates.includes(i + 1);
      if (isWanted === (holder.stand.print !== null)) return holder;
      if (!isWanted) return {...holder, stand: {...holder.stand, print: null}};
      return this.reseated({...holder, stand: {...holder.stand, print: holder.print}});
    });
    this.replace(next);
  }

  /** Takes a plate out, turns it over by half a turn about one of its axes, and puts it back. */
  flip(plate: number, about: FlipAxis): void {
    this.change(plate, (holder) => {
      const {placement} = holder.stand;
      const flipped = {
        ...placement,
        flipX: placement.flipX !== (about !== 'x'),
        flipY: placement.flipY !== (about !== 'y'),
      };
      return this.reseated({...holder, stand: {...holder.stand, placement: flipped}});
    });
  }

  /**
   * Takes a plate out and puts another one in, printed with these heights on the same base: it stands as one that is put
   * back, and its print has errors of its own. Throws `device/out-of-range` where no such plate stands.
   */
  exchange(plate: number, heightsMm: Float32Array): void {
    const own = this.holders[this.indexOf(plate)];
    const pixelCount = this.places?.pixelCounts[plate - 1] ?? 0;
    const refuse = (why: string): BenchError =>
      new BenchError(
        'device/out-of-range',
        `Plate ${plate} cannot be exchanged: ${why} Nothing was changed.`,
        {
          details: {plate},
        },
      );
    if (own.stand.print === null) throw refuse('it is not in the bench.');
    if (pixelCount === 0) throw refuse('there is no plate with a relief in its place.');
    if (heightsMm.length !== pixelCount)
      throw refuse(`it has ${pixelCount} pixels, and heights came for ${heightsMm.length}.`);
    if (heightsMm.some((height) => !(height >= 0 && height < highestMm)))
      throw refuse(`a height is not between 0 and ${highestMm} mm.`);
    const id = createHash('sha256')
      .update(new Uint8Array(heightsMm.buffer, heightsMm.byteOffset, heightsMm.byteLength))
      .digest('hex');
    this.change(plate, (holder) =>
      this.reseated({...holder, stand: {...holder.stand, newRelief: {id, heightsMm}}}),
    );
  }

  /** A motorised mount has come to rest at `shift` from its zero. */
  setMotor(plate: number, shift: PlateShift): void {
    this.change(plate, (holder) => ({...holder, motor: shift}));
  }

  /** Each act of a hand has numbers of its own, so that one does not depend on how the one before was asked. */
  private nextHand(): Random {
    return this.random.fork(`act ${this.handCount++}`);
  }

  private reseated(holder: Holder): Holder {
    const {reseatLateralMm, reseatRotationDeg} = this.origin.settings.hand;
    const own = this.nextHand();
    return moved(holder, {
      dxMm: reseatLateralMm * own.normal(),
      dyMm: reseatLateralMm * own.normal(),
      dzMm: 0,
      rotationDeg: reseatRotationDeg * own.normal(),
    });
  }

  private indexOf(plate: number): number {
    if (Number.isInteger(plate) && plate >= 1 && plate <= this.count) return plate - 1;
    throw new BenchError(
      'device/out-of-range',
      `There is no plate ${String(plate)}: this bench has ${this.count === 0 ? 'none' : `plates 1 to ${this.count}`}, counted from the source. Nothing was moved.`,
      {details: {plate}},
    );
  }

  private change(plate: number, change: (holder: Holder) => Holder): void {
    const index = this.indexOf(plate);
    this.replace(this.holders.with(index, change(this.holders[index])));
  }

  private replace(next: readonly Holder[]): void {
    const before = this.holders;
    this.holders = next;
    try {
      this.assertApart();
    } catch (error) {
      this.holders = before;
      throw error;
    }
  }

  private assertApart(): void {
    const {places} = this;
    if (!places) return;
    const {object, output} = this.origin.placements;
    assertApart(
      [
        {name: 'the object', zMm: object.dzMm},
        ...this.stands().flatMap(({print, placement, tilt}, i) =>
          print === null ? [] : [{name: `plate ${i + 1}`, zMm: places.zMm[i] + placement.dzMm, tilt}],
        ),
        {name: 'the output plane', zMm: places.outputZMm + output.dzMm},
      ],
      places.sideMm,
    );
  }
}

const add = (a: PlateShift, b: PlateShift): PlateShift => ({
  dxMm: a.dxMm + b.dxMm,
  dyMm: a.dyMm + b.dyMm,
  dzMm: a.dzMm + b.dzMm,
  rotationDeg: a.rotationDeg + b.rotationDeg,
});

const moved = (holder: Holder, shift: PlateShift): Holder => ({
  ...holder,
  stand: {
    ...holder.stand,
    placement: {...holder.stand.placement, ...add(holder.stand.placement, shift)},
  },
});
