import {fixedText} from '../../../base/number-format.ts';
import {skipToken, useQuery} from '@tanstack/react-query';
import {useMemo, useState, type ReactElement} from 'react';
import type {ApiOutputs} from '../../../contract/api/index.ts';
import {useActions} from '../../actions/actions.ts';
import {problemFrom, queries} from '../../connection/index.ts';
import {Button, Panel, EmptyState, ProblemBox, ProgressLine, Segments} from '../../parts/index.ts';
import {useChoice, useSettings} from '../../settings/settings.ts';
import {
  HeatMap,
  RegionBars,
  StackDrawing,
  type PointMm,
  type RectMm,
  type Region,
} from '../../viewer/index.ts';
import {BuiltPlane} from './BuiltPlane.tsx';
import {stackParts} from './design-facts.ts';
import styles from './DesignPage.module.css';
import {DigitPicker} from './DigitPicker.tsx';
import {usePlay} from './use-play.ts';
import {nearestPlane, nextPlaneMm, planesAlong} from './z-planes.ts';

type DesignData = ApiOutputs['design']['get'];
type FieldData = ApiOutputs['design']['fields'];
type FieldPlane = FieldData['planes'][number];

/** Fields at the parts first, then between them; both are kept. */
function useFields(design: DesignData, digitId: string | null) {
  const {folder, file} = design;
  const asked = useMemo(() => planesAlong(file), [file]);
  const kept = {staleTime: Infinity, gcTime: 10 * 60_000};
  const first = useQuery(
    queries.design.fields.queryOptions({
      input: digitId === null ? skipToken : {folder, digitId, zMm: [...asked.first]},
      ...kept,
    }),
  );
  const rest = useQuery(
    queries.design.fields.queryOptions({
      input: digitId === null || !first.data ? skipToken : {folder, digitId, zMm: [...asked.rest]},
      ...kept,
    }),
  );
  const planes = useMemo(
    () => [...(first.data?.planes ?? []), ...(rest.data?.planes ?? [])].sort((a, b) => a.zMm - b.zMm),
    [first.data, rest.data],
  );
  const total = asked.first.length + asked.rest.length;
  const retry = (): void => void (first.error ? first.refetch() : rest.refetch());
  return {answer: first.data, planes, total, error: first.error ?? rest.error, retry};
}

/** What the twin says that the light of a digit does: at every plane, and at the detector. */
export function Prediction({design}: {readonly design: DesignData}): ReactElement {
  const {file} = design;
  const [digitId, setDigitId] = useState<string | null>(null);
  const [zMm, setZMm] = useState(file.detector.zMm);
  const {answer, planes, total, error, retry} = useFields(design, digitId);
  const parts = useMemo(() => stackParts(file), [file]);
  const play = usePlay(() => setZMm((at) => nextPlaneMm(planes, at)), planes.length > 1);
  const plane = nearestPlane(planes, zMm);
  useActions([
    {
      id: 'design.play',
      title: play.isPlaying ? 'Stop the walk along the beam' : 'Walk along the beam',
      group: 'Design',
      shortcut: 'shift+w',
      disabledBecause: planes.length > 1 ? undefined : 'The planes are not computed yet.',
      run: play.toggle,
    },
  ]);
  return (
    <Panel title="What the twin predicts" className={styles.predictionPanel}>
      <div className={styles.prediction}>
        <DigitPicker folder={design.folder} chosenId={digitId} onChoose={setDigitId} />
        <div className={styles.field}>
          {error && <ProblemBox problem={problemFrom(error)} action={{label: 'Try again', onPress: retry}} />}
          {plane ? (
            <FieldMap plane={plane} file={file} />
          ) : (
            <EmptyState
              title={digitId === null ? 'No digit chosen' : 'The twin computes the field ...'}
              text="Intensity and phase at each plane along the beam stand here."
            />
          )}
          <div className={styles.stackRow}>
            <div className={styles.stack}>
              <StackDrawing
                label={`Stack of the design ${file.name}`}
                parts={parts}
                zMm={zMm}
                onZMm={(next) => {
                  play.stop();
                  setZMm(next);
                }}
                stepMm={1}
              />
            </div>
            <Button
              isDisabled={planes.length < 2}
              hint={
                play.isSlow ? 'One plane a second, as your system asks for less motion (Shift+W)' : 'Shift+W'
              }
              onPress={play.toggle}
            >
              {play.isPlaying ? 'Pause' : 'Play along z'}
            </Button>
          </div>
          {digitId !== null && !error && planes.length < total && (
            <ProgressLine label="Planes computed" value={planes.length / total} />
          )}
        </div>
        <DetectorPlane design={design} digitId={digitId} answer={answer} planes={planes} />
      </div>
    </Panel>
  );
}

