import type {ShellCommand} from '../contract/host-process.ts';
import type {MenuEntry} from './shell-parts.ts';

export interface MenuActions {
  readonly newWindow: () => void;
  readonly stop: () => void;
  readonly quit: () => void;
  readonly reload: () => void;
  readonly send: (command: ShellCommand) => void;
  readonly openLog: () => void;
}

/** Works with the window unfocused. Never bare Esc: that belongs to whatever program has the keyboard. */
export const stopAccelerator = 'CommandOrControl+Shift+F12';

const separator: MenuEntry = {type: 'separator'};

/** Where the menu is shown. `hasGlobalStop`: whether the system gave us the key for STOP. */
interface MenuSetting {
  readonly platform: NodeJS.Platform;
  readonly isPackaged: boolean;
  readonly hasGlobalStop: boolean;
}

/** The menu. Its accelerators keep clear of the page's own keys: Esc (STOP), Ctrl+K (palette), `?`, arrows, digits. */
export function menuEntries(
  actions: MenuActions,
  {platform, isPackaged, hasGlobalStop}: MenuSetting,
): MenuEntry[] {
  const isMac = platform === 'darwin';
  const quit: MenuEntry = {
    label: isMac ? 'Quit d2nn-bench' : 'Quit',
    accelerator: 'CommandOrControl+Q',
    click: actions.quit,
  };
  const about: MenuEntry = {label: 'About d2nn-bench', click: () => actions.send('show-about')};
  return [
    ...(isMac ? [macMenu(about, quit)] : []),
    {
      label: '&File',
      submenu: [
        {label: 'New window', accelerator: 'CommandOrControl+N', click: actions.newWindow},
        {label: 'Ports and instruments ...', click: () => actions.send('show-ports')},
        separator,
        stopEntry(actions, hasGlobalStop),
        separator,
        {role: 'close'},
        ...(isMac ? [] : [quit]),
      ],
    },
    editMenu,
    {
      label: '&View',
      submenu: [
        {role: 'resetZoom'},
        {role: 'zoomIn'},
        {role: 'zoomOut'},
        separator,
        {role: 'togglefullscreen'},
        {label: 'Load the window again', click: actions.reload},
        ...(isPackaged ? [] : [{role: 'toggleDevTools'} as const]),
      ],
    },
    {
      label: '&Window',
      submenu: [{role: 'minimize'}, ...(isMac ? [separator, {role: 'front'} as const] : [])],
    },
    {
      label: '&Help',
      submenu: [
        {label: 'Keyboard map', click: () => actions.send('show-keyboard-map')},
        {label: "Show the shell's log", click: actions.openLog},
        ...(isMac ? [] : [separator, about]),
      ],
    },
  ];
}

const editMenu: MenuEntry = {
  label: '&Edit',
  submenu: [
    {role: 'undo'},
    {role: 'redo'},
    separator,
    {role: 'cut'},
    {role: 'copy'},
    {role: 'paste'},
    {role: 'selectAll'},
  ],
};

/** The menu of the program itself, which macOS has in front. */
const macMenu = (about: MenuEntry, quit: MenuEntry): MenuEntry => ({
  label: 'd2nn-bench',
  submenu: [
    about,
    separator,
    {role: 'services'},
    separator,
    {role: 'hide'},
    {role: 'hideOthers'},
    {role: 'unhide'},
    separator,
    quit,
  ],
});

const stopEntry = (actions: MenuActions, hasGlobalStop: boolean): MenuEntry => ({
  label: 'STOP everything',
  // The key is taken globally; here it is only shown.
  ...(hasGlobalStop ? {accelerator: stopAccelerator, registerAccelerator: false} : {}),
  click: actions.stop,
});
