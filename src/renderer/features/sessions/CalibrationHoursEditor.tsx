import {useState, type ReactElement} from 'react';
import {defaultCalibrationHours} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {attempt, Button, Dialog, NumberField} from '../../parts/index.ts';
import styles from './CalibrationHours.module.css';
import {
  calibrationKinds,
  draftProblem,
  hoursProblem,
  hoursText,
  isDefault,
  type HoursDraft,
} from '../../settings/calibration-hours.ts';
import {changeSettings, useSettings} from '../../settings/settings.ts';

/** A button that opens for how long calibrations of each kind count. */
export function CalibrationHoursEditor(): ReactElement {
  const hours = useSettings(({calibrationHours}) => calibrationHours);
  const [draft, setDraft] = useState<HoursDraft | null>(null);
  const open = (): void => setDraft(hours);
  const close = (): void => setDraft(null);
  useActions([
    {
      id: 'settings.calibration-hours',
      title: 'Set for how long calibrations count',
      group: 'Sessions',
      run: open,
    },
  ]);
  const problem = draft ? draftProblem(draft) : undefined;
  const keep = (): void => {
    if (draft === null || problem !== undefined) return;
    void attempt(async () => {
      await changeSettings({calibrationHours: draft});
      close();
    }, 'Calibrations that are made from now on count for the times that you gave.');
  };
  return (
    <>
      <Button isCompact hint="How old a calibration of each kind may become" onPress={open}>
        How long calibrations count
      </Button>
      <Dialog
        title="How long calibrations count"
        isOpen={draft !== null}
        onClose={close}
        widthRem={34}
        buttons={
          <>
            <Button onPress={close}>Leave as it is</Button>
            <Button
              isDisabled={draft === null || isDefault(draft)}
              onPress={() => setDraft(defaultCalibrationHours)}
            >
              Default times
            </Button>
            <Button variant="primary" isDisabled={problem !== undefined} hint={problem} onPress={keep}>
              Keep
            </Button>
          </>
        }
      >
        {draft && (
          <>
            <p className={styles.text}>
              Counted from when each is made. Those in the ledger keep the time that they were given.
            </p>
            <div className={styles.fields}>
              {calibrationKinds.map(({kind, label, description}) => (
                <NumberField
                  key={kind}
                  label={label}
                  unit="h"
                  value={draft[kind]}
                  description={`${description}; by default ${hoursText(defaultCalibrationHours[kind])}`}
                  problem={hoursProblem(draft[kind])}
                  onChange={(value) => setDraft({...draft, [kind]: value})}
                />
              ))}
            </div>
          </>
        )}
      </Dialog>
    </>
  );
}
