import {useQueryClient} from '@tanstack/react-query';
import {useState, type ReactElement} from 'react';
import type {MapPreview} from '../../../contract/api/index.ts';
import {client, queries} from '../../connection/index.ts';
import {Button, Dialog, useRefusal} from '../../parts/index.ts';
import {emptyMapDraft, mapDesignOf, openQuestions, sourcesOf, type MapDraft} from './map-draft.ts';
import {DesignFields, FileFields, LieFields, MeaningFields} from './MapFields.tsx';
import {MaskFields} from './MaskFields.tsx';
import {MapPreviewView} from './MapPreviewView.tsx';
import {useBusy} from './use-busy.ts';

interface ImportMapsProps {
  readonly designs: readonly {readonly folder: string; readonly name: string}[];
  /** Shows the design that was made. */
  readonly onShow: (folder: string) => void;
}

/** Makes a design of maps of heights, phases or transmissions of the host's files. */
export function ImportMaps(props: ImportMapsProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const refusal = useRefusal('admin');
  return (
    <>
      <Button isDisabled={refusal !== undefined} hint={refusal} onPress={() => setOpen(true)}>
        Import maps
      </Button>
      {isOpen && <ImportDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function ImportDialog({
  designs,
  onShow,
  onClose,
}: ImportMapsProps & {readonly onClose: () => void}): ReactElement {
  const [draft, setDraft] = useState(emptyMapDraft);
  const [preview, setPreview] = useState<MapPreview | null>(null);
  const importing = useImport(draft, {onPreview: setPreview, onShow});
  const change = (own: Partial<MapDraft>): void => {
    // What was looked at is no longer what would be made.
    setPreview(null);
    setDraft((before) => ({...before, ...own}));
  };
  const hasFiles = sourcesOf(draft).length > 0;
  const open = openQuestions(draft);
  const off = importing.isBusy
    ? 'The files are being read.'
    : open.length > 0
      ? `Say first: ${open.join(', ')}.`
      : draft.name.trim() === ''
        ? 'Give the new design a name.'
        : preview === null || preview.plates.length === 0
          ? 'Look at the plates first.'
          : undefined;
  return (
    <Dialog
      title="Import maps of heights, phases or masks"
      isOpen
      onClose={onClose}
      widthRem={56}
      buttons={
        <>
          <Button
            isDisabled={!hasFiles || importing.isBusy}
            hint={hasFiles ? undefined : 'Name files first.'}
            onPress={() => void importing.look()}
          >
            {open.length === 0 ? 'Look at the plates' : 'Look at the files'}
          </Button>
          <Button
            variant="primary"
            isDisabled={off !== undefined}
            hint={off}
            onPress={() => void importing.make().then((isMade) => isMade && onClose())}
          >
            Import
          </Button>
        </>
      }
    >
      <FileFields draft={draft} onChange={change} />
      <MeaningFields draft={draft} onChange={change} />
      <MaskFields draft={draft} onChange={change} />
      <LieFields draft={draft} onChange={change} />
      <DesignFields draft={draft} onChange={change} designs={designs} />
      {preview && <MapPreviewView preview={preview} />}
    </Dialog>
  );
}

/** Looks at the files of a draft, or makes its design; problems are shown as notices. */
function useImport(
  draft: MapDraft,
  on: {readonly onPreview: (preview: MapPreview) => void; readonly onShow: (folder: string) => void},
) {
  const queryClient = useQueryClient();
  const {isBusy, busily} = useBusy();
  const sources = sourcesOf(draft);
  const design = mapDesignOf(draft);
  return {
    isBusy,
    look: () =>
      busily(async () =>
        on.onPreview(await client.design.previewMaps({sources, ...(design ? {design} : {})})),
      ),
    make: () =>
      busily(async () => {
        if (!design) return;
        const made = await client.design.importMaps({design: {...design, sources}, name: draft.name.trim()});
        await queryClient.invalidateQueries({queryKey: queries.design.list.key()});
        on.onShow(made.folder);
      }),
  };
}
