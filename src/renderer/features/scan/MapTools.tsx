import type {ReactElement} from 'react';
import {Button, Checkbox, Segments, Select} from '../../parts/index.ts';
import {quantities, quantityWords} from '../../run-data/index.ts';
import {colourMapLabels, colourMapNames, valueScales, type ValueRange} from '../../viewer/index.ts';
import type {MapChoices} from './map-choices.ts';
import styles from './ScanPage.module.css';

const scaleWords = {linear: 'Lin', log: 'Log', sqrt: 'Sqrt', symmetric: '± 0'} as const;

/** How the map is drawn: quantity, scale, colours, range, what lies over it. */
export function MapTools(props: {
  readonly choices: MapChoices;
  readonly range: ValueRange | 'auto';
  readonly onRange: (range: ValueRange | 'auto') => void;
}): ReactElement {
  const {choices, range, onRange} = props;
  const {set} = choices;
  return (
    <div className={styles.tools} role="group" aria-label="How the map is drawn">
      <Segments
        label="Quantity"
        value={choices.quantity}
        onChange={set.quantity}
        options={quantities.map((value) => ({value, label: quantityWords[value].short}))}
      />
      <Segments
        label="Scale"
        value={choices.scale}
        onChange={set.scale}
        options={valueScales.map((value) => ({value, label: scaleWords[value]}))}
      />
      <Select
        label="Colours"
        isLabelHidden
        value={choices.colourMapChoice}
        onChange={set.colourMap}
        options={[
          {value: 'auto', label: 'Suiting colours'},
          ...colourMapNames.map((value) => ({value, label: colourMapLabels[value]})),
        ]}
      />
      <Button
        isCompact
        isDisabled={range === 'auto'}
        hint="The ends of the colour bar can be dragged; this lets them follow the data again"
        onPress={() => onRange('auto')}
      >
        {range === 'auto' ? 'Range: auto' : 'Range to auto'}
      </Button>
      <Checkbox isSelected={choices.hasProfiles} onChange={set.hasProfiles}>
        Profiles
      </Checkbox>
      <Checkbox isSelected={choices.hasTrack} onChange={set.hasTrack}>
        Way of the stage
      </Checkbox>
      <Checkbox isSelected={choices.hasRegions} onChange={set.hasRegions}>
        Regions
      </Checkbox>
    </div>
  );
}
