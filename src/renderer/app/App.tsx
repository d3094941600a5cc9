import {type ReactElement, useEffect} from 'react';
import {Router} from 'wouter';
import {BenchDialog} from './NoBenchView.tsx';
import {DamagedDatabase} from './DamagedDatabase.tsx';
import {CommandPalette} from './CommandPalette.tsx';
import {Frame} from './Frame.tsx';
import {hashHref, useHashPath, useHashSearch} from './hash-location.ts';
import {KeyboardDialog} from './KeyboardDialog.tsx';
import {Notices} from './Notices.tsx';
import {pages} from './pages.ts';
import {PromptDialog} from './PromptDialog.tsx';
import {ShellCommands} from './ShellCommands.tsx';
import {Shortcuts} from './Shortcuts.tsx';
import {StopButton} from './StopButton.tsx';

/** The window: a frame that stays, STOP above everything, and one page in it. */
export function App(): ReactElement {
  useEffect(() => {
    // All pages are fetched once the first stands, so that a lost host never keeps one from opening.
    const timer = setTimeout(() => pages.forEach(({load}) => void load().catch(() => undefined)), 1000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Router hook={useHashPath} searchHook={useHashSearch} hrefs={hashHref}>
      <Frame />
      <StopButton />
      <Notices />
      <PromptDialog />
      <BenchDialog />
      <DamagedDatabase />
      <CommandPalette />
      <KeyboardDialog />
      <Shortcuts />
      <ShellCommands />
    </Router>
  );
}
