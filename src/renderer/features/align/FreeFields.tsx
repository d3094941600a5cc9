import type {ReactElement} from 'react';
import {Button, Checkbox} from '../../parts/index.ts';
import {parameterText, partText, quantityOf} from './align-labels.ts';
import styles from './AlignPage.module.css';
import {
  freeRequest,
  freeSentence,
  groupByPart,
  isFree,
  defaultFree,
  withFree,
  type FreeChanges,
  type ParameterChoice,
  type ParameterGroup,
} from './free-parameters.ts';
import {More} from './More.tsx';
import {sizeText, unitLabels} from './value-text.ts';

/** What is left free: the default set in a sentence, every single number behind a disclosure. */
export function FreeFields(props: {
  readonly choices: readonly ParameterChoice[];
  readonly changes: FreeChanges;
  readonly onChange: (changes: FreeChanges) => void;
}): ReactElement {
  const {choices, changes, onChange} = props;
  const isDefault = freeRequest(changes, choices).length === 0;
  return (
    <>
      <p>{freeSentence(changes, choices)}</p>
      <More title="Choose every number">
        <div className={styles.acts}>
          <Button isCompact isDisabled={isDefault} onPress={() => onChange(defaultFree)}>
            Back to the default set
          </Button>
        </div>
        {groupByPart(choices).map((group) => (
          <Group key={group.part} group={group} changes={changes} onChange={onChange} />
        ))}
      </More>
    </>
  );
}

function Group(props: {
  readonly group: ParameterGroup;
  readonly changes: FreeChanges;
  readonly onChange: (changes: FreeChanges) => void;
}): ReactElement {
  const {group, changes, onChange} = props;
  const words = partText(group.part);
  return (
    <fieldset className={styles.freeGroup}>
      <legend>{words.charAt(0).toUpperCase() + words.slice(1)}</legend>
      {group.choices.map((choice) => (
        <Checkbox
          key={choice.name}
          isSelected={isFree(choice, changes)}
          onChange={(isFreeNow) => onChange(withFree(changes, [choice], isFreeNow))}
        >
          <span>
            {quantityOf(choice.name)}
            <span className={styles.hidden}> of {partText(group.part)}</span>
            {choice.priorSigma !== null && (
              <span
                className={styles.quiet}
                title={`What is known of ${parameterText(choice.name)} beforehand`}
              >
                {' '}
                known to ±{sizeText(choice.priorSigma, choice.unit)}
              </span>
            )}
            {choice.priorSigma === null && unitLabels[choice.unit] !== '' && (
              <span className={styles.quiet}> {unitLabels[choice.unit]}</span>
            )}
          </span>
        </Checkbox>
      ))}
    </fieldset>
  );
}
