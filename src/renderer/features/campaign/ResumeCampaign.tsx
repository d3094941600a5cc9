import {useQuery} from '@tanstack/react-query';
import {type ReactElement, useState} from 'react';
import type {CampaignRest, CampaignState} from '../../../contract/api/index.ts';
import {client, queries} from '../../connection/index.ts';
import {attempt, Button, Checkbox, Dialog, durationText, Loading, Segments} from '../../parts/index.ts';
import {useMeasureRefusal} from '../../run-data/index.ts';

/** What one does with a campaign that is over: goes on with what is left, or runs it again. */
export function CampaignOnward({state}: {readonly state: CampaignState}): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const refusal = useMeasureRefusal();
  const isLeft = state.items.some(
    ({state: own}) => own === 'failed' || own === 'waiting' || own === 'skipped',
  );
  return (
    <>
      {isLeft && (
        <Button
          isCompact
          isDisabled={refusal !== undefined}
          hint={refusal ?? 'Goes on at the digit where it was cut off, in the same session'}
          onPress={() => setIsOpen(true)}
        >
          Resume
        </Button>
      )}
      <Button
        isCompact
        isDisabled={refusal !== undefined}
        hint={refusal ?? 'The same digits, design and scan, as a new campaign'}
        onPress={() => void attempt(() => client.campaign.again({sessionUid: state.sessionUid}))}
      >
        Run again
      </Button>
      <Dialog title="The campaign goes on" isOpen={isOpen} onClose={() => setIsOpen(false)}>
        {isOpen && <ResumeForm state={state} onStarted={() => setIsOpen(false)} />}
      </Dialog>
    </>
  );
}

const digitOptions = [
  {value: 'certified', label: 'Goes on'},
  {value: 'anew', label: 'Measured anew'},
] as const;

function ResumeForm({
  state: {sessionUid, items},
  onStarted,
}: {
  readonly state: CampaignState;
  readonly onStarted: () => void;
}): ReactElement {
  const [digit, setDigit] = useState<'certified' | 'anew'>('certified');
  const [isHomedFirst, setIsHomedFirst] = useState(false);
  const asked = {sessionUid, digit, isHomedFirst};
  const plan = useQuery(queries.campaign.resumePlan.queryOptions({input: asked, staleTime: 5000}));
  const refusal = useMeasureRefusal();
  const rest = plan.data;
  const start = (): void =>
    void attempt(() => client.campaign.resume(asked)).then((isStarted) => isStarted && onStarted());
  return (
    <>
      {plan.isPending && <Loading what="what is left" />}
      {plan.error && <p role="alert">{plan.error.message}</p>}
      {rest && <Rest rest={rest} sample={rest.cut ? (items[rest.cut.index]?.sample ?? '') : ''} />}
      {rest?.cut && (
        <Segments
          label="The digit that was cut off"
          value={digit}
          onChange={setDigit}
          options={digitOptions}
        />
      )}
      <Checkbox isSelected={isHomedFirst} onChange={setIsHomedFirst}>
        Home the stage first, also where the bench file does not ask for it
      </Checkbox>
      <Button
        variant="primary"
        isDisabled={refusal !== undefined || rest?.isAllowed !== true}
        hint={refusal ?? ''}
        onPress={start}
      >
        Go on with the campaign
      </Button>
    </>
  );
}

/** What is left, or why it cannot go on. */
function Rest({rest, sample}: {readonly rest: CampaignRest; readonly sample: string}): ReactElement {
  const {isAllowed, refusal, doneCount, left, cut, seconds} = rest;
  return (
    <>
      {!isAllowed && <p role="alert">{refusal}</p>}
      {left.length > 0 && (
        <p>
          {doneCount} digits are measured, {left.length} are left.{' '}
          {seconds > 0 && `About ${durationText(seconds)}.`}
        </p>
      )}
      {cut && cut.anewBecause === '' && (
        <p>
          {sample} was cut off in run {cut.scanId}: {cut.storedCount} of its points are stored,{' '}
          {cut.pointsLeft} are left. It goes on where points of it, measured again, read as they did; or it is
          measured anew.
        </p>
      )}
      {cut && cut.anewBecause !== '' && (
        <p>
          {sample} was cut off in run {cut.scanId}. {cut.anewBecause}
        </p>
      )}
    </>
  );
}