function FieldMap({
  plane,
  file,
}: {
  readonly plane: FieldPlane;
  readonly file: DesignData['file'];
}): ReactElement {
  const [kind, setKind] = useChoice<string>('design.field', 'intensity');
  const [scaleChoice, setScale] = useChoice<string>('design.fieldScale', 'linear');
  const colourMap = useSettings((settings) => settings.colourMap);
  const [cursorMm, setCursorMm] = useState<PointMm | null>(null);
  const [zoomMm, setZoomMm] = useState<RectMm | null>(null);
  const isPhase = kind === 'phase';
  const scale = scaleChoice === 'log' ? 'log' : 'linear';
  const atPlate = file.layers.findIndex(({zMm}) => Math.abs(zMm - plane.zMm) < 0.01);
  const place =
    plane.zMm === 0
      ? 'behind the object'
      : atPlate >= 0
        ? `behind plate ${atPlate + 1}`
        : plane.zMm === file.detector.zMm
          ? 'at the detector'
          : '';
  return (
    <>
      <div className={styles.fieldTools}>
        <Segments
          label="Show"
          value={isPhase ? 'phase' : 'intensity'}
          onChange={setKind}
          options={[
            {value: 'intensity', label: 'intensity'},
            {value: 'phase', label: 'phase'},
          ]}
        />
        <Segments
          label="Scale of the intensity"
          value={scale}
          isDisabled={isPhase}
          onChange={setScale}
          options={[
            {value: 'linear', label: 'linear'},
            {value: 'log', label: 'log'},
          ]}
        />
        <span className={styles.where}>
          <strong>z {fixedText(plane.zMm, 1)} mm</strong> {place}
        </span>
        <span className={styles.where}>
          power {fixedText(plane.powerRatio * 100, 1)} % of that behind the object
        </span>
      </div>
      <div className={styles.fieldMap}>
        <HeatMap
          label={`${isPhase ? 'Phase' : 'Intensity'} at z ${fixedText(plane.zMm, 1)} mm`}
          plane={isPhase ? plane.phaseRad : plane.intensity}
          unit={isPhase ? 'rad' : ''}
          quantity={isPhase ? 'phase' : 'intensity'}
          colourMap={isPhase ? 'twilight' : colourMap}
          scale={isPhase ? 'linear' : scale}
          cursorMm={cursorMm}
          onCursorMm={setCursorMm}
          zoomMm={zoomMm}
          onZoomMm={setZoomMm}
        />
      </div>
    </>
  );
}

function DetectorPlane(props: {
  readonly design: DesignData;
  readonly digitId: string | null;
  readonly answer: FieldData | undefined;
  readonly planes: readonly FieldPlane[];
}): ReactElement {
  const {design, digitId, answer, planes} = props;
  const {file} = design;
  const {zMm, regions} = file.detector;
  const colourMap = useSettings((settings) => settings.colourMap);
  const plane = planes.find((candidate) => Math.abs(candidate.zMm - zMm) < 0.01);
  const winner = answer?.winner ?? null;
  const boxes = useMemo(
    () =>
      regions.map(({label, centerXMm, centerYMm, widthMm, heightMm}): Region => ({
        label,
        rectMm: {
          xMm: [centerXMm - widthMm / 2, centerXMm + widthMm / 2],
          yMm: [centerYMm - heightMm / 2, centerYMm + heightMm / 2],
        },
        isEmphasised: label === winner,
      })),
    [regions, winner],
  );
  const labels = useMemo(() => regions.map(({label}) => label), [regions]);
  return (
    <div className={styles.detector}>
      <h3>Detector layout, z {zMm} mm</h3>
      <div className={styles.detectorMap}>
        {plane ? (
          <HeatMap
            label={
              regions.length > 0 ? 'Intensity at the detector with its regions' : 'Intensity at the detector'
            }
            plane={plane.intensity}
            unit=""
            quantity="intensity"
            colourMap={colourMap}
            regions={boxes}
            hasColourBar={false}
          />
        ) : (
          <EmptyState
            title={regions.length > 0 ? 'Detector regions' : 'Image'}
            text={
              regions.length > 0
                ? 'They stand here over the light of the chosen digit.'
                : 'The image of the chosen digit is shown here.'
            }
          />
        )}
      </div>
      {regions.length > 0 && <RegionShares labels={labels} answer={answer} />}
      <BuiltPlane design={design} digitId={digitId} regions={boxes} />
    </div>
  );
}

function RegionShares(props: {
  readonly labels: readonly string[];
  readonly answer: FieldData | undefined;
}): ReactElement {
  const {labels, answer} = props;
  const percent = useMemo(() => answer?.shares.map((share) => share * 100) ?? null, [answer]);
  const index = labels.indexOf(answer?.winner ?? '');
  return (
    <>
      {answer && (
        <p>
          {answer.sample || `digit ${answer.label}`}: region <strong>{answer.winner}</strong> wins with{' '}
          {fixedText(Math.max(...answer.shares) * 100, 1)} %
          {answer.winner === answer.label ? '.' : ', which is wrong.'}
        </p>
      )}
      <div className={styles.chart}>
        <RegionBars
          label="Predicted shares of the regions"
          regionLabels={labels}
          measured={null}
          simulated={percent}
          measuredWinner={null}
          simulatedWinner={index < 0 ? null : index}
          simulatedName="predicted"
          unit="%"
        />
      </div>
    </>
  );
}
