import {fixedText} from '../../../base/number-format.ts';
import {useQuery} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {AlignmentSensitivity} from '../../../contract/alignment.ts';
import {useActions} from '../../actions/actions.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, countOf, Dialog, Loading, ProblemBox, Segments} from '../../parts/index.ts';
import {parameterText, plainSentence} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {
  keptText,
  lengthText,
  sensitivityGroups,
  toleranceText,
  type Kept,
  type SensitivityGroup,
} from './sensitivity-groups.ts';

/** A row that keeps less than this at an error is marked there. */
const keptEnough = 0.95;

/** A button that opens what each degree of freedom does to a design, before anything is measured. */
export function SensitivitySheet(props: {
  readonly designHash: string;
  readonly designName: string;
}): ReactElement {
  const {designHash, designName} = props;
  const [isOpen, setIsOpen] = useState(false);
  useActions([
    {
      id: 'align.sensitivity',
      title: 'Show the tolerances of the design',
      group: 'Align',
      shortcut: 'shift+t',
      run: () => setIsOpen(true),
    },
  ]);
  return (
    <>
      <Button
        hint="What each degree of freedom does to the verdicts (Shift+T)"
        onPress={() => setIsOpen(true)}
      >
        Tolerances of the design
      </Button>
      <Dialog
        title={`Tolerances of ${designName}`}
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        place="sheet"
        widthRem={64}
      >
        {isOpen && <Sensitivity designHash={designHash} />}
      </Dialog>
    </>
  );
}

function Sensitivity({designHash}: {readonly designHash: string}): ReactElement {
  const found = useQuery({
    ...queries.align.sensitivity.queryOptions({input: {designHash}}),
    staleTime: Infinity,
    retry: false,
  });
  if (found.error)
    return (
      <ProblemBox
        problem={problemFrom(found.error)}
        action={{label: 'Try again', onPress: () => void found.refetch()}}
      />
    );
  if (!found.data)
    return <Loading what="the tolerances; the first time they are computed, which takes half a minute" />;
  return <SensitivityTables sensitivity={found.data.sensitivity} />;
}

function SensitivityTables({sensitivity}: {readonly sensitivity: AlignmentSensitivity}): ReactElement {
  const {rows, objectCount, accuracyAsDesigned, wavelengthMm} = sensitivity;
  const [kept, setKept] = useState<Kept>('match');
  return (
    <div className={styles.sensitivity}>
      <p>
        One error at a time, {countOf(objectCount, 'digit')} of the test set; as designed{' '}
        {fixedText(accuracyAsDesigned * 100, 0)} % of them are classified correctly. The wavelength λ is{' '}
        {fixedText(wavelengthMm, 3)} mm. The tolerance is the largest error that leaves 95 % of the verdicts.
      </p>
      <Segments<Kept>
        label="What is kept"
        value={kept}
        onChange={setKept}
        options={[
          {value: 'match', label: 'verdicts kept'},
          {value: 'accuracy', label: 'classified correctly'},
          {value: 'correlation', label: 'correlation'},
        ]}
      />
      {sensitivityGroups(rows).map((group) => (
        <GroupTable key={`${group.title} ${group.sizes.join()}`} {...{group, kept, wavelengthMm}} />
      ))}
    </div>
  );
}

function GroupTable(props: {
  readonly group: SensitivityGroup;
  readonly kept: Kept;
  readonly wavelengthMm: number;
}): ReactElement {
  const {group, kept, wavelengthMm} = props;
  return (
    <div className={styles.wideTable} tabIndex={0} role="group" aria-label={group.title}>
      <table className={styles.table}>
        <caption className={styles.tableTitle}>{group.title}</caption>
        <thead>
          <tr>
            <th scope="col">what</th>
            <th scope="col" className={styles.number}>
              tolerance
            </th>
            {group.sizes.map((size) => (
              <th key={size} scope="col" className={styles.number}>
                {lengthText(size, group, wavelengthMm)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {group.rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{plainSentence(parameterText(row.name))}</th>
              <td className={[styles.number, styles.strong].join(' ')}>{toleranceText(row, wavelengthMm)}</td>
              {row.points.map((point) => (
                <td
                  key={point.size}
                  className={[styles.number, point[kept] < keptEnough ? styles.isLost : ''].join(' ')}
                >
                  {keptText(point[kept], kept)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
