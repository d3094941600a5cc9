import type {Settings} from '../../../contract/api/index.ts';
import {type Quantity, quantityOf} from '../../run-data/index.ts';
import {useChoice, useSettings} from '../../settings/settings.ts';
import type {ColourMapName, ValueScale} from '../../viewer/index.ts';

/** How the map is drawn; kept with the settings, so that the next day begins as the last one ended. */
export interface MapChoices {
  /** What the detector of the shown run tells at a point. */
  readonly quantities: readonly Quantity[];
  /** Of those, what was chosen, or the first where it has no such one. */
  readonly quantity: Quantity;
  readonly scale: ValueScale;
  /** `auto` takes what suits the quantity. */
  readonly colourMapChoice: ColourMapName | 'auto';
  readonly colourMap: ColourMapName;
  readonly hasProfiles: boolean;
  readonly hasTrack: boolean;
  readonly hasRegions: boolean;
  readonly hasTrace: boolean;
  readonly set: {
    readonly quantity: (key: string) => void;
    readonly scale: (value: ValueScale) => void;
    readonly colourMap: (value: ColourMapName | 'auto') => void;
    readonly hasProfiles: (value: boolean) => void;
    readonly hasTrack: (value: boolean) => void;
    readonly hasRegions: (value: boolean) => void;
    readonly hasTrace: (value: boolean) => void;
  };
}

/** The colour map that suits: cyclic for a phase, diverging about zero, else the person's own. */
export function suitingColourMap(
  {isPhase}: Pick<Quantity, 'isPhase'>,
  scale: ValueScale,
  own: Settings['colourMap'],
): ColourMapName {
  if (isPhase) return 'twilight';
  return scale === 'symmetric' ? 'diverging' : own;
}

/** Profiles beside a map that is small already would leave nothing of it. */
const roomForProfiles = (): boolean => innerHeight >= 950;

/** Key of the quantity that was chosen, whether or not the shown run has it. */
export const useQuantityKey = (): readonly [key: string, set: (key: string) => void] =>
  useChoice<string>('scan.quantity', 'r');

export function useMapChoices(quantities: readonly Quantity[]): MapChoices {
  const [key, setQuantity] = useQuantityKey();
  const quantity = quantityOf(quantities, key);
  const [scale, setScale] = useChoice<ValueScale>('scan.scale', 'linear');
  const [colourMapChoice, setColourMap] = useChoice<ColourMapName | 'auto'>('scan.colourMap', 'auto');
  const [hasProfiles, setHasProfiles] = useChoice<boolean>('scan.profiles', roomForProfiles());
  const [hasTrack, setHasTrack] = useChoice<boolean>('scan.track', false);
  const [hasRegions, setHasRegions] = useChoice<boolean>('scan.regions', true);
  const [hasTrace, setHasTrace] = useChoice<boolean>('scan.hasTrace', true);
  const own = useSettings((settings) => settings.colourMap);
  return {
    quantities,
    quantity,
    scale,
    colourMapChoice,
    colourMap: colourMapChoice === 'auto' ? suitingColourMap(quantity, scale, own) : colourMapChoice,
    hasProfiles,
    hasTrack,
    hasRegions,
    hasTrace,
    set: {
      quantity: setQuantity,
      scale: setScale,
      colourMap: setColourMap,
      hasProfiles: setHasProfiles,
      hasTrack: setHasTrack,
      hasRegions: setHasRegions,
      hasTrace: setHasTrace,
    },
  };
}
