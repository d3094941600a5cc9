import {type ReactElement, useState} from 'react';
import {Button, Dialog, MenuButton, notify, TextField} from '../../parts/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {parsePresets, presetsChoice, printPresets, withoutPreset, withPreset} from './presets.ts';
import {changeForm} from './scan-draft.ts';
import type {ScanForm} from './scan-form.ts';
import styles from './ScanPage.module.css';

/** Plans by name: load, save, delete. What is measured is not part of them. */
export function PresetBar({
  form,
  isSavable,
}: {
  readonly form: ScanForm;
  readonly isSavable: boolean;
}): ReactElement {
  const [text, setText] = useChoice<string>(presetsChoice, '');
  const [isNaming, setIsNaming] = useState(false);
  const [name, setName] = useState('');
  const presets = parsePresets(text);
  const trimmed = name.trim();
  const save = (): void => {
    setText(printPresets(withPreset(presets, {name: trimmed, form})));
    setIsNaming(false);
    notify({level: 'info', text: `Preset "${trimmed}" is kept.`});
  };
  return (
    <div className={styles.presets}>
      <MenuButton
        isCompact
        menuLabel="Load a preset"
        isDisabled={presets.length === 0}
        entries={presets.map((preset) => ({
          id: preset.name,
          label: preset.name,
          onChoose: () => {
            changeForm(preset.form);
            setName(preset.name);
          },
        }))}
      >
        Load preset
      </MenuButton>
      <Button isCompact isDisabled={!isSavable} onPress={() => setIsNaming(true)}>
        Save preset
      </Button>
      <MenuButton
        isCompact
        variant="quiet"
        menuLabel="Delete a preset"
        isDisabled={presets.length === 0}
        entries={presets.map((preset) => ({
          id: preset.name,
          label: `Delete "${preset.name}"`,
          onChoose: () => setText(printPresets(withoutPreset(presets, preset.name))),
        }))}
      >
        Delete
      </MenuButton>
      <Dialog
        title="Save this plan as a preset"
        isOpen={isNaming}
        onClose={() => setIsNaming(false)}
        widthRem={26}
        buttons={
          <>
            <Button onPress={() => setIsNaming(false)}>Do not save</Button>
            <Button variant="primary" isDisabled={trimmed === ''} onPress={save}>
              {presets.some((preset) => preset.name === trimmed) ? 'Replace preset' : 'Save preset'}
            </Button>
          </>
        }
      >
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          description="The plan alone is kept: no sample, no purpose."
        />
      </Dialog>
    </div>
  );
}
