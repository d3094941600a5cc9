import {type ReactElement, useEffect, useState} from 'react';
import {useActions} from '../../actions/actions.ts';
import {impliedQuantities, useRunPoints} from '../../run-data/index.ts';
import {PageHeading, useSentDesign} from '../../parts/index.ts';
import {useMapChoices, useQuantityKey} from './map-choices.ts';
import {RunPanel} from './RunPanel.tsx';
import {showPlanOfRun, takeDesign, useFormOfRun, useScanDraft} from './scan-draft.ts';
import styles from './ScanPage.module.css';
import {ScanSetup} from './ScanSetup.tsx';
import {TracePanel} from './TracePanel.tsx';
import {useScanPlanning} from './use-scan-planning.ts';
import {useShownRun} from './use-shown-run.ts';

/** Measure a plane, a line, regions or a point: form at the left, live picture at the right. */
export function ScanPage(): ReactElement {
  const draft = useScanDraft();
  const shown = useShownRun();
  const [quantityKey] = useQuantityKey();
  const view = useRunPoints(shown.runUid, quantityKey);
  const choices = useMapChoices(view.points?.quantities ?? impliedQuantities);
  // The plan comes to the front when it is changed, the run when one starts; the person may turn either way.
  const [turned, setTurned] = useState<{readonly side: 'run' | 'plan'; readonly key: unknown} | null>(null);
  const [firstForm] = useState(draft.form);
  const formOfRun = useFormOfRun();
  const hasChanged = draft.form !== firstForm && draft.form !== formOfRun;
  const own = shown.isLive ? 'run' : hasChanged || shown.runUid === null ? 'plan' : 'run';
  const key = shown.isLive ? shown.runUid : draft.form;
  const side = turned !== null && turned.key === key ? turned.side : own;
  const planArgs = shown.isLive ? view.start?.['plan_args'] : undefined;
  useEffect(() => {
    if (planArgs !== undefined) showPlanOfRun(planArgs);
  }, [planArgs]);
  useSentDesign('/scan', takeDesign);
  const planning = useScanPlanning(draft, () => {
    shown.choose(null);
    // What was measured stays in front after its end, until the plan is changed again.
    setTurned({side: 'run', key: draft.form});
  });
  useActions([
    {
      id: 'scan.start',
      title: 'Start the scan',
      group: 'Scan',
      shortcut: 'mod+enter',
      disabledBecause: planning.start.disabledBecause,
      run: planning.start.run,
    },
    ...choices.quantities.map(({key: chosen, label}, index) => ({
      id: `scan.show-${chosen}`,
      title: `Show ${label}`,
      group: 'Scan',
      shortcut: `alt+${index + 1}`,
      run: () => choices.set.quantity(chosen),
    })),
    {
      id: 'scan.turn',
      title: side === 'plan' ? 'Show what was measured' : 'Show the plan on the map',
      group: 'Scan',
      shortcut: 'alt+p',
      run: () => setTurned({side: side === 'plan' ? 'run' : 'plan', key}),
    },
  ]);
  return (
    <div className={styles.page}>
      <PageHeading>Scan</PageHeading>
      <ScanSetup draft={draft} planning={planning} />
      <RunPanel {...{shown, view, planning, choices, side}} onSide={(next) => setTurned({side: next, key})} />
      {side === 'run' && choices.hasTrace && view.points?.plane && (
        <TracePanel points={view.points} quantity={choices.quantity} />
      )}
    </div>
  );
}
