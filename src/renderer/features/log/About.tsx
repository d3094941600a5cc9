import type {ReactElement} from 'react';
import {useQuery} from '@tanstack/react-query';
import type {AppInfo} from '../../../contract/api/index.ts';
import {client, problemFrom, queries, useConnection} from '../../connection/index.ts';
import {
  attempt,
  Button,
  dateTimeText,
  Loading,
  notify,
  Panel,
  ProblemBox,
  StateLight,
  TextField,
  useRefusal,
} from '../../parts/index.ts';
import styles from './LogPage.module.css';

/** Versions, where the data are, what works on this computer, links to give on. */
export function About(): ReactElement {
  const info = useConnection((state) => state.info);
  if (!info) return <Loading what="the versions" />;
  return (
    <div className={styles.about}>
      <Panel title="d2nn-bench">
        <Facts info={info} />
      </Panel>
      <Links info={info} />
      <Installation />
      <Panel title="End the program">
        <ShutDown />
      </Panel>
    </div>
  );
}

function Facts({info}: {readonly info: AppInfo}): ReactElement {
  const facts: readonly (readonly [string, string])[] = [
    ['Version', info.version],
    ['Data folder', info.dataFolder],
    [
      'This window may',
      {read: 'look only', operate: 'operate the bench', admin: 'do everything'}[info.scope],
    ],
    ['Running since', dateTimeText(info.startedUtc)],
    ['Node', info.nodeVersion],
    ['Electron', info.electronVersion ?? 'not used: this is a browser, or the host runs alone'],
    ['System', info.platform],
    ['API description', info.openApiPath],
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name} style={{display: 'contents'}}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const scopeLabels = {
  read: 'May look and STOP',
  operate: 'May operate the bench',
  admin: 'May do everything, change the bench too',
} as const;

/** Copies text. A browser may refuse; the text then stands in its field to be copied by hand. */
async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify({
      level: 'info',
      text: 'The link is copied. Whoever has it has what it allows until the program ends.',
    });
  } catch (error) {
    notify({
      level: 'attention',
      text: `The link could not be copied (${problemFrom(error).message}). Mark it in its field and copy it by hand.`,
    });
  }
}

function Links({info}: {readonly info: AppInfo}): ReactElement {
  return (
    <Panel title="Links to this bench">
      {info.links.length === 0 ? (
        <p className={styles.quiet}>
          {info.scope === 'admin'
            ? 'The program was started without serving browsers, so there are none.'
            : 'Shown only in a window that may do everything.'}
        </p>
      ) : (
        info.links.map(({scope, url}) => (
          <div key={scope} className={styles.link}>
            <TextField label={scopeLabels[scope]} value={url} onChange={() => undefined} isReadOnly />
            <Button
              aria-label={`Copy the link that ${scopeLabels[scope].toLowerCase()}`}
              onPress={() => void copy(url)}
            >
              Copy
            </Button>
          </div>
        ))
      )}
    </Panel>
  );
}

function Installation(): ReactElement {
  const installation = useQuery(queries.app.installation.queryOptions());
  return (
    <Panel title="On this computer">
      {installation.isPending && <Loading what="what is installed" />}
      {installation.isError && (
        <ProblemBox
          problem={problemFrom(installation.error)}
          action={{label: 'Try again', onPress: () => void installation.refetch()}}
        />
      )}
      {installation.data && (
        <>
          <dl className={styles.facts}>
            {installation.data.lines.map(({name, isPresent, text}) => (
              <div key={name} style={{display: 'contents'}}>
                <dt>
                  <StateLight light={isPresent ? 'ready' : 'off'} label={name} />
                </dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
          {installation.data.udevAdvice !== '' && <p>{installation.data.udevAdvice}</p>}
          {installation.data.udevRules !== '' && (
            <pre className={styles.rules} tabIndex={0} aria-label="udev rules">
              {installation.data.udevRules}
            </pre>
          )}
        </>
      )}
    </Panel>
  );
}

/** Ends the program; what it could not do stays on the screen when the program is gone. */
async function shutDown(): Promise<void> {
  const {problems} = await client.app.shutDown();
  for (const text of problems) notify({level: 'error', text});
}

function ShutDown(): ReactElement {
  const refusal = useRefusal('operate');
  return (
    <>
      <p className={styles.quiet}>
        Ends a run under way and keeps its points, switches the source off, stops the stages, closes the
        store. Closing a browser window ends nothing.
      </p>
      <div>
        <Button
          variant="danger"
          isDisabled={refusal !== undefined}
          hint={refusal}
          onPress={() => void attempt(shutDown)}
        >
          Make the bench safe and end
        </Button>
      </div>
    </>
  );
}
