import type {ReactElement, ReactNode} from 'react';
import {
  Button as AriaButton,
  Tooltip,
  TooltipTrigger,
  type ButtonProps as AriaButtonProps,
  type PressEvent,
} from 'react-aria-components';
import styles from './Controls.module.css';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'onPress'> {
  readonly children: ReactNode;
  /** danger stops or gives up something; its label is a verb. */
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly isCompact?: boolean;
  /** What it does and its shortcut; the reason while it is disabled. */
  readonly hint?: string | undefined;
  readonly onPress?: ((event: PressEvent) => void) | undefined;
}

const looks = {plain: '', primary: styles.primary, danger: styles.danger, quiet: styles.quiet};

/** A button with a verb. */
export function Button({
  look = 'plain',
  isCompact = false,
  hint,
  onPress,
  ...props
}: ButtonProps): ReactElement {
  const button = (
    <AriaButton
      {...props}
      {...(onPress ? {onPress} : {})}
      className={[styles.button, looks[look], isCompact ? styles.compact : ''].join(' ')}
    />
  );
  if (hint === undefined) return button;
  // A button that cannot be pressed is neither hovered nor focused, so its reason hangs on what is around it.
  if (props.isDisabled)
    return (
      <span className={styles.reason} title={hint}>
        {button}
      </span>
    );
  return <Hint text={hint}>{button}</Hint>;
}

/** A tooltip around something that can be focused. */
export function Hint({
  text,
  children,
}: {
  readonly text: string;
  readonly children: ReactElement;
}): ReactElement {
  return (
    <TooltipTrigger delay={500}>
      {children}
      <Tooltip className={styles.tooltip ?? ''} offset={6}>
        {text}
      </Tooltip>
    </TooltipTrigger>
  );
}
