import {type ReactElement, Suspense} from 'react';
import {Redirect, Route, Switch} from 'wouter';
import {Loading, PlaceState} from '../parts/index.ts';
import {PageGuard} from './PageGuard.tsx';
import {pages} from './pages.ts';

/** The page that the address names. */
export function PagePlace(): ReactElement {
  return (
    <Switch>
      {pages.map(({id, name, Page}) => (
        <Route key={id} path={`/${id}/*?`}>
          <PageGuard name={name}>
            <Suspense fallback={<Loading what={name} />}>
              <Page />
            </Suspense>
          </PageGuard>
        </Route>
      ))}
      <Route path="/">
        <Redirect to="/bench" replace />
      </Route>
      <Route>
        <PlaceState title="There is no such page" text="Choose one at the left, or press Ctrl+K." />
      </Route>
    </Switch>
  );
}
