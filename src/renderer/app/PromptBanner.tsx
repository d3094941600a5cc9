import type {ReactElement} from 'react';
import {Button} from '../parts/index.ts';
import banner from './ConnectionBanner.module.css';
import {usePrompt} from './prompt.ts';

/** What the run waits for while its dialog is set aside. */
export function PromptBanner(): ReactElement | null {
  const {prompt, isSetAside, setAside} = usePrompt();
  if (!prompt || !isSetAside) return null;
  return (
    <div className={banner.banner} role="status">
      <strong>The run waits for you</strong>
      <span>{prompt.text}</span>
      <Button isCompact onPress={() => setAside(false)}>
        Show what to do
      </Button>
    </div>
  );
}
