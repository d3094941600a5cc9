import {fixedText} from '../../../base/number-format.ts';
import {type ReactElement, useEffect, useId, useState} from 'react';
import {useActions} from '../../actions/actions.ts';
import {client, useStatus} from '../../connection/index.ts';
import {
  attempt,
  Button,
  Dialog,
  durationText,
  NumberField,
  Panel,
  StateLight,
  useRefusal,
} from '../../parts/index.ts';
import {useIsRunLive, useReadingStatus} from '../../run-data/index.ts';
import styles from './GoToPanel.module.css';
import type {AxisName, GoTo} from './go-to.ts';
import {PositionConfirmation, TrustLight} from './PositionConfirmation.tsx';

/** Where to, with the way and its time before anything moves. */
export function GoToPanel({goTo}: {readonly goTo: GoTo}): ReactElement {
  const buttonId = useId();
  const {axes, targetMm, setAxis, preview, refusal, pickCount} = goTo;
  const canGo = refusal === undefined;
  useEffect(() => {
    // After a pick on the map Enter goes there: the button has the focus as soon as it may be pressed.
    if (pickCount > 0 && canGo) document.getElementById(buttonId)?.focus();
  }, [pickCount, canGo, buttonId]);
  return (
    <Panel title="Go to" tools={<Homing />}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          goTo.go();
        }}
      >
        <div className={styles.fields} data-act="bench.goTo">
          {axes.map((axis) => (
            <AxisField
              key={axis}
              axis={axis}
              value={targetMm[axis] ?? null}
              onChange={(mm) => setAxis(axis, mm)}
            />
          ))}
        </div>
        <p className={styles.note} role="status">
          {preview?.isAllowed
            ? `${fixedText(lengthOf(preview.pathMm), 1)} mm, about ${durationText(preview.seconds)}`
            : refusal}
        </p>
        <div className={styles.buttons}>
          <Button variant="primary" type="submit" id={buttonId} isDisabled={!canGo}>
            Go there
          </Button>
          <Button isDisabled={Object.keys(targetMm).length === 0} onPress={goTo.clear}>
            Clear
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function AxisField(props: {
  readonly axis: AxisName;
  readonly value: number | null;
  readonly onChange: (mm: number | undefined) => void;
}): ReactElement {
  const {axis, value, onChange} = props;
  const limits = useStatus((status) => status?.stage?.limitsMm[axis]);
  const isOutside = limits !== undefined && value !== null && (value < limits[0] || value > limits[1]);
  return (
    <NumberField
      label={axis}
      value={value}
      onChange={onChange}
      onEmpty={() => onChange(undefined)}
      unit="mm"
      problem={isOutside ? `From ${limits[0]} to ${limits[1]} mm.` : ''}
    />
  );
}

type PathMm = readonly {
  readonly x?: number | undefined;
  readonly y?: number | undefined;
  readonly z?: number | undefined;
}[];

/** Length of a way, mm. */
function lengthOf(pathMm: PathMm): number {
  let length = 0;
  for (let i = 1; i < pathMm.length; i++) {
    const [from, to] = [pathMm[i - 1], pathMm[i]];
    length += Math.hypot(
      ...(['x', 'y', 'z'] as const).map((axis) => (to?.[axis] ?? 0) - (from?.[axis] ?? 0)),
    );
  }
  return length;
}

function Homing(): ReactElement {
  const [isAsking, setAsking] = useState(false);
  const reading = useReadingStatus('stage');
  const stage = useStatus((status) => status?.stage ?? null);
  const refusal = useRefusal('operate');
  const isRunLive = useIsRunLive();
  const reason = refusal ?? (isRunLive ? 'A run is under way.' : undefined);
  useActions([
    {
      id: 'bench.home',
      title: 'Home the stage',
      group: 'Bench',
      shortcut: 'b h',
      disabledBecause: reason,
      run: () => setAsking(true),
    },
  ]);
  return (
    <>
      {stage !== null &&
        (reading.isNow ? <TrustLight stage={stage} /> : <StateLight light="off" label={reading.text} />)}
      <PositionConfirmation disabledBecause={reason ?? (reading.isNow ? undefined : reading.text)} />
      <Button
        data-act="bench.home"
        isCompact
        isDisabled={reason !== undefined}
        hint={reason}
        onPress={() => setAsking(true)}
      >
        Home ...
      </Button>
      <Dialog
        title="Home the stage"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        widthRem={32}
        buttons={
          <>
            <Button onPress={() => setAsking(false)}>Leave it</Button>
            <Button
              variant="primary"
              autoFocus
              onPress={() => {
                setAsking(false);
                void attempt(() => client.stage.home(), 'The stage is homed.');
              }}
            >
              Start homing
            </Button>
          </>
        }
      >
        <p>
          The stage drives to its switches, axis after axis, over its whole travel. See that nothing stands in
          the way and no cable is held fast. STOP ends it.
        </p>
      </Dialog>
    </>
  );
}
