import type {Settings} from '../../../contract/api/index.ts';
import type {Quantity} from '../../run-data/index.ts';
import {useChoice, useSettings} from '../../settings/settings.ts';
import type {ColourMapName, ValueScale} from '../../viewer/index.ts';

/** How the map is drawn; kept with the settings, so that the next day begins as the last one ended. */
export interface MapChoices {
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
    readonly quantity: (value: Quantity) => void;
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
  quantity: Quantity,
  scale: ValueScale,
  own: Settings['colourMap'],
): ColourMapName {
  if (quantity === 'theta') return 'twilight';
  return scale === 'symmetric' ? 'diverging' : own;
}

/** Profiles beside a map that is small already would leave nothing of it. */
const roomForProfiles = (): boolean => innerHeight >= 950;

export function useMapChoices(): MapChoices {
  const [quantity, setQuantity] = useChoice<Quantity>('scan.quantity', 'r');
  const [scale, setScale] = useChoice<ValueScale>('scan.scale', 'linear');
  const [colourMapChoice, setColourMap] = useChoice<ColourMapName | 'auto'>('scan.colourMap', 'auto');
  const [hasProfiles, setHasProfiles] = useChoice<boolean>('scan.profiles', roomForProfiles());
  const [hasTrack, setHasTrack] = useChoice<boolean>('scan.track', false);
  const [hasRegions, setHasRegions] = useChoice<boolean>('scan.regions', true);
  const [hasTrace, setHasTrace] = useChoice<boolean>('scan.hasTrace', true);
  const own = useSettings((settings) => settings.colourMap);
  return {
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
