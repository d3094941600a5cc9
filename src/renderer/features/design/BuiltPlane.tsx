import {skipToken, useQuery} from '@tanstack/react-query';
import {useMemo, useState, type ReactElement} from 'react';
import {fixedText} from '../../../base/number-format.ts';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Loading, ProblemBox, Select} from '../../parts/index.ts';
import {useSettings} from '../../settings/settings.ts';
import {HeatMap, type Plane, type Region} from '../../viewer/index.ts';
import styles from './DesignPage.module.css';

type Predicted = ApiOutputs['twin']['predict'];

const designed = '';

/**
 * What the twin predicts of a digit at the detector of a network as it was built, by a record of it; nothing for a design of
 * which none was recorded.
 */
export function BuiltPlane(props: {
  readonly design: ApiOutputs['design']['get'];
  readonly digitId: string | null;
  readonly regions: readonly Region[];
}): ReactElement | null {
  const {design, digitId, regions} = props;
  const {folder, file} = design;
  const listed = useQuery(
    queries.calibrate.asBuilt.queryOptions({input: {designHash: file.contentHash}, staleTime: 10_000}),
  );
  const records = listed.data?.records ?? [];
  const [wantedUid, setUid] = useState(designed);
  const uid = records.some((own) => own.uid === wantedUid) ? wantedUid : designed;
  const found = useQuery(
    queries.twin.predict.queryOptions({
      input:
        uid === designed || digitId === null
          ? skipToken
          : {
              designFolder: folder,
              object: {kind: 'digit', id: digitId},
              asBuilt: {kind: 'record', uid},
              oversample: 2,
            },
      staleTime: 60_000,
      retry: false,
    }),
  );
  if (records.length === 0) return null;
  return (
    <>
      <Select
        label="Network as built"
        value={uid}
        options={[
          {value: designed, label: 'none: as designed alone'},
          ...records.map(({uid: value, benchName, record, status}) => ({
            value,
            label: `version ${record.version}, ${benchName}${status === 'current' ? ', accepted' : ''}`,
          })),
        ]}
        onChange={setUid}
      />
      {uid !== designed && found.isFetching && !found.data && <Loading what="the plane as built" />}
      {uid !== designed && found.error && <ProblemBox problem={problemFrom(found.error)} />}
      {uid !== designed && found.data && <Built predicted={found.data} regions={regions} />}
    </>
  );
}

function Built(props: {readonly predicted: Predicted; readonly regions: readonly Region[]}): ReactElement {
  const {predicted, regions} = props;
  const {verdict, asBuilt} = predicted;
  const colourMap = useSettings((settings) => settings.colourMap);
  const plane = useMemo(() => planeOf(predicted), [predicted]);
  return (
    <>
      <div className={styles.detectorMap}>
        <HeatMap
          label="Intensity at the detector, as built"
          plane={plane}
          unit=""
          quantity="intensity"
          colourMap={colourMap}
          regions={regions.map((region) => ({...region, isEmphasised: region.label === verdict?.winner}))}
          hasColourBar={false}
        />
      </div>
      {verdict && (
        <p>
          As built region <strong>{verdict.winner}</strong> wins with{' '}
          {fixedText(Math.max(...verdict.shares) * 100, 1)} %.
        </p>
      )}
      {asBuilt && <p>{asBuilt.text}</p>}
    </>
  );
}

function planeOf({count, pitchMm, intensity}: Predicted): Plane {
  const reachMm = ((count - 1) / 2) * pitchMm;
  return {
    ...{rows: count, columns: count, values: Float32Array.from(intensity)},
    ...{xMm: [-reachMm, reachMm], yMm: [-reachMm, reachMm]},
  };
}
