import type {ReactElement} from 'react';
import {Link, useLocation} from 'wouter';
import {shortcutText, useActions} from '../actions/actions.ts';
import {PageIcon} from './icons.tsx';
import {pages} from './pages.ts';
import styles from './PageNavigation.module.css';

/** The pages at the left, or at the bottom of a narrow window. */
export function PageNavigation(): ReactElement {
  const [path, navigate] = useLocation();
  useActions(
    pages.map(({id, name, shortcut, purpose}) => ({
      id: `go.${id}`,
      title: `${name}: ${purpose}`,
      group: 'Go to',
      shortcut,
      run: () => navigate(`/${id}`),
    })),
  );
  return (
    <nav className={styles.nav} aria-label="Pages">
      {pages.map(({id, name, icon, shortcut, purpose}) => (
        <Link
          key={id}
          href={`/${id}`}
          className={styles.link}
          aria-current={path === `/${id}` || path.startsWith(`/${id}/`) ? 'page' : undefined}
          title={`${purpose} (${shortcutText(shortcut)})`}
        >
          <PageIcon path={icon} />
          <span>{name}</span>
        </Link>
      ))}
    </nav>
  );
}
