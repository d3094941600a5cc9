import {useState, type ReactElement} from 'react';
import {ListBox, ListBoxItem, Text} from 'react-aria-components';
import type {Guide, GuideStep} from '../../../../contract/api/index.ts';
import {Button, Loading, Panel, ProblemBox, StateLight} from '../../../parts/index.ts';
import styles from './Guide.module.css';
import {GuideStepView} from './GuideStepView.tsx';
import {stepLight} from './guide-labels.ts';
import {useGuide} from './use-guide.ts';

/** The steps with their states at the left, the chosen one at the right: the next one unless another is chosen. */
export function GuideSession(props: {
  readonly sessionUid: string;
  readonly onLeave: () => void;
  readonly onResult: (alignmentUid: string) => void;
}): ReactElement {
  const {sessionUid, onLeave, onResult} = props;
  const {guide, receivedMs, problem} = useGuide(sessionUid);
  const [chosen, setChosen] = useState<{readonly stepId: string; readonly at: string | null} | null>(null);
  if (problem) return <ProblemBox problem={problem} action={{label: 'To the beginning', onPress: onLeave}} />;
  if (!guide) return <Loading what="the guided alignment" />;
  // A step that was chosen stays in view until the procedure has gone on.
  const shownId = chosen?.at === guide.currentStepId ? chosen.stepId : guide.currentStepId;
  const step = guide.steps.find(({id}) => id === shownId) ?? guide.steps[guide.steps.length - 1];
  return (
    <div className={styles.session}>
      <Panel
        title="Steps"
        className={styles.steps}
        tools={
          <Button isCompact variant="quiet" hint="It can be gone on with later" onPress={onLeave}>
            Leave
          </Button>
        }
      >
        <p className={styles.quiet}>
          {guide.title}
          {guide.currentStepId === null ? ' · all steps are decided' : ''}
        </p>
        <StepList
          steps={guide.steps}
          shownId={step.id}
          currentId={guide.currentStepId}
          onChoose={(stepId) => setChosen({stepId, at: guide.currentStepId})}
        />
      </Panel>
      <GuideStepView key={step.id} guide={guide} step={step} receivedMs={receivedMs} onResult={onResult} />
    </div>
  );
}

function StepList(props: {
  readonly steps: Guide['steps'];
  readonly shownId: string;
  readonly currentId: string | null;
  readonly onChoose: (stepId: string) => void;
}): ReactElement {
  const {steps, shownId, currentId, onChoose} = props;
  return (
    <ListBox
      aria-label="Steps of the guided alignment"
      className={styles.stepList ?? ''}
      items={steps.map((step, index) => ({
        id: step.id,
        step,
        number: index + 1,
        isNext: step.id === currentId,
      }))}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      escapeKeyBehavior="none"
      selectedKeys={[shownId]}
      onSelectionChange={(keys) => {
        const [key] = keys === 'all' ? [] : [...keys];
        if (key !== undefined) onChoose(String(key));
      }}
    >
      {({id, step, number, isNext}) => (
        <ListBoxItem id={id} textValue={step.title} className={styles.stepItem ?? ''}>
          <Text slot="label" className={styles.stepName ?? ''}>
            {number}. {step.title}
            {isNext ? ' (next)' : ''}
          </Text>
          <Text slot="description">
            <StepState step={step} />
          </Text>
        </ListBoxItem>
      )}
    </ListBox>
  );
}

function StepState({step}: {readonly step: GuideStep}): ReactElement {
  const {light, label} = stepLight[step.state];
  return (
    <StateLight
      light={light}
      label={step.isOptional && step.state === 'waiting' ? `${label}, optional` : label}
    />
  );
}
