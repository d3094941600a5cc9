import {type ReactElement, useEffect} from 'react';
import {createPortal} from 'react-dom';
import {Button, dismissNotice, type Notice, useNotices} from '../parts/index.ts';
import styles from './Notices.module.css';

/** Notices of success disappear after this time, ms; problems stay until they are put away. */
const shownMs = 6000;

/** Notices in a corner, above dialogs, read out by screen readers. */
export function Notices(): ReactElement {
  const notices = useNotices();
  return createPortal(
    <div className={styles.region} data-react-aria-top-layer="true" role="region" aria-label="Notices">
      <div role="log" aria-live="polite" aria-relevant="additions" className={styles.list}>
        {notices.map((notice) => (
          <NoticeBox key={notice.id} notice={notice} />
        ))}
      </div>
    </div>,
    document.body,
  );
}

function NoticeBox({notice}: {readonly notice: Notice}): ReactElement {
  const {id, level, text, action} = notice;
  useEffect(() => {
    if (level !== 'info' || action) return undefined;
    const timer = setTimeout(() => dismissNotice(id), shownMs);
    return () => clearTimeout(timer);
  }, [id, level, action]);
  return (
    <div className={[styles.notice, styles[level]].join(' ')}>
      <span className={styles.text}>{text}</span>
      {action && (
        <Button
          isCompact
          onPress={() => {
            dismissNotice(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <Button isCompact variant="quiet" aria-label="Put this notice away" onPress={() => dismissNotice(id)}>
        ×
      </Button>
    </div>
  );
}
