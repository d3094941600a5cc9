import {type ReactElement, useMemo} from 'react';
import {Loading, Segments} from '../../parts/index.ts';
import {useChoice} from '../../settings/settings.ts';
import {StripChart, type StripChartProps} from '../../viewer/index.ts';
import {ToggleButton, ToggleButtonGroup} from 'react-aria-components';
import styles from './ReadingsChart.module.css';
import {type ReadingColumn, useReadings} from './use-readings.ts';

type Series = StripChartProps['series'][number];

const spans = [
  {value: '10', label: '10 s'},
  {value: '60', label: '1 min'},
  {value: '600', label: '10 min'},
] as const;
const tones: readonly Series['tone'][] = ['measured', 'simulated', 'attention', 'good'];

/** Chosen live readings over time. */
export function ReadingsChart(): ReactElement {
  const readings = useReadings();
  const [kept, setKept] = useChoice<string>('bench.readings', '');
  const [span, setSpan] = useChoice<string>('bench.readingsSpanS', '60');
  const columns = readings?.columns;
  const chosen = useMemo(() => chosenOf(columns ?? [], kept), [columns, kept]);
  const series = useMemo(() => seriesFrom(columns ?? [], chosen), [columns, chosen]);
  if (!readings) return <Loading what="the readings" />;
  return (
    <div className={styles.chart}>
      <div className={styles.tools}>
        <ToggleButtonGroup
          aria-label="Readings to draw"
          className={styles.columns ?? ''}
          selectionMode="multiple"
          selectedKeys={chosen}
          onSelectionChange={(keys) => setKept([...keys].join(' '))}
        >
          {readings.columns.map(({name, label, unit}) => (
            <ToggleButton key={name} id={name} className={styles.column ?? ''}>
              {label} <span className={styles.unit}>{unit}</span>
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <Segments
          isCompact
          label="Length of the time axis"
          value={spans.find(({value}) => value === span)?.value ?? '60'}
          onChange={setSpan}
          options={spans}
        />
      </div>
      <div className={styles.plot}>
        <StripChart label="Live readings" ring={readings.ring} series={series} spanS={Number(span)} />
      </div>
    </div>
  );
}

/** Names of the columns to draw: what was chosen, or the first where this bench has none of it. */
function chosenOf(columns: readonly ReadingColumn[], kept: string): readonly string[] {
  const known = kept.split(' ').filter((name) => columns.some((column) => column.name === name));
  return known.length > 0 ? known : columns.slice(0, 1).map(({name}) => name);
}

function seriesFrom(columns: readonly ReadingColumn[], chosen: readonly string[]): readonly Series[] {
  return columns.flatMap(({name, label, unit}, channel): readonly Series[] => {
    const place = chosen.indexOf(name);
    if (place < 0) return [];
    return [
      {
        label,
        unit,
        channel,
        tone: tones[place % tones.length] ?? 'measured',
        isDashed: place >= tones.length,
      },
    ];
  });
}
