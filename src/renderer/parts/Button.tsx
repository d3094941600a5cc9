import {useContext, type ReactElement, type ReactNode} from 'react';
import {
  Button as AriaButton,
  Tooltip,
  TooltipTrigger,
  TooltipTriggerStateContext,
  type ButtonProps as AriaButtonProps,
  type PressEvent,
} from 'react-aria-components';
import styles from './Controls.module.css';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'onPress'> {
  readonly children: ReactNode;
  /** danger stops or gives up something; its label is a verb. */
  readonly variant?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly isCompact?: boolean;
  /** What it does and its shortcut; the reason while it is disabled. */
  readonly hint?: string | undefined;
  readonly onPress?: ((event: PressEvent) => void) | undefined;
}

const variants = {plain: '', primary: styles.primary, danger: styles.danger, quiet: styles.quiet};

/**
 * A button with a verb. One that cannot be pressed now but has a reason for it stays within reach of the keyboard, so
 * that its reason is found there too.
 */
export function Button({
  variant = 'plain',
  isCompact = false,
  hint,
  onPress,
  isDisabled = false,
  autoFocus = false,
  type = 'button',
  ...props
}: ButtonProps): ReactElement {
  const isExplained = isDisabled && hint !== undefined;
  const acts = isExplained ? {'aria-disabled': true} : {type, isDisabled, autoFocus};
  return (
    // Always the same elements, so that a button that can be pressed again keeps the focus.
    <Hint text={hint}>
      <AriaButton
        {...props}
        {...acts}
        {...(onPress && !isExplained ? {onPress} : {})}
        className={[
          styles.button,
          variants[variant],
          isCompact ? styles.compact : '',
          isExplained ? styles.isOff : '',
        ].join(' ')}
      />
    </Hint>
  );
}

/** A tooltip around something that can be focused; nothing without a text. */
export function Hint({
  text,
  children,
}: {
  readonly text: string | undefined;
  readonly children: ReactElement;
}): ReactElement {
  return (
    <TooltipTrigger delay={500} isDisabled={text === undefined || text === ''}>
      {children}
      <OpenHint text={text} />
    </TooltipTrigger>
  );
}

/**
 * The text while it is on show, and nothing else. A tooltip of the library knows a state of leaving, for animations that
 * this window has none of; one whose place another hint took at once never comes out of it, and would be on show again,
 * for good, when its button loses the focus.
 */
function OpenHint({text}: {readonly text: string | undefined}): ReactElement | null {
  const state = useContext(TooltipTriggerStateContext);
  if (!state?.isOpen) return null;
  return (
    <Tooltip className={styles.tooltip ?? ''} offset={6}>
      {text}
    </Tooltip>
  );
}
