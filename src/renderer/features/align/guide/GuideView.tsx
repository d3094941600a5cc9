import type {ReactElement} from 'react';
import {GuideSession} from './GuideSession.tsx';
import {GuideStart} from './GuideStart.tsx';

/** The guided alignment: begin one or go on with one, then step by step. */
export function GuideView(props: {
  /** Null: nothing chosen yet. */
  readonly sessionUid: string | null;
  readonly onOpen: (sessionUid: string | null) => void;
  readonly onResult: (alignmentUid: string) => void;
}): ReactElement {
  const {sessionUid, onOpen, onResult} = props;
  return sessionUid === null ? (
    <GuideStart onOpen={onOpen} />
  ) : (
    <GuideSession key={sessionUid} sessionUid={sessionUid} onLeave={() => onOpen(null)} onResult={onResult} />
  );
}
