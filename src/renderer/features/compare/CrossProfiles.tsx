import {useMemo, useState, type ReactElement} from 'react';
import type {Comparison, CompareSide} from '../../../contract/api/index.ts';
import {Panel, Segments} from '../../parts/index.ts';
import {formatReading, LineChart, type LineSeries, type PointMm} from '../../viewer/index.ts';
import styles from './ComparePage.module.css';
import {sideKindText} from './comparison-labels.ts';
import {profileAt, type CommonMeans} from './relative-planes.ts';

/** Both planes along the row or the column of the cursor; through the middle while there is none. */
export function CrossProfiles(props: {
  readonly comparison: Comparison;
  readonly means: CommonMeans;
  readonly cursorMm: PointMm | null;
  readonly kinds: {readonly a: CompareSide; readonly b: CompareSide};
}): ReactElement {
  const {comparison, means, cursorMm, kinds} = props;
  const {a, b} = comparison;
  const [along, setAlong] = useState<'x' | 'y'>('x');
  const at = useMemo(
    () => cursorMm ?? {xMm: (a.xMm[0] + a.xMm[1]) / 2, yMm: (a.yMm[0] + a.yMm[1]) / 2},
    [cursorMm, a],
  );
  const series = useMemo(() => {
    const line = (plane: typeof a, divisor: number, label: string, isB: boolean): LineSeries[] => {
      const profile = profileAt(plane, along, at, divisor);
      return profile
        ? [
            {
              label,
              x: profile.placeMm,
              y: profile.values,
              tone: isB ? 'simulated' : 'measured',
              isDashed: isB,
            },
          ]
        : [];
    };
    return [
      ...line(a, means.a, `A, ${sideKindText(kinds.a)}`, false),
      ...line(b, means.b, `B, ${sideKindText(kinds.b)}`, true),
    ];
  }, [a, b, along, at, means, kinds.a, kinds.b]);
  const place =
    along === 'x' ? `y ${formatReading(at.yMm, 'mm').text}` : `x ${formatReading(at.xMm, 'mm').text}`;
  const axes = useMemo(() => ({x: {label: along, unit: 'mm'}, y: {label: 'value', unit: '× mean'}}), [along]);
  return (
    <Panel
      title={`Profile at ${place}`}
      tools={
        <Segments
          label="Direction of the profile"
          value={along}
          onChange={setAlong}
          options={[
            {value: 'x', label: 'along x'},
            {value: 'y', label: 'along y'},
          ]}
        />
      }
    >
      <div className={styles.chart}>
        <LineChart label={`Profile of A and B at ${place}`} series={series} xAxis={axes.x} yAxis={axes.y} />
      </div>
    </Panel>
  );
}
