import {Fragment, type ReactElement} from 'react';
import {type Action, shortcutText, useAllActions} from './actions.ts';
import styles from './KeyboardMap.module.css';

/** All shortcuts that work now, by group; made from the same actions as the palette. */
export function KeyboardMap(): ReactElement {
  const actions = useAllActions().filter(({shortcut}) => shortcut !== undefined);
  const groups = [...new Set(actions.map(({group}) => group))];
  return (
    <div className={styles.map}>
      {groups.map((group) => (
        <section key={group} className={styles.group}>
          <h2 className={styles.head}>{group}</h2>
          <dl className={styles.list}>
            {actions
              .filter((action) => action.group === group)
              .map((action) => (
                <Fragment key={action.id}>
                  <dt>
                    <ShortcutKeys shortcut={action.shortcut ?? ''} />
                  </dt>
                  <dd>{titleOf(action)}</dd>
                </Fragment>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

const titleOf = ({title, disabledBecause}: Action): string =>
  disabledBecause === undefined ? title : `${title} (not now)`;

/** A shortcut as keys. */
export function ShortcutKeys({shortcut}: {readonly shortcut: string}): ReactElement {
  return (
    <span className={styles.keys}>
      {shortcutText(shortcut)
        .split(' then ')
        .map((press, index) => (
          <Fragment key={index}>
            {index > 0 && <span className={styles.then}>then</span>}
            <kbd className={styles.key}>{press}</kbd>
          </Fragment>
        ))}
    </span>
  );
}
