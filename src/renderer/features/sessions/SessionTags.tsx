import {useState, type ReactElement} from 'react';
import {Button as AriaButton, Form, Label, Tag, TagGroup, TagList} from 'react-aria-components';
import {Button, MenuButton, TextField} from '../../parts/index.ts';
import {newTagFrom} from './session-labels.ts';
import styles from './SessionDetail.module.css';

/** Tags of a session: removed by their cross or the Delete key, added by typing or from those in use elsewhere. */
export function SessionTags(props: {
  readonly tags: readonly string[];
  readonly tagsAtHand: readonly string[];
  readonly whyNot: string | undefined;
  readonly onChange: (tags: readonly string[]) => Promise<boolean>;
}): ReactElement {
  const {tags, whyNot, onChange} = props;
  const [text, setText] = useState('');
  const others = props.tagsAtHand.filter((tag) => !tags.includes(tag)).slice(0, 30);
  const add = async (typed: string): Promise<void> => {
    const tag = newTagFrom(typed, tags);
    if (tag === null || (await onChange([...tags, tag]))) setText('');
  };
  const mayChange = whyNot === undefined;
  return (
    <div className={styles.tagRow}>
      <TagGroup
        className={styles.tagGroup ?? ''}
        {...(mayChange ? {onRemove: (keys) => void onChange(tags.filter((tag) => !keys.has(tag)))} : {})}
      >
        <Label className={styles.tagLabel ?? ''}>Tags</Label>
        <TagList
          className={styles.tagList ?? ''}
          items={tags.map((tag) => ({id: tag}))}
          renderEmptyState={() => <span className={styles.quiet}>none</span>}
        >
          {({id}) => (
            <Tag id={id} textValue={id} className={styles.tag ?? ''}>
              {id}
              {mayChange && (
                <AriaButton slot="remove" className={styles.tagRemove ?? ''}>
                  ×
                </AriaButton>
              )}
            </Tag>
          )}
        </TagList>
      </TagGroup>
      <Form
        className={styles.tagForm ?? ''}
        onSubmit={(event) => {
          event.preventDefault();
          void add(text);
        }}
      >
        <TextField
          label="New tag"
          isLabelHidden
          placeholder="new tag"
          value={text}
          onChange={setText}
          isDisabled={!mayChange}
        />
        <Button type="submit" isDisabled={!mayChange || text.trim() === ''} hint={whyNot}>
          Add tag
        </Button>
        {others.length > 0 && (
          <MenuButton
            variant="quiet"
            menuLabel="Tags in use"
            isDisabled={!mayChange}
            entries={others.map((tag) => ({id: tag, label: tag, onChoose: () => void add(tag)}))}
          >
            Tags in use
          </MenuButton>
        )}
      </Form>
    </div>
  );
}
