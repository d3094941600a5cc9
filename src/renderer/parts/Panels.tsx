import type {CSSProperties, ReactElement, ReactNode} from 'react';
import {ProgressBar as AriaProgressBar} from 'react-aria-components';
import type {Light} from '../../contract/api/index.ts';
import type {Problem} from '../connection/index.ts';
import {Button} from './Button.tsx';
import styles from './Panels.module.css';

/** Name of a page, for those who do not see the navigation, which says where one is. */
export function PageHeading({children}: {readonly children: string}): ReactElement {
  return <h1 className={styles.unseen}>{children}</h1>;
}

/** A surface with a heading and, at its right, what one does with it. */
export function Panel(props: {
  readonly title: string;
  readonly tools?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
}): ReactElement {
  return (
    <section
      className={[styles.panel, props.className ?? ''].join(' ')}
      style={props.style}
      aria-label={props.title}
    >
      <header className={styles.panelHead}>
        <h2>{props.title}</h2>
        {props.tools !== undefined && <div className={styles.panelTools}>{props.tools}</div>}
      </header>
      <div className={styles.panelBody}>{props.children}</div>
    </section>
  );
}

const lightShapes: Readonly<Record<Light, {readonly colour: string; readonly shape: ReactElement}>> = {
  off: {colour: 'var(--text-2)', shape: <circle cx="8" cy="8" r="6" fill="none" strokeWidth="2" />},
  ready: {colour: 'var(--good)', shape: <circle cx="8" cy="8" r="6" />},
  busy: {colour: 'var(--accent)', shape: <path d="M3 2 L14 8 L3 14 Z" />},
  attention: {colour: 'var(--attention)', shape: <path d="M8 1 L15 8 L8 15 L1 8 Z" />},
  fault: {colour: 'var(--fault)', shape: <path d="M8 1 L15.5 14.5 L0.5 14.5 Z" />},
};

/** A state by shape, colour and word. */
export function StateLight(props: {
  readonly light: Light;
  readonly label: string;
  readonly name?: string;
  /** Instead of the light's own colour: the source that is on. */
  readonly colour?: string;
}): ReactElement {
  const {colour, shape} = lightShapes[props.light];
  const paint = props.colour ?? colour;
  return (
    <span className={styles.light}>
      <svg className={styles.shape} viewBox="0 0 16 16" fill={paint} stroke={paint} aria-hidden>
        {shape}
      </svg>
      {props.name !== undefined && <span>{props.name}</span>}
      <span>{props.label}</span>
    </span>
  );
}

/** A number of an instrument with its unit, in digits that keep their width. `value` is text already formatted. */
export function Readout(props: {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly isLarge?: boolean;
  /** Faded, because it is old; `age` says how old. */
  readonly isStale?: boolean;
  readonly age?: string;
}): ReactElement {
  const {label, value, unit, isLarge = false, isStale = false, age} = props;
  return (
    <span
      className={[styles.readout, isLarge ? styles.isLarge : '', isStale ? styles.isStale : ''].join(' ')}
    >
      <span className={styles.readoutLabel}>{label}</span>
      <span className={styles.readoutValue}>{value}</span>
      <span className={styles.readoutUnit}>{unit}</span>
      {isStale && age !== undefined && <span className={styles.readoutLabel}>{age}</span>}
    </span>
  );
}

/** An empty, loading or blocked place: what will be here and what starts it. */
export function EmptyState(props: {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
  /** Whether the title is the page's heading: nothing else stands on the page. */
  readonly isWholePage?: boolean;
}): ReactElement {
  const Title = props.isWholePage ? 'h1' : 'p';
  return (
    <div className={styles.state}>
      <Title className={styles.stateTitle}>{props.title}</Title>
      {props.text !== undefined && <p className={styles.stateText}>{props.text}</p>}
      {props.children}
    </div>
  );
}

/** Something is being fetched; said after a moment by the words alone, nothing spins. */
export function Loading({what}: {readonly what: string}): ReactElement {
  return (
    <div className={styles.state} role="status">
      <p className={styles.stateText}>Loading {what} ...</p>
    </div>
  );
}

/** What went wrong, with what to do next. */
export function ProblemBox(props: {
  readonly problem: Pick<Problem, 'message'>;
  readonly level?: 'error' | 'attention' | 'info';
  readonly action?: {readonly label: string; readonly onPress: () => void};
}): ReactElement {
  const variant = {error: '', attention: styles.attention, info: styles.info}[props.level ?? 'error'];
  return (
    <div className={[styles.problem, variant].join(' ')} role={props.level === 'info' ? 'status' : 'alert'}>
      <span className={styles.problemText}>{props.problem.message}</span>
      {props.action && (
        <Button isCompact onPress={props.action.onPress}>
          {props.action.label}
        </Button>
      )}
    </div>
  );
}

/** How far something is. `value` in 0..1; null while it cannot be said. */
export function ProgressLine(props: {readonly label: string; readonly value: number | null}): ReactElement {
  return (
    <AriaProgressBar
      aria-label={props.label}
      value={(props.value ?? 0) * 100}
      isIndeterminate={props.value === null}
    >
      <div className={styles.bar}>
        <div className={styles.barFill} style={{width: `${(props.value ?? 0) * 100}%`}} />
      </div>
    </AriaProgressBar>
  );
}

export function Tag({children}: {readonly children: ReactNode}): ReactElement {
  return <span className={styles.tag}>{children}</span>;
}
