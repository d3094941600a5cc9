import type {ReactElement} from 'react';
import type {DigitPlanes} from '../../../contract/api/index.ts';
import {Segments, Select} from '../../parts/index.ts';
import type {Against} from './campaign-labels.ts';
import styles from './CampaignPage.module.css';

/** Which simulation is shown: buttons where a tile has room for them, else a list. */
export function SimulationChoice(props: {
  readonly planes: DigitPlanes;
  readonly against: Against;
  readonly onAgainst: (against: Against) => void;
}): ReactElement {
  const {planes, against, onAgainst} = props;
  const shared = {label: 'Simulation', value: against, onChange: onAgainst};
  return (
    <>
      <span className={styles.wideChoice}>
        <Segments
          isCompact
          {...shared}
          options={[
            {value: 'nominal', label: 'designed'},
            {value: 'registered', label: 'registered', isDisabled: planes.registered === null},
            {value: 'aligned', label: 'aligned', isDisabled: planes.aligned === null},
          ]}
        />
      </span>
      <span className={styles.narrowChoice}>
        <Select
          isLabelHidden
          {...shared}
          options={[
            {value: 'nominal', label: 'designed'},
            ...(planes.registered === null ? [] : [{value: 'registered', label: 'registered'} as const]),
            ...(planes.aligned === null ? [] : [{value: 'aligned', label: 'aligned'} as const]),
          ]}
        />
      </span>
    </>
  );
}
