import {type ReactElement, useState} from 'react';
import {
  Autocomplete,
  Dialog as AriaDialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from 'react-aria-components';
import {useLocation} from 'wouter';
import {type Action, shortcutText, useActions, useAllActions} from '../actions/actions.ts';
import {followAct} from '../actions/page-acts.ts';
import controls from '../parts/Controls.module.css';
import panels from '../parts/Panels.module.css';
import styles from './CommandPalette.module.css';
import {pages} from './pages.ts';
import {usePanels} from './panels.ts';

/** Every action by its name. */
export function CommandPalette(): ReactElement {
  const {openPanel, setOpenPanel} = usePanels();
  const isOpen = openPanel === 'palette';
  useActions([
    {
      id: 'app.palette',
      title: 'Find a command',
      group: 'Window',
      shortcut: 'mod+k',
      run: () => setOpenPanel(isOpen ? null : 'palette'),
    },
  ]);
  return (
    <ModalOverlay
      className={[panels.overlay, styles.overlay].join(' ')}
      isOpen={isOpen}
      onOpenChange={(open) => setOpenPanel(open ? 'palette' : null)}
      isDismissable
      isKeyboardDismissDisabled
    >
      <Modal className={[panels.modal, styles.modal].join(' ')}>
        <AriaDialog className={styles.dialog ?? ''} aria-label="Commands">
          <Commands
            onChoose={(command) => {
              setOpenPanel(null);
              command.run();
            }}
          />
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** An action that is offered now, or what another page would offer. */
interface Command extends Omit<Action, 'shortcut'> {
  /** At the right: its shortcut, or where it leads. */
  readonly note: string;
}

function useCommands(): readonly Command[] {
  const [, navigate] = useLocation();
  const offered = useAllActions().filter(({id}) => id !== 'app.palette');
  const elsewhere = pages.flatMap((page) =>
    page.acts
      .filter(({id}) => !offered.some((action) => action.id === id))
      .map((act) => ({
        id: act.id,
        title: act.title,
        group: page.name,
        note: `on ${page.name}`,
        run: () => {
          navigate(`/${page.id}`);
          followAct(act);
        },
      })),
  );
  return [
    ...offered.map(({shortcut, ...action}) => ({
      ...action,
      note: shortcut === undefined ? '' : shortcutText(shortcut),
    })),
    ...elsewhere,
  ];
}

function Commands({onChoose}: {readonly onChoose: (command: Command) => void}): ReactElement {
  const actions = useCommands();
  const {contains} = useFilter({sensitivity: 'base'});
  const [text, setText] = useState('');
  const groups = orderedGroups(actions);
  // Words in any order: `theme dark` finds `Dark theme`.
  const matches = (title: string, typed: string): boolean =>
    typed
      .split(/\s+/)
      .filter((word) => word !== '')
      .every((word) => contains(title, word));
  return (
    <Autocomplete filter={matches} inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Find a command" autoFocus className={styles.search ?? ''}>
        <Input className={styles.input ?? ''} placeholder="What do you want to do?" />
        <span className={styles.note}>{shortcutText('mod+k')} closes</span>
      </SearchField>
      {/* Can be scrolled by keys on its own; the menu itself keeps the focus in the field. */}
      <div className={styles.list} tabIndex={0} role="group" aria-label="Commands found">
        <Menu
          aria-label="Commands"
          className={styles.menu ?? ''}
          onAction={(key) => {
            const action = actions.find(({id}) => id === key);
            if (action) onChoose(action);
          }}
          renderEmptyState={() => <p className={styles.empty}>There is no command of this name.</p>}
        >
          {groups.map((group) => (
            <MenuSection key={group} id={`group ${group}`}>
              <Header className={controls.heading ?? ''}>{group}</Header>
              {actions
                .filter((action) => action.group === group)
                .map((action) => (
                  <CommandItem key={action.id} command={action} />
                ))}
            </MenuSection>
          ))}
        </Menu>
      </div>
    </Autocomplete>
  );
}

/** What the page and the run offer comes first, what is always there last. */
const lateGroups = ['Go to', 'Session', 'Window', 'Look'];

function orderedGroups(actions: readonly Command[]): readonly string[] {
  const groups = [...new Set(actions.map(({group}) => group))];
  const early = groups.filter((group) => !lateGroups.includes(group));
  return [...early, ...lateGroups.filter((group) => groups.includes(group))];
}

function CommandItem({command}: {readonly command: Command}): ReactElement {
  const {id, title, group, note, disabledBecause} = command;
  return (
    <MenuItem
      id={id}
      textValue={`${group} ${title}`}
      isDisabled={disabledBecause !== undefined}
      className={controls.item ?? ''}
    >
      <span className={styles.title}>
        {title}
        {disabledBecause !== undefined && <span className={styles.reason}>{disabledBecause}</span>}
      </span>
      {note !== '' && <span className={controls.shortcut}>{note}</span>}
    </MenuItem>
  );
}
