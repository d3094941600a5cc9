import {useQuery} from '@tanstack/react-query';
import type {ReactElement} from 'react';
import type {RunSummary} from '../../contract/api/index.ts';
import {queries} from '../connection/index.ts';
import {useSettings} from '../settings/settings.ts';
import {Thumbnail} from '../viewer/index.ts';
import styles from './RunThumbnail.module.css';

/**
 * A small picture of a run's plane in a square of `sizeRem`; asked for when it is first shown and kept. A run that is
 * no grid, or has no point yet, gets words instead. It says nothing to screen readers: the words beside it do.
 */
export function RunThumbnail(props: {
  readonly run: Pick<RunSummary, 'uid' | 'isGrid' | 'pointCount' | 'exitStatus'>;
  readonly sizeRem: number;
}): ReactElement {
  const {run, sizeRem} = props;
  const colourMap = useSettings((settings) => settings.colourMap);
  const isLive = run.exitStatus === null;
  const found = useQuery({
    ...queries.runs.thumbnail.queryOptions({input: {runUid: run.uid}}),
    enabled: run.isGrid,
    staleTime: isLive ? 2000 : Infinity,
    refetchInterval: isLive ? 4000 : false,
  });
  const words = !run.isGrid ? 'no grid' : found.isPending ? '' : found.error ? 'no picture' : 'no points';
  const side = `${sizeRem}rem`;
  return (
    <span className={styles.frame} style={{width: side, height: side}} aria-hidden>
      {found.data ? (
        <Thumbnail label="" plane={found.data} sizePx={sizeRem * 14} colourMap={colourMap} />
      ) : (
        words
      )}
    </span>
  );
}
