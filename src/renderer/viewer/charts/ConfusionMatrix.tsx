import styles from './ConfusionMatrix.module.css';

/** Props of {@link ConfusionMatrix}. */
export interface ConfusionMatrixProps {
  /** Caption above the table, e.g. `Measured`. */
  readonly caption: string;
  /** Names of the classes; their numbers from 0 unless given. */
  readonly classLabels?: readonly string[];
  /** counts[true label][verdict]: how often; all rows as long as there are classes. */
  readonly counts: readonly (readonly number[])[];
  /** How often each true label stayed undecided; none unless given. */
  readonly undecided?: readonly number[];
  readonly tone: 'measured' | 'simulated';
}

/** A real table: row = true label, column = verdict, undecided last; shading shows what the counts say. */
export function ConfusionMatrix({
  caption,
  counts,
  classLabels = counts.map((_, place) => String(place)),
  undecided,
  tone,
}: ConfusionMatrixProps) {
  const most = Math.max(1, ...counts.flat(), ...(undecided ?? []));
  const shade = (count: number) =>
    count === 0
      ? undefined
      : {background: `color-mix(in srgb, var(--${tone}) ${12 + (43 * count) / most}%, var(--surface-1))`};
  return (
    <table className={styles.matrix}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col" className={styles.corner}>
            true \ verdict
          </th>
          {classLabels.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
          <th scope="col" aria-label="undecided" title="undecided">
            ?
          </th>
        </tr>
      </thead>
      <tbody>
        {classLabels.map((name, row) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {classLabels.map((verdict, column) => {
              const count = counts[row]?.[column] ?? 0;
              return (
                <td
                  key={verdict}
                  className={row === column ? styles.correct : undefined}
                  style={shade(count)}
                >
                  {count === 0 ? <span className={styles.zero}>0</span> : count}
                </td>
              );
            })}
            <td className={styles.undecided} style={shade(undecided?.[row] ?? 0)}>
              {undecided?.[row] ? undecided[row] : <span className={styles.zero}>0</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
