import {type ReactElement, useState} from 'react';
import {Button as AriaButton, Disclosure, DisclosurePanel, Heading} from 'react-aria-components';
import type {Instrument} from '../../../contract/api/index.ts';
import {client, useStatus} from '../../connection/index.ts';
import {attempt, Button, clockText, Panel, ProblemBox, StateLight, useRefusal} from '../../parts/index.ts';
import styles from './InstrumentCard.module.css';
import {InstrumentActions} from './InstrumentActions.tsx';
import {ParameterRow} from './ParameterRow.tsx';
import {SourceControls} from './SourceControls.tsx';
import {type InstrumentSettings, notConnected, useSettingsOf} from './settings-of.ts';

const titles: Readonly<Record<Instrument['kind'], string>> = {
  source: 'Source',
  detector: 'Detector',
  stage: 'Stage',
  mount: 'Plate mounts',
};

/** An instrument: state, identity, link, what it declares to be set, what it can be made to do. */
export function InstrumentCard({instrument}: {readonly instrument: Instrument}): ReactElement {
  const {kind, role} = instrument;
  const settings = useSettingsOf(role);
  // What one sets all day stands open; the rest of the instrument is one press away.
  const common = instrument.mainParameters;
  const [first, rest] = [
    common.flatMap((name) => instrument.parameters.find((parameter) => parameter.name === name) ?? []),
    instrument.parameters.filter(({name}) => !common.includes(name)),
  ];
  return (
    <Panel title={role === kind ? titles[kind] : role} tools={<CardTools role={role} settings={settings} />}>
      <Identity role={role} title={instrument.title} />
      {kind === 'source' && <SourceControls />}
      {settings.problem && (
        <ProblemBox
          level={settings.problem.code === 'bench/busy' ? 'info' : 'attention'}
          problem={settings.problem}
          action={{label: 'Read again', onPress: settings.readAgain}}
        />
      )}
      {settings.isOld && settings.utc !== null && (
        <p className={styles.pending}>Settings as they were read at {clockText(settings.utc)}.</p>
      )}
      {first.length > 0 && (
        <div className={[styles.rows, settings.isOld ? styles.isOld : ''].join(' ')}>
          {first.map((parameter) => (
            <ParameterRow key={parameter.name} role={role} parameter={parameter} settings={settings} />
          ))}
        </div>
      )}
      <InstrumentActions instrument={instrument} />
      <Groups role={role} parameters={rest} settings={settings} />
    </Panel>
  );
}

function CardTools(props: {readonly role: string; readonly settings: InstrumentSettings}): ReactElement {
  const {role, settings} = props;
  const light = useStatus((status) => status?.instruments.find((one) => one.role === role)?.light ?? 'off');
  const label = useStatus((status) => status?.instruments.find((one) => one.role === role)?.label ?? '');
  const refusal = useRefusal('operate');
  const [isBusy, setBusy] = useState(false);
  const isConnected = label !== notConnected;
  const toggle = async (): Promise<void> => {
    setBusy(true);
    await attempt(() =>
      isConnected ? client.instruments.disconnect({role}) : client.instruments.connect({role}),
    );
    setBusy(false);
    settings.readAgain();
  };
  return (
    <>
      <StateLight light={light} label={label} />
      <Button
        isCompact
        isDisabled={refusal !== undefined || isBusy}
        hint={
          refusal ??
          (isConnected ? 'Lets its port go, for another program' : 'Opens its port and asks who it is')
        }
        onPress={() => void toggle()}
      >
        {isConnected ? 'Disconnect' : 'Connect'}
      </Button>
    </>
  );
}

function Identity({role, title}: {readonly role: string; readonly title: string}): ReactElement {
  const model = useStatus((status) => status?.instruments.find((one) => one.role === role)?.model ?? '');
  const identity = useStatus(
    (status) => status?.instruments.find((one) => one.role === role)?.identity ?? '',
  );
  const link = useStatus((status) => status?.instruments.find((one) => one.role === role)?.link ?? '');
  const problem = useStatus((status) => status?.instruments.find((one) => one.role === role)?.problem ?? '');
  return (
    <>
      <p className={styles.identity} title={title}>
        {[model, identity, link].filter((text) => text !== '').join(' · ')}
      </p>
      {problem !== '' && <ProblemBox problem={{message: problem}} level="attention" />}
    </>
  );
}

interface GroupsProps {
  readonly role: string;
  readonly parameters: Instrument['parameters'];
  readonly settings: InstrumentSettings;
}

function Groups({role, parameters, settings}: GroupsProps): ReactElement | null {
  const groups = [...new Set(parameters.map(({group}) => group))];
  if (groups.length === 0) return null;
  return (
    <Disclosure className={styles.more ?? ''}>
      <Heading level={3} className={styles.moreHead ?? ''}>
        <AriaButton slot="trigger" className={styles.moreButton ?? ''}>
          <span aria-hidden className={styles.arrow}>
            ▸
          </span>
          All settings ({parameters.length})
          {settings.utc !== null && <span className={styles.readAt}>read {clockText(settings.utc)}</span>}
        </AriaButton>
      </Heading>
      <DisclosurePanel>
        {groups.map((group) => (
          <section key={group} className={styles.group}>
            <h3>{group}</h3>
            <div className={[styles.rows, settings.isOld ? styles.isOld : ''].join(' ')}>
              {parameters
                .filter((parameter) => parameter.group === group)
                .map((parameter) => (
                  <ParameterRow key={parameter.name} role={role} parameter={parameter} settings={settings} />
                ))}
            </div>
          </section>
        ))}
      </DisclosurePanel>
    </Disclosure>
  );
}
