import type {ReactElement, ReactNode} from 'react';
import {Button as AriaButton, Disclosure, DisclosurePanel, Heading} from 'react-aria-components';
import styles from './AlignPage.module.css';

/** Something that is shown when one asks for it. */
export function More(props: {readonly title: string; readonly children: ReactNode}): ReactElement {
  return (
    <Disclosure className={styles.more ?? ''}>
      <Heading level={3} className={styles.moreHead ?? ''}>
        <AriaButton slot="trigger" className={styles.moreButton ?? ''}>
          <span aria-hidden className={styles.arrow}>
            ▸
          </span>
          {props.title}
        </AriaButton>
      </Heading>
      <DisclosurePanel className={styles.moreFields ?? ''}>{props.children}</DisclosurePanel>
    </Disclosure>
  );
}
