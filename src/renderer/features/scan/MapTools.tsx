import type {ReactElement} from 'react';
import {Button, MenuButton, type MenuEntry, Segments, Select} from '../../parts/index.ts';
import {colourMapLabels, colourMapNames, valueScales, type ValueRange} from '../../viewer/index.ts';
import type {MapChoices} from './map-choices.ts';
import styles from './ScanPage.module.css';

const scaleLabels = {linear: 'Lin', log: 'Log', sqrt: 'Sqrt', symmetric: '± 0'} as const;

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
        value={choices.quantity.key}
        onChange={set.quantity}
        options={choices.quantities.map(({key, short}) => ({value: key, label: short}))}
      />
      <Segments
        label="Scale"
        value={choices.scale}
        onChange={set.scale}
        options={valueScales.map((value) => ({value, label: scaleLabels[value]}))}
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
      <MenuButton
        menuLabel="What the map shows"
        entries={[
          {
            id: 'range',
            label: 'Colour range follows the data',
            note: range === 'auto' ? 'on' : 'off',
            isDisabled: range === 'auto',
            onChoose: () => onRange('auto'),
          },
          toggle('profiles', 'Cross profiles', choices.hasProfiles, set.hasProfiles),
          toggle('track', 'Way of the stage', choices.hasTrack, set.hasTrack),
          toggle('regions', 'Detector regions', choices.hasRegions, set.hasRegions),
          toggle('trace', 'Trace under the map', choices.hasTrace, set.hasTrace),
        ]}
      >
        View ▾
      </MenuButton>
      {range !== 'auto' && (
        <Button isCompact hint="The ends of the colour bar were set by hand" onPress={() => onRange('auto')}>
          Range to auto
        </Button>
      )}
    </div>
  );
}

const toggle = (id: string, label: string, isOn: boolean, set: (isOn: boolean) => void): MenuEntry => ({
  id,
  label,
  note: isOn ? 'on' : 'off',
  onChoose: () => set(!isOn),
});
