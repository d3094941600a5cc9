import {type ReactElement, Suspense} from 'react';
import {useStore} from 'zustand';
import {Redirect, Route, Switch} from 'wouter';
import {useConnection, useStatus} from '../connection/index.ts';
import {Loading, EmptyState} from '../parts/index.ts';
import {settingsStore} from '../settings/settings.ts';
import {NoBenchView} from './NoBenchView.tsx';
import {ConnectingView, RefusedView} from './ConnectingView.tsx';
import {PageGuard} from './PageGuard.tsx';
import {type PageEntry, pages} from './pages.ts';

/** The page that the address names, or what stands in its way. */
export function PageView(): ReactElement {
  const isRefused = useConnection(({phase}) => phase === 'refused');
  const hasPicture = useStatus((status) => status !== null);
  if (isRefused) return <RefusedView />;
  if (!hasPicture) return <ConnectingView />;
  return (
    <Switch>
      {pages.map((page) => (
        <Route key={page.id} path={`/${page.id}/*?`}>
          <PageOrBench page={page} />
        </Route>
      ))}
      <Route path="/">
        <Redirect to="/bench" replace />
      </Route>
      <Route>
        <EmptyState
          isWholePage
          title="There is no such page"
          text="Choose one at the left, or press Ctrl+K."
        />
      </Route>
    </Switch>
  );
}

function PageOrBench({page}: {readonly page: PageEntry}): ReactElement {
  const {id, name, Page} = page;
  const isBenchOpen = useStatus((status) => status?.bench.state === 'open');
  const isFirstChoice = useStore(
    settingsStore,
    ({settings, isLoaded}) => isLoaded && settings.lastBench === null,
  );
  const isWorkPage = id === 'scan' || id === 'campaign';
  if (!isBenchOpen && (id === 'bench' || (isWorkPage && isFirstChoice))) return <NoBenchView />;
  return (
    <PageGuard name={name}>
      <Suspense fallback={<Loading what={name} />}>
        <Page />
      </Suspense>
    </PageGuard>
  );
}
