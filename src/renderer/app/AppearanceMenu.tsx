import type {ReactElement} from 'react';
import {Dialog, DialogTrigger, Heading, Modal, ModalOverlay} from 'react-aria-components';
import type {Settings} from '../../contract/api/index.ts';
import {useActions} from '../actions/actions.ts';
import {attempt, Button, Segments, Select, Slider} from '../parts/index.ts';
import {changeSettings, useSettings} from '../settings/settings.ts';
import {colourMapLabels, colourMapNames} from '../viewer/index.ts';
import styles from './AppearanceMenu.module.css';
import top from './TopBar.module.css';

const themes: readonly {readonly value: Settings['theme']; readonly label: string}[] = [
  {value: 'system', label: 'System'},
  {value: 'dark', label: 'Dark'},
  {value: 'light', label: 'Light'},
  {value: 'contrast', label: 'Contrast'},
  {value: 'red', label: 'Red light'},
];
const scales = {minimum: 0.75, maximum: 3, step: 0.05};

const change = (changes: Partial<Settings>): void => void attempt(() => changeSettings(changes));
const held = (scale: number): number =>
  Math.round(Math.min(scales.maximum, Math.max(scales.minimum, scale)) * 100) / 100;

/** Theme, size and colour map: three choices of their own, from every page. */
export function AppearanceMenu(): ReactElement {
  const theme = useSettings((settings) => settings.theme);
  const scale = useSettings((settings) => settings.scale);
  const colourMap = useSettings((settings) => settings.colourMap);
  useAppearanceActions(scale);
  return (
    <DialogTrigger>
      <Button variant="quiet" isCompact hint="Theme, size and colour map">
        <span aria-hidden>◐</span> <span className={top.toolWord}>Look</span>
      </Button>
      <ModalOverlay className={styles.overlay ?? ''} isDismissable isKeyboardDismissDisabled>
        <Modal className={styles.sheet ?? ''}>
          <Dialog className={styles.menu ?? ''}>
            {({close}) => (
              <>
                <Heading slot="title" className={styles.heading ?? ''}>
                  Look
                </Heading>
                <div className={styles.part}>
                  <span className={styles.label}>Theme</span>
                  <Segments
                    label="Theme"
                    value={theme}
                    onChange={(value) => change({theme: value})}
                    options={themes}
                  />
                </div>
                <Slider
                  label="Size of everything (200 % is read from two metres)"
                  value={scale}
                  onChange={(value) => change({scale: held(value)})}
                  minimum={scales.minimum}
                  maximum={scales.maximum}
                  step={scales.step}
                  format={(value) => `${Math.round(value * 100)} %`}
                />
                <Select
                  label="Colour map of planes"
                  value={colourMap}
                  onChange={(value) => change({colourMap: value})}
                  options={settingsMaps}
                />
                <div className={styles.end}>
                  <Button isCompact onPress={close}>
                    Done
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

const offeredMaps: readonly Settings['colourMap'][] = ['viridis', 'cividis', 'inferno', 'magma', 'grey'];
const settingsMaps = offeredMaps.map((value) => {
  const known = colourMapNames.find((name) => name === value);
  return {value, label: known ? colourMapLabels[known] : value};
});

function useAppearanceActions(scale: number): void {
  const group = 'Look';
  useActions([
    ...themes.map(({value, label}) => ({
      id: `look.theme.${value}`,
      title: `${label} theme`,
      group,
      run: () => change({theme: value}),
    })),
    ...settingsMaps.map(({value, label}) => ({
      id: `look.map.${value}`,
      title: `Colour map ${label}`,
      group,
      run: () => change({colourMap: value}),
    })),
    {
      id: 'look.larger',
      title: 'Everything larger',
      group,
      shortcut: 'alt+equal',
      run: () => change({scale: held(scale * 1.15)}),
    },
    {
      id: 'look.smaller',
      title: 'Everything smaller',
      group,
      shortcut: 'alt+minus',
      run: () => change({scale: held(scale / 1.15)}),
    },
    {
      id: 'appearance.default-size',
      title: 'Default size',
      group,
      shortcut: 'alt+0',
      run: () => change({scale: 1}),
    },
  ]);
}
