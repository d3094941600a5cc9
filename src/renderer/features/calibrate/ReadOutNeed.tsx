import type {ReactElement} from 'react';
import {percentText} from '../../../base/number-format.ts';
import type {AsBuiltEntry, Computation} from '../../../contract/api/index.ts';
import type {ReadOutCurveData} from '../../../contract/read-out-calibration.ts';
import {client} from '../../connection/index.ts';
import {StartComputation} from '../../parts/index.ts';
import {useStudy} from '../../run-data/index.ts';
import styles from './CalibratePage.module.css';

/** How many digits have to be measured for a read-out, and what that is foretold to gain on this bench. */
export function ReadOutNeed(props: {
  readonly chosen: AsBuiltEntry | null;
  readonly computations: readonly Computation[];
}): ReactElement {
  const {chosen, computations} = props;
  const {result} = useStudy('read-out-curve');
  const curve = result?.kind === 'read-out-curve' ? result.curve : null;
  return (
    <>
      <p>
        How many digits have to be measured is foretold by simulated ones behind the network as built; nothing
        is measured.
      </p>
      <StartComputation
        kind="read-out-curve"
        computations={computations}
        missing={chosen ? undefined : 'Record first how the network was built.'}
        acts={[
          {
            label: 'Foretell how many digits are needed',
            hint: 'A minute or two of computing',
            start: () => client.calibrate.readOutCurve({of: {kind: 'built', asBuiltUid: chosen?.uid ?? ''}}),
          },
        ]}
      />
      {curve && curve.asBuiltUid === chosen?.uid && <Need curve={curve} />}
    </>
  );
}

function Need({curve}: {readonly curve: ReadOutCurveData}): ReactElement {
  const {designName, text, before, points, neededCount} = curve;
  const needed = points.find(({count}) => count === neededCount);
  const percent = (ratio: number | null): string => percentText(ratio ?? 0);
  return (
    <>
      <p role="status">
        {needed
          ? `${needed.count} digits have to be measured: foretold are ${percent(needed.after.ratio)} right after ${percent(before.ratio)} as it is.`
          : `No number of digits up to ${points.at(-1)?.count ?? 0} is foretold to gain anything; ${percent(before.ratio)} are right as it is.`}
      </p>
      <table className={styles.numbers}>
        <caption>{`Foretold for ${designName}: ${text}`}</caption>
        <thead>
          <tr>
            <th scope="col">learnt from</th>
            <th scope="col">right</th>
            <th scope="col">95 % interval</th>
          </tr>
        </thead>
        <tbody>
          {[{count: 0, after: before}, ...points].map(({count, after}) => (
            <tr key={count}>
              <th scope="row">{count}</th>
              <td>{percent(after.ratio)}</td>
              <td>{`${percent(after.low)} to ${percent(after.high)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
