import type {ReactElement} from 'react';
import {ListBox, ListBoxItem, ListLayout, Text, Virtualizer} from 'react-aria-components';
import type {AlignSource} from '../../../contract/api/index.ts';
import {countOf, countText, dateTimeText} from '../../parts/index.ts';
import {useSettings} from '../../settings/settings.ts';
import styles from './AlignPage.module.css';

/** Sessions with planes of known digits, newest first; those that cannot be used say why. */
export function SourceList(props: {
  readonly sources: readonly AlignSource[];
  readonly chosenUid: string | null;
  readonly onChoose: (sessionUid: string) => void;
}): ReactElement {
  const {sources, chosenUid} = props;
  const scale = useSettings((settings) => settings.scale);
  return (
    <Virtualizer layout={ListLayout} layoutOptions={{rowHeight: 64 * scale}}>
      <ListBox
        aria-label="Sessions with planes"
        className={styles.list ?? ''}
        items={sources.map((source) => ({id: source.sessionUid, source}))}
        selectionMode="single"
        selectionBehavior="replace"
        escapeKeyBehavior="none"
        selectedKeys={chosenUid === null ? [] : [chosenUid]}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys];
          if (key !== undefined) props.onChoose(String(key));
        }}
      >
        {({id, source}) => (
          <ListBoxItem id={id} textValue={source.title} className={styles.listItem ?? ''}>
            <Text slot="label" className={styles.listName ?? ''}>
              {source.title || 'without title'}
            </Text>
            <Text slot="description" className={styles.listNote ?? ''}>
              {dateTimeText(source.createdAt).slice(0, 16)} · {countOf(source.planeCount, 'plane')},{' '}
              {countText(source.pointCount)} points
            </Text>
            <span className={source.isUsable ? styles.listNote : styles.listProblem}>
              {source.isUsable ? sourceText(source) : source.problem}
            </span>
          </ListBoxItem>
        )}
      </ListBox>
    </Virtualizer>
  );
}

const sourceText = ({designName, benchName, alignmentUid}: AlignSource): string =>
  `${designName}, ${benchName}${alignmentUid === null ? '' : ', aligned before'}`;
