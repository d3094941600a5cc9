import {plateOffsetText} from '../../../contract/plate-labels.ts';
import {type ReactElement, useState} from 'react';
import {plateAxes} from '../../../contract/devices.ts';
import {client, useStatus} from '../../connection/index.ts';
import {
  attempt,
  Button,
  durationText,
  NumberField,
  Panel,
  ProblemBox,
  Segments,
  StateLight,
  useRefusal,
} from '../../parts/index.ts';
import {useIsRunLive, useReadingStatus} from '../../run-data/index.ts';
import {plateAxisNames} from '../../../contract/plate-labels.ts';
import {offsetLabel, useMountForm, type MountedPlate} from './mount-form.ts';
import styles from './MountPanel.module.css';

/** Motorised mounts of plates: where each stands within its limits, and moving one by hand. */
export function MountPanel(): ReactElement | null {
  const plates = useStatus((status) => status?.mount?.plates ?? null);
  const [chosen, setChosen] = useState<number | null>(null);
  const plate = plates?.find((candidate) => candidate.plate === chosen) ?? plates?.[0];
  if (!plates || !plate) return null;
  const [first, ...others] = plates.map((own) => ({value: String(own.plate), label: String(own.plate)}));
  if (!first) return null;
  return (
    <Panel title="Plates" tools={<PlateLight plates={plates} />}>
      <Positions plates={plates} />
      <div className={styles.choice}>
        <span>Move plate</span>
        <Segments
          label="Plate to move"
          value={String(plate.plate)}
          onChange={(value) => setChosen(Number(value))}
          options={[first, ...others]}
        />
      </div>
      <MoveForm plate={plate} />
    </Panel>
  );
}

function PlateLight({plates}: {readonly plates: readonly MountedPlate[]}): ReactElement {
  const reading = useReadingStatus('mount');
  const moving = plates.filter(({isMoving}) => isMoving).map(({plate}) => plate);
  const held = plates.filter(({problem}) => problem !== '').map(({plate}) => plate);
  if (!reading.isNow) return <StateLight light="off" label={reading.text} />;
  if (moving.length > 0) return <StateLight light="busy" label={`plate ${moving.join(', ')} moves`} />;
  if (held.length > 0) return <StateLight light="attention" label={`plate ${held.join(', ')} not free`} />;
  return <StateLight light="ready" label="idle" />;
}

function Positions({plates}: {readonly plates: readonly MountedPlate[]}): ReactElement {
  const {isNow} = useReadingStatus('mount');
  const axes = plateAxes.filter((name) =>
    plates.some((plate) => plate.axes.some((own) => own.name === name)),
  );
  return (
    <table className={[styles.table, isNow ? '' : styles.isOld].join(' ')}>
      <caption>From each plate’s own zero, in the bench frame; mm, rotation in degrees</caption>
      <thead>
        <tr>
          <th scope="col">plate</th>
          {axes.map((name) => (
            <th key={name} scope="col" className={styles.number}>
              {plateAxisNames[name]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {plates.map(({plate, axes: own}) => (
          <tr key={plate}>
            <th scope="row">{plate}</th>
            {axes.map((name) => {
              const axis = own.find((candidate) => candidate.name === name);
              return (
                <td
                  key={name}
                  className={styles.number}
                  title={axis ? `limits ${axis.limits[0]} to ${axis.limits[1]} ${axis.unit}` : 'no motor'}
                >
                  {axis ? offsetLabel(axis.offset) : ''}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How long a way takes, as far as that is known. */
const wayText = (seconds: number | null): string =>
  seconds === null
    ? 'STOP ends it.'
    : `${seconds < 1 ? 'Less than a second' : `About ${durationText(seconds)}`}; STOP ends it.`;

function MoveForm({plate}: {readonly plate: MountedPlate}): ReactElement {
  const form = useMountForm(plate);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        form.go();
      }}
    >
      <div className={styles.fields}>
        {plate.axes.map(({name, unit, limits}) => {
          const value = form.target[name] ?? null;
          const isOutside = value !== null && (value < limits[0] || value > limits[1]);
          const range = `${limits[0]} to ${limits[1]} ${unit}`;
          return (
            <NumberField
              key={`${plate.plate} ${name}`}
              label={plateAxisNames[name]}
              value={value}
              onChange={(next) => form.setAxis(name, next)}
              onEmpty={() => form.setAxis(name, undefined)}
              unit={unit === 'deg' ? '°' : unit}
              description={range}
              problem={isOutside ? `From ${range}.` : ''}
            />
          );
        })}
      </div>
      {Object.keys(plate.unproven).length > 0 ? (
        <PlateLabel plate={plate} />
      ) : (
        plate.problem !== '' && <Mending plate={plate} />
      )}
      <p className={styles.note} role="status">
        {form.refusal ?? wayText(form.seconds)}
      </p>
      <div className={styles.buttons}>
        <Button variant="primary" type="submit" isDisabled={form.refusal !== undefined}>
          Move plate {plate.plate}
        </Button>
        <Button isDisabled={Object.keys(form.target).length === 0} onPress={form.clear}>
          Clear
        </Button>
      </div>
    </form>
  );
}

/** Lets a person confirm, for the position shown, where axes stand whose zero is not proven. */
function PlateLabel({plate}: {readonly plate: MountedPlate}): ReactElement {
  const refusal = useRefusal('operate');
  const isRunLive = useIsRunLive();
  const {unproven} = plate;
  return (
    <>
      <ProblemBox level="attention" problem={{message: plate.problem}} />
      <Button
        isDisabled={refusal !== undefined || isRunLive}
        hint={refusal ?? 'Your word, after a look at the plate, that it stands at the place shown'}
        onPress={() =>
          void attempt(
            () => client.mount.trustPosition({plate: plate.plate, shown: unproven}),
            `Plate ${plate.plate} is taken to stand where its mount reports it.`,
          )
        }
      >
        It stands at {plateOffsetText(unproven)}
      </Button>
    </>
  );
}

/** What a mount has reported stays until a person says that it is mended. */
function Mending({plate}: {readonly plate: MountedPlate}): ReactElement {
  const refusal = useRefusal('operate');
  const isRunLive = useIsRunLive();
  return (
    <>
      <ProblemBox level="attention" problem={{message: plate.problem}} />
      <Button
        isDisabled={refusal !== undefined || isRunLive}
        hint={refusal ?? 'Your word that what the mount has reported is mended'}
        onPress={() =>
          void attempt(
            () => client.mount.clearFaults({plate: plate.plate}),
            `The mount of plate ${plate.plate} reports nothing any more.`,
          )
        }
      >
        It is mended
      </Button>
    </>
  );
}
