import type {ReactElement} from 'react';
import type {AlignDetail, AlignSummary} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {countOf, Panel} from '../../parts/index.ts';
import {useWidthRem} from '../../parts/use-width.ts';
import {AgreementTable, PlaneTable} from './Agreement.tsx';
import styles from './AlignPage.module.css';
import {ConvergenceChart} from './ConvergenceChart.tsx';
import {Corrections} from './Corrections.tsx';
import {Findings} from './Findings.tsx';
import {History} from './History.tsx';
import {NextProbe} from './NextProbe.tsx';
import {ParameterTable} from './ParameterTable.tsx';
import {Placements} from './Placements.tsx';
import {ProbeMaps} from './ProbeMaps.tsx';
import {SensitivitySheet} from './SensitivitySheet.tsx';
import {VerdictPanel} from './VerdictPanel.tsx';

/** What an alignment found: verdict, where everything stands, the planes, the numbers, what to do. */
export function ResultView(props: {
  readonly detail: AlignDetail;
  /** As it stands now. */
  readonly summary: AlignSummary;
  /** All alignments of the session. */
  readonly others: readonly AlignSummary[];
  readonly onPrepare: () => void;
  readonly onOpen: (uid: string) => void;
}): ReactElement {
  const {detail, summary, others, onPrepare, onOpen} = props;
  const {result, convergence} = detail;
  const [ref, widthRem] = useWidthRem();
  useActions([{id: 'align.new', title: 'Prepare another alignment', group: 'Align', run: onPrepare}]);
  const room =
    widthRem === null
      ? ''
      : widthRem >= 130
        ? styles.isHuge
        : widthRem >= 76
          ? styles.isWide
          : widthRem >= 46
            ? styles.isMiddle
            : '';
  return (
    <div ref={ref} className={[styles.result, room].join(' ')}>
      <VerdictPanel detail={detail} summary={summary} others={others} onPrepare={onPrepare} />
      <div className={styles.doing}>
        <Corrections
          uid={summary.uid}
          tools={<SensitivitySheet designHash={summary.designHash} designName={summary.designName} />}
        />
        <Panel title="Before and after">
          <AgreementTable result={result} />
        </Panel>
      </div>
      <Placements detail={detail} />
      <ProbeMaps detail={detail} />
      <div className={styles.numbers}>
        <ParameterTable result={result} sessionUid={summary.sessionUid} />
        <div className={styles.column}>
          <NextProbe uid={summary.uid} />
          <Findings result={result} />
          <Panel title="Convergence">
            {convergence.length > 0 ? (
              <div className={styles.chart}>
                <ConvergenceChart points={convergence} />
              </div>
            ) : (
              <p className={styles.quiet}>This alignment was made before the curve was kept.</p>
            )}
          </Panel>
          <Panel title={countOf(result.planes.length, 'plane')}>
            <PlaneTable detail={detail} />
          </Panel>
          <History sessionUid={summary.sessionUid} shownUid={summary.uid} onOpen={onOpen} />
        </div>
      </div>
    </div>
  );
}
