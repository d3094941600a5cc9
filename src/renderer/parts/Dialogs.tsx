import {type CSSProperties, type ReactElement, type ReactNode, useState} from 'react';
import {
  Dialog as AriaDialog,
  Heading,
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Modal,
  ModalOverlay,
  Popover,
  Tab,
  TabList,
  TabPanel,
  Tabs as AriaTabs,
} from 'react-aria-components';
import {Button, type ButtonProps} from './Button.tsx';
import {ClosedByTab} from './ClosedByTab.tsx';
import controls from './Controls.module.css';
import styles from './Panels.module.css';

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Verbs, the safe one first. A Close button stands at the top anyway. */
  readonly buttons?: ReactNode;
  readonly widthRem?: number;
  /** sheet: at the right edge, full height. */
  readonly place?: 'centre' | 'sheet';
  /** Needs an answer: no Close button, and a click beside it does nothing. */
  readonly mustAnswer?: boolean;
}

/** A dialog over the page. Escape does not close it: Escape is STOP. */
export function Dialog(props: DialogProps): ReactElement {
  const {title, isOpen, onClose, children, buttons, widthRem = 40, place = 'centre', mustAnswer} = props;
  // React's type of style objects has no custom properties.
  const width = {'--dialog-width': `${widthRem}rem`} as CSSProperties;
  return (
    <ModalOverlay
      className={(place === 'sheet' ? styles.sheetOverlay : styles.overlay) ?? ''}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={!mustAnswer}
      isKeyboardDismissDisabled
    >
      <Modal className={styles.modal ?? ''} style={width}>
        <AriaDialog className={styles.dialog ?? ''}>
          <div className={styles.dialogHead}>
            <Heading slot="title">{title}</Heading>
            {!mustAnswer && (
              <Button variant="quiet" isCompact onPress={onClose}>
                Close
              </Button>
            )}
          </div>
          {children}
          {buttons !== undefined && <div className={styles.dialogButtons}>{buttons}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface MenuEntry {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  readonly isDisabled?: boolean;
  readonly onChoose: () => void;
}

/** A button that opens a menu. */
export function MenuButton(
  props: Omit<ButtonProps, 'onPress'> & {readonly entries: readonly MenuEntry[]; readonly menuLabel: string},
): ReactElement {
  const {entries, menuLabel, ...button} = props;
  const [isOpen, setOpen] = useState(false);
  // A trigger would open by its own means what the button refuses.
  if (button.isDisabled) return <Button {...button} />;
  return (
    <MenuTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button {...button} />
      <Popover className={controls.popover ?? ''}>
        <ClosedByTab onClose={() => setOpen(false)}>
          <AriaMenu
            className={controls.list ?? ''}
            aria-label={menuLabel}
            onAction={(key) => entries.find(({id}) => id === key)?.onChoose()}
          >
            {entries.map((entry) => (
              <MenuItem
                key={entry.id}
                id={entry.id}
                textValue={entry.label}
                isDisabled={entry.isDisabled ?? false}
                className={controls.item ?? ''}
              >
                <span>{entry.label}</span>
                {entry.note !== undefined && <span className={controls.shortcut}>{entry.note}</span>}
              </MenuItem>
            ))}
          </AriaMenu>
        </ClosedByTab>
      </Popover>
    </MenuTrigger>
  );
}

export interface TabEntry {
  readonly id: string;
  readonly label: string;
  readonly content: ReactNode;
}

export function Tabs(props: {
  readonly label: string;
  readonly tabs: readonly TabEntry[];
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}): ReactElement {
  return (
    <AriaTabs
      className={styles.tabs ?? ''}
      selectedKey={props.selected}
      onSelectionChange={(key) => props.onSelect(String(key))}
    >
      <TabList aria-label={props.label} className={styles.tabList ?? ''}>
        {props.tabs.map(({id, label}) => (
          <Tab key={id} id={id} className={styles.tab ?? ''}>
            {label}
          </Tab>
        ))}
      </TabList>
      {props.tabs.map(({id, content}) => (
        <TabPanel key={id} id={id} className={styles.tabPanel ?? ''}>
          {content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
