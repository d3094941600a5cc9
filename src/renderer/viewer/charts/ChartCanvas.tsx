import {
  BarController,
  Chart,
  LineController,
  ScatterController,
  type ChartConfiguration,
  type ChartData,
  type ChartOptions,
  type DefaultDataPoint,
  type Plugin,
} from 'chart.js';
import {useEffect, useRef, type ReactElement} from 'react';

Chart.register(BarController, LineController, ScatterController);

type ChartKind = 'bar' | 'line' | 'scatter';

/** Props of {@link ChartCanvas}. */
export interface ChartCanvasProps<Kind extends ChartKind, Data> {
  readonly kind: Kind;
  /** Text alternative. */
  readonly label: string;
  readonly data: ChartData<Kind, Data>;
  readonly options: ChartOptions<Kind>;
  /** Kept from the first drawing on. */
  readonly plugins?: Plugin<Kind>[];
}

/** A chart of chart.js, drawn anew when its data or options are others. It fills the element around it. */
export function ChartCanvas<Kind extends ChartKind, Data = DefaultDataPoint<Kind>>(
  props: ChartCanvasProps<Kind, Data>,
): ReactElement {
  const {kind, label, data, options, plugins} = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<Kind, Data> | null>(null);
  // What the chart begins with; later ones are given to it below.
  const first = useRef({data, options, plugins});
  useEffect(() => {
    if (canvas.current === null) return undefined;
    const {data: firstData, options: firstOptions, plugins: firstPlugins} = first.current;
    const configuration: ChartConfiguration<Kind, Data> = {
      type: kind,
      data: firstData,
      options: firstOptions,
      ...(firstPlugins && {plugins: firstPlugins}),
    };
    const made = new Chart(canvas.current, configuration);
    chart.current = made;
    return () => {
      chart.current = null;
      made.destroy();
    };
  }, [kind]);
  useEffect(() => {
    const drawn = chart.current;
    if (drawn === null) return;
    drawn.data = data;
    drawn.options = options;
    drawn.update();
  }, [data, options]);
  return <canvas ref={canvas} role="img" aria-label={label} />;
}
