import type {ReactElement} from 'react';
import {ListBox, ListBoxItem, ListLayout, Text, Virtualizer} from 'react-aria-components';
import {problemFrom} from '../../connection/index.ts';
import {dateTimeText, Loading, Panel, ProblemBox, StateLight} from '../../parts/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {correlationText, statusLabels, summaryLine, verdictLabels} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {useAlignResults} from './use-align-results.ts';

const rowPx = 66;
/** So many are shown in full beside a result; one scrolls to the others. */
const shownInFull = 5;

/** Alignments that were made, of one session or of all, newest first; Enter or a click opens one. */
export function History(props: {
  readonly sessionUid: string | null;
  readonly shownUid: string | null;
  readonly onOpen: (uid: string) => void;
}): ReactElement {
  const {sessionUid, shownUid} = props;
  const found = useAlignResults(sessionUid);
  const scale = useSettings((settings) => settings.scale);
  const results = found.data?.alignments ?? [];
  return (
    <Panel title={sessionUid === null ? 'Earlier alignments' : 'Alignments of this session'}>
      {found.error && (
        <ProblemBox
          problem={problemFrom(found.error)}
          action={{label: 'Try again', onPress: () => void found.refetch()}}
        />
      )}
      {found.isPending && <Loading what="earlier alignments" />}
      {found.data && results.length === 0 && (
        <p className={styles.quiet}>None yet. Each one that is made stands here with its verdict.</p>
      )}
      {results.length > 0 && (
        <Virtualizer layout={ListLayout} layoutOptions={{rowHeight: rowPx * scale}}>
          <ListBox
            aria-label={sessionUid === null ? 'Earlier alignments' : 'Alignments of this session'}
            className={styles.list ?? ''}
            {...(sessionUid === null
              ? {}
              : {
                  style: {
                    height: `${(Math.min(results.length, shownInFull) * rowPx) / 14}rem`,
                    flex: 'none',
                    minHeight: 0,
                  },
                })}
            items={results.map((result) => ({id: result.uid, result}))}
            dependencies={[shownUid]}
            selectionMode="none"
            onAction={(key) => props.onOpen(String(key))}
          >
            {({id, result}) => (
              <ListBoxItem
                id={id}
                textValue={`${dateTimeText(result.timeS * 1000)}, ${result.verdict}`}
                className={[styles.listItem, id === shownUid ? styles.isShown : ''].join(' ')}
              >
                <Text slot="label" className={styles.listName ?? ''}>
                  {dateTimeText(result.timeS * 1000).slice(0, 16)}
                  {id === shownUid ? ' · shown now' : ''}
                </Text>
                <span className={styles.historyLights}>
                  <StateLight
                    light={verdictLabels[result.verdict].light}
                    label={verdictLabels[result.verdict].label.toLowerCase()}
                  />
                  <StateLight {...statusLabels[result.status]} />
                </span>
                <Text slot="description" className={styles.listNote ?? ''}>
                  {sessionUid === null ? `${summaryLine(result)}, ` : ''}
                  {correlationText(result)}
                </Text>
              </ListBoxItem>
            )}
          </ListBox>
        </Virtualizer>
      )}
    </Panel>
  );
}
