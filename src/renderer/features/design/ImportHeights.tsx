import {useQuery, useQueryClient} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {MeasuredPlate} from '../../../contract/api/index.ts';
import {client, queries} from '../../connection/index.ts';
import {Button, Dialog, useRefusal} from '../../parts/index.ts';
import {emptyHeightsDraft, heightsInputOf, openHeightQuestions, type HeightsDraft} from './heights-draft.ts';
import {MeasuredPlateFields} from './MeasuredPlateFields.tsx';
import {LieFields, MeaningFields} from './MapFields.tsx';
import {MeasuredPlateView} from './MeasuredPlateView.tsx';
import {useBusy} from './use-busy.ts';

interface ImportHeightsProps {
  readonly designHash: string;
  readonly plateCount: number;
}

/** Keeps a measured height map as the heights of a plate as printed. Files of the computer are named by administrators. */
export function ImportHeights(props: ImportHeightsProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const refusal = useRefusal('admin');
  return (
    <>
      <Button
        isDisabled={refusal !== undefined}
        hint={refusal ?? 'Predictions and alignments use the measured heights of a printed plate'}
        onPress={() => setOpen(true)}
      >
        Measured heights
      </Button>
      {isOpen && <HeightsDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function HeightsDialog({
  designHash,
  plateCount,
  onClose,
}: ImportHeightsProps & {readonly onClose: () => void}): ReactElement {
  const [draft, setDraft] = useState(emptyHeightsDraft);
  const [found, setFound] = useState<MeasuredPlate | null>(null);
  const {isBusy, look, keep} = useHeights(draft, setFound);
  const {data} = useQuery(queries.sessions.search.queryOptions({input: {designHash, limit: 100}}));
  const change = (own: Partial<HeightsDraft>): void => {
    // What was looked at is no longer what would be kept.
    setFound(null);
    setDraft((before) => ({...before, ...own}));
  };
  const open = openHeightQuestions(draft);
  const notYet = isBusy
    ? 'The file is being read.'
    : open.length > 0
      ? `Say first: ${open.join(', ')}.`
      : undefined;
  const off = notYet ?? (found === null ? 'Look at the plate first.' : undefined);
  return (
    <Dialog
      title="Measured heights of a printed plate"
      isOpen
      onClose={onClose}
      widthRem={56}
      buttons={
        <>
          <Button isDisabled={notYet !== undefined} hint={notYet} onPress={() => void look()}>
            Look at the plate
          </Button>
          <Button
            variant="primary"
            isDisabled={off !== undefined}
            hint={off}
            onPress={() => void keep().then((isKept) => isKept && onClose())}
          >
            Keep
          </Button>
        </>
      }
    >
      <MeasuredPlateFields
        draft={draft}
        onChange={change}
        sessions={data?.sessions ?? []}
        plateCount={plateCount}
      />
      <MeaningFields draft={draft} onChange={change} isHeight />
      <LieFields draft={draft} onChange={change} hasFit={false} />
      {found && <MeasuredPlateView found={found} />}
    </Dialog>
  );
}

/** Looks at the map of a draft, or keeps it; problems are shown as notices. */
function useHeights(draft: HeightsDraft, onFound: (found: MeasuredPlate) => void) {
  const queryClient = useQueryClient();
  const {isBusy, busily} = useBusy();
  const input = heightsInputOf(draft);
  return {
    isBusy,
    look: () => busily(async () => input && onFound(await client.design.previewHeights(input))),
    keep: () =>
      busily(async () => {
        if (!input) return;
        await client.design.importHeights(input);
        // Predictions are others from now on.
        await queryClient.invalidateQueries();
      }, `The measured heights of plate ${draft.plate} are kept; predictions and alignments of this bench use them.`),
  };
}
