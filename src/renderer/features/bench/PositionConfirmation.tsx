import {fixedText} from '../../../base/number-format.ts';
import {type ReactElement, useState} from 'react';
import {useActions} from '../../actions/actions.ts';
import {client, type ShownInstrument, useStatus} from '../../connection/index.ts';
import {attempt, Button, Dialog, StateLight} from '../../parts/index.ts';

const trustLabels = {
  homing: 'homed',
  operator: 'confirmed',
  'bench-file': 'as placed',
  remembered: 'as it was left',
} as const;

/** Whether the position of the stage is trusted, and on what. */
export function TrustLight({stage}: {readonly stage: ShownInstrument<'stage'>}): ReactElement {
  return stage.isHomed === true ? (
    <StateLight light="ready" label={trustLabels[stage.trustBasis ?? 'homing']} />
  ) : (
    <StateLight light="attention" label="position not known" />
  );
}

/**
 * Asks a person whether the stage stands where its controller says, with where it stood before. The word holds for the
 * position that is shown when the dialog opens.
 */
export function PositionConfirmation({
  disabledBecause,
}: {
  readonly disabledBecause: string | undefined;
}): ReactElement | null {
  const stage = useStatus((status) => status?.stage ?? null);
  const [asked, setAsked] = useState<ShownInstrument<'stage'> | null>(null);
  const isDue = stage?.isHomed === false;
  useActions([
    {
      id: 'bench.trustPosition',
      title: 'Say that the position of the stage is right',
      group: 'Bench',
      disabledBecause: isDue ? disabledBecause : 'The position of the stage is trusted.',
      run: () => setAsked(stage),
    },
  ]);
  if (!isDue && asked === null) return null;
  return (
    <>
      <Button
        isCompact
        isDisabled={disabledBecause !== undefined}
        hint={disabledBecause}
        onPress={() => setAsked(stage)}
      >
        Position is right ...
      </Button>
      {asked && (
        <Dialog
          title="Is the position of the stage right?"
          isOpen
          onClose={() => setAsked(null)}
          widthRem={36}
          buttons={
            <>
              <Button autoFocus onPress={() => setAsked(null)}>
                Leave it
              </Button>
              <Button
                variant="primary"
                onPress={() => {
                  setAsked(null);
                  void attempt(
                    () => client.stage.trustPosition({reportedMm: asked.positionMm}),
                    'The position is taken as right.',
                  );
                }}
              >
                It stands there
              </Button>
            </>
          }
        >
          <p>The stage does not know where it is: {asked.distrust}.</p>
          <dl>
            <dt>Before</dt>
            <dd>{asked.lastTrustedMm === null ? 'not known' : positionText(asked.lastTrustedMm)}</dd>
            <dt>Now reported</dt>
            <dd>{positionText(asked.positionMm)}</dd>
          </dl>
          <p>
            Look at the stage. If it does not stand at the reported position, a move could go beyond its
            limits: home it instead.
          </p>
        </Dialog>
      )}
    </>
  );
}

const positionText = (positionMm: ShownInstrument<'stage'>['positionMm']): string =>
  `${(['x', 'y', 'z'] as const)
    .flatMap((axis) => {
      const mm = positionMm[axis];
      return mm === undefined ? [] : [`${axis} ${fixedText(mm, 3)}`];
    })
    .join(', ')} mm`;
