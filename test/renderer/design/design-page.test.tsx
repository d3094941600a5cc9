import {fireEvent, screen, waitFor, within} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {afterEach, expect, test} from 'vitest';
import designFile from '../../../designs/digits/design.json' with {type: 'json'};
import {designSchema} from '../../../src/contract/design-file.ts';
import {DesignPage} from '../../../src/renderer/features/design/index.ts';
import type {Computation} from '../../../src/contract/api/index.ts';
import {measurementModelSchema} from '../../../src/contract/measurement.ts';
import {toleranceSettingsSchema, type ToleranceStudy} from '../../../src/contract/tolerance.ts';
import {feedOf, type Answers} from '../mock-host.ts';
import {asBuiltEntry} from '../calibrate/as-built-entry.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';
import {plane} from '../window-fixtures.ts';

afterEach(closeWindow);

test('a folder whose design cannot be read is named with its problem', async () => {
  const broken = {
    folder: '/data/designs/broken',
    name: '',
    contentHash: '',
    layerCount: 0,
    frequencyHz: 0,
    problem: 'The height map of plate 2 is not the one that design.json names.',
  };
  await openWindow(<DesignPage />, '/design', {answers: {design: {list: () => [broken]}}});
  await screen.findByText(`${broken.folder}: ${broken.problem}`, {}, patient);
  expect(screen.getByText('No design at hand')).toBeTruthy();
});

const file = designSchema.parse(designFile);
const folder = '/designs/digits';
const digit = {
  id: 'mnist:7:9042',
  label: '7',
  sample: 'digit 7',
  picture: new Uint8Array(28 * 28),
  predicted: null,
};

const answers: Answers = {
  design: {
    list: () => [
      {
        folder,
        name: file.name,
        contentHash: file.contentHash,
        layerCount: file.layers.length,
        frequencyHz: file.frequencyHz,
        problem: '',
      },
    ],
    get: () => ({folder, file, wavelengthMm: 0.75, training: null}),
    plate: () => ({
      heightMm: plane,
      phaseRad: plane,
      mask: null,
      minMm: 1,
      maxMm: 4,
      meanMm: 2.5,
      histogram: {edgesMm: [1, 2.5, 4], counts: [2, 2]},
    }),
    checkPrint: ({printer}) => ({
      problem: (printer?.thinnestMm ?? 0) > 0.5 ? 'Plate 1 would be 0.504 mm thick.' : '',
      warnings: ['Plate 1 has steps lower than a slice.'],
      sideMm: 96,
      lowestMm: 0.504,
      highestMm: 1.484,
      rounding: {rmsMm: 0.008, rmsRad: 0.05, largestMm: 0.014, meanMm: 0},
    }),
    fields: ({zMm}) => ({
      label: digit.label,
      sample: digit.sample,
      planes: zMm.map((one) => ({zMm: one, intensity: plane, phaseRad: plane, powerRatio: 1})),
      shares: file.detector.regions.map(() => 1 / file.detector.regions.length),
      winner: '7',
      mask: {count: 0, pitchMm: 1, amplitude: new Float32Array()},
    }),
  },
  twin: {
    toleranceEstimate: ({settings}) => ({
      seconds: settings?.isQuick === true ? 60 : 540,
      longestSeconds: 900,
      threadCount: 2,
      planeCount: 3000,
    }),
    tolerance: () => ({id: 'study'}),
  },
  computations: {
    status: feedOf({hostId: 'mock', last: 1, lostCount: 0, computations: []}),
  },
  campaign: {digits: ({label}) => ({total: 1, digits: label === '7' ? [digit] : []})},
};

test('the first digit of a design is predicted by itself, at the detector and all along the beam', async () => {
  const {host} = await openWindow(<DesignPage />, '/design', {answers});
  await screen.findByText(folder, {}, patient);
  await waitFor(() => expect(host.callsOf('design', 'fields')).toHaveLength(2), patient);
  expect(host.callsOf('design', 'fields')).toMatchObject([
    {folder, digitId: digit.id},
    {folder, digitId: digit.id},
  ]);
  await waitFor(
    () => expect(screen.getByRole('button', {name: 'Play along z'}).hasAttribute('disabled')).toBe(false),
    patient,
  );
});

test('beside the plane as designed stands that of a network as it was built, by the record that is chosen', async () => {
  const {host, user} = await openWindow(<DesignPage />, '/design', {
    answers: {
      ...answers,
      calibrate: {asBuilt: () => ({records: [asBuiltEntry]})},
      twin: {
        ...answers.twin,
        predict: () => ({
          ...{designHash: 'sha256:1', count: 2, pitchMm: 0.4, intensity: Float64Array.of(0, 1, 2, 3)},
          verdict: {shares: [0.2, 0.8], winner: '1'},
          asBuilt: {
            ...{alignmentUid: 'a', asBuiltUid: 'built', version: 2, benchName: 'north', benchSeed: null},
            ...{isAccepted: true, text: 'As built on north, record version 2; its placement is accepted.'},
          },
        }),
      },
    },
  });
  await user.click(await screen.findByRole('button', {name: /Network as built/}, patient));
  await user.click(await screen.findByRole('option', {name: 'version 2, north, accepted'}, patient));
  await screen.findByText('As built on north, record version 2; its placement is accepted.', {}, patient);
  expect(screen.getByText(/^As built region/).textContent).toBe('As built region 1 wins with 80.0 %.');
  expect(host.callsOf('twin', 'predict')).toMatchObject([
    {designFolder: folder, object: {kind: 'digit', id: digit.id}, asBuilt: {kind: 'record', uid: 'built'}},
  ]);
});

const exporting: Computation = {
  id: 'export-1',
  kind: 'export-plates',
  title: 'plates of digits for the workshop',
  state: 'running',
  text: 'digits plate 2 of 5',
  notes: [],
  noteCount: 0,
  progress: {done: 1, total: 7, unit: 'parts'},
  startedUtc: '2026-11-30T00:00:00.000Z',
  endedUtc: null,
  elapsedS: 9,
  timeLeftS: null,
  problem: null,
};

test('what a printer cannot make is refused in the form, before anything is computed', async () => {
  const {host, user} = await openWindow(<DesignPage />, '/design', {answers});
  await user.click(await screen.findByRole('button', {name: 'Export for printing'}, patient));
  await screen.findByText(
    'Plates of 96.0 mm with their rim, 0.50 to 1.48 mm thick; whole slices cost 0.050 rad RMS.',
    {},
    patient,
  );
  const thinnest = screen.getByLabelText('Thinnest sheet');
  await user.clear(thinnest);
  await user.type(thinnest, '0.6');
  await screen.findByText('Plate 1 would be 0.504 mm thick.', {}, patient);
  await user.click(screen.getByRole('button', {name: 'Export'}));
  expect(host.callsOf('design', 'exportPlates')).toEqual([]);
});

test('an export under way is stopped, and what that means is said', async () => {
  const stopping = Promise.withResolvers<Computation>();
  const {host, user} = await openWindow(<DesignPage />, '/design', {
    answers: {
      ...answers,
      design: {...answers.design, exportPlates: () => ({id: exporting.id, folder: '/data/prints/digits'})},
      computations: {
        status: async ({after = 0}) => ({
          hostId: 'h',
          last: after + 1,
          lostCount: 0,
          computations: [after === 0 ? exporting : await stopping.promise],
        }),
        stop: () => {
          stopping.resolve({...exporting, state: 'stopped', text: 'Nothing was written.', endedUtc: ''});
          return {hasStopped: true};
        },
      },
    },
  });
  await user.click(await screen.findByRole('button', {name: 'Export for printing'}, patient));
  await screen.findByText(/^Plates of 96\.0 mm/, {}, patient);
  await user.click(screen.getByRole('button', {name: 'Export'}));
  await screen.findByText('digits plate 2 of 5 (1 of 7)', {}, patient);
  await user.click(screen.getByRole('button', {name: 'Stop'}));
  await waitFor(() => expect(host.callsOf('computations', 'stop')).toEqual([{id: exporting.id}]), patient);
  await waitFor(() => expect(screen.queryByText(/^digits plate 2/)).toBeNull(), patient);
  expect(host.callsOf('computations', 'result')).toEqual([]);
});

test('an export for printing is followed to its end and says where its files are and what rounding costs', async () => {
  const ended = {
    id: 'export-1',
    kind: 'export-plates' as const,
    title: 'plates of digits for the workshop',
    state: 'done' as const,
    text: 'Done.',
    notes: [],
    noteCount: 0,
    progress: {done: 4, total: 5, unit: 'parts'},
    startedUtc: '2026-11-30T00:00:00.000Z',
    endedUtc: '2026-11-30T00:00:09.000Z',
    elapsedS: 9,
    timeLeftS: null,
    problem: null,
  };
  const rounding = {rmsMm: 0.008, rmsRad: 0.05, largestMm: 0.014, meanMm: 0};
  const {host} = await openWindow(<DesignPage />, '/design', {
    answers: {
      ...answers,
      design: {...answers.design, exportPlates: () => ({id: ended.id, folder: '/data/prints/digits'})},
      computations: {
        status: () => ({hostId: 'h', last: 1, lostCount: 0, computations: [ended]}),
        result: () => ({
          kind: 'export-plates',
          folder: '/data/prints/digits',
          files: [{name: 'plate-1.stl', bytes: 16_000_000}],
          plates: [{plate: 1, rounding, volumeMm3: 12_600, massG: 14.9, triangleCount: 320_000}],
          warnings: ['Plate 1 has steps lower than a slice.'],
        }),
      },
    },
  });
  await screen.findByText(folder, {}, patient);
  const user = userEvent.setup();
  await user.click(screen.getByRole('button', {name: 'Export for printing'}));
  await user.click(await screen.findByRole('checkbox', {name: /^DXF/}, patient));
  await user.click(screen.getByRole('button', {name: 'Export'}));
  await screen.findByText(/The plates weigh 14\.9 g/, {}, patient);
  expect(screen.getByText('/data/prints/digits')).toBeTruthy();
  expect(screen.getByText('Plate 1 has steps lower than a slice.')).toBeTruthy();
  expect(host.callsOf('design', 'exportPlates')).toMatchObject([
    {folder, formats: ['stl', '3mf', 'svg', 'sheet'], printer: {sliceMm: 0.028, lateralDpi: 600}},
  ]);
});

const computation: Computation = {
  id: 'study',
  kind: 'tolerance',
  title: 'tolerances of digits',
  state: 'running',
  text: 'plates: lateral, alone',
  notes: [],
  noteCount: 0,
  progress: {done: 42, total: 100, unit: '%'},
  startedUtc: '2026-01-01T00:00:00Z',
  endedUtc: null,
  elapsedS: 100,
  timeLeftS: 138,
  problem: null,
};
const spread = {mean: 0.9, p5: 0.8, p50: 0.9, p95: 1, values: [0.8, 1], edges: [0, 0.5, 1], counts: [0, 2]};
const benches = {
  accuracy: spread,
  match: spread,
  meanMargin: spread,
  matchRate: {rate: 0.9, low: 0.7, high: 0.97, count: 20, effectiveCount: 20},
};
const study: ToleranceStudy = {
  designName: file.name,
  contentHash: file.contentHash,
  settings: toleranceSettingsSchema.parse({}),
  model: measurementModelSchema.parse({}),
  imageCount: 20,
  together: benches,
  rows: [
    {
      error: 'plateLateral',
      size: 0.1,
      points: [{scale: 1, size: 0.1, count: 64, countedMatch: 0.95, match: 0.94, fittedMatch: 0.94}],
      loss: 0.06,
      suggestedSize: 0.05,
      isLowerBound: false,
    },
  ],
  verified: [{...benches, matchRate: {...benches.matchRate, rate: 0.98}}],
  isReached: true,
  quickError: null,
};
/** A page on which one computation is listed. */
const openWith = (listed: Computation) =>
  openWindow(<DesignPage />, '/design', {
    answers: {
      ...answers,
      computations: {
        status: feedOf({hostId: 'mock', last: 1, lostCount: 0, computations: [listed]}),
        stop: () => ({hasStopped: true}),
        result: () => ({kind: 'tolerance', study}),
      },
    },
  });

test('a study of tolerances says how long it takes before it is started with what is set', async () => {
  const {host} = await openWindow(<DesignPage />, '/design', {answers});
  const panel = within(await screen.findByRole('region', {name: 'Tolerances'}, patient));
  await panel.findByText(/About 9 min .* on 2 threads|About 9 min on 2 threads/, {}, patient);
  fireEvent.click(panel.getByRole('checkbox', {name: /Quick/}));
  await waitFor(() => expect(panel.getByText(/^About 1 min|^About 60 s/)).toBeTruthy(), patient);
  fireEvent.click(panel.getByRole('button', {name: 'Study tolerances'}));
  await waitFor(() => expect(host.callsOf('twin', 'tolerance')).toHaveLength(1), patient);
  expect(host.callsOf('twin', 'tolerance')).toEqual([
    {designFolder: folder, settings: {...toleranceSettingsSchema.parse({}), isQuick: true}},
  ]);
});

test('a study under way shows how far it is and is stopped', async () => {
  const {host} = await openWith(computation);
  const panel = within(await screen.findByRole('region', {name: 'Tolerances'}, patient));
  const status = await panel.findByRole('status', {}, patient);
  expect(status.textContent).toMatch(/plates: lateral, alone, 42 %, .*left/);
  fireEvent.click(panel.getByRole('button', {name: 'Stop the study'}));
  await waitFor(() => expect(host.callsOf('computations', 'stop')).toEqual([{id: 'study'}]), patient);
});

test('a finished study shows what each error costs, what is suggested and how it was verified', async () => {
  await openWith({...computation, state: 'done', endedUtc: '2026-01-01T00:10:00Z', timeLeftS: null});
  const panel = within(await screen.findByRole('region', {name: 'Tolerances'}, patient));
  const row = await panel.findByRole('row', {name: /plates: lateral/}, patient);
  expect(row.textContent).toBe('plates: lateral0.1 mm6.00.05 mm');
  expect(
    panel.getByText(/With the suggested tolerances 98.0 % of 20 images match .* the wanted 97.0 % are kept/),
  ).toBeTruthy();
  expect(panel.getByText(/Match over the benches: median 90.0 %/)).toBeTruthy();
});

test('masks of plates are shown beside heights and phases where a design has them', async () => {
  const mask = {transmissionMap: 'mask.npy', sha256: 'a'.repeat(64), levels: 2};
  const layers = file.layers.map((layer) => ({...layer, neurons: 'complex' as const, mask}));
  const {user} = await openWindow(<DesignPage />, '/design', {
    answers: {
      ...answers,
      design: {
        ...answers.design,
        get: () => ({folder, file: {...file, layers}, wavelengthMm: 0.75, training: null}),
        plate: () => ({
          heightMm: plane,
          phaseRad: plane,
          mask: {transmission: plane, passedRatio: 0.62},
          minMm: 1,
          maxMm: 4,
          meanMm: 2.5,
          histogram: {edgesMm: [1, 2.5, 4], counts: [2, 2]},
        }),
      },
    },
  });
  const tiles = (text: string | RegExp) => () =>
    expect(screen.getAllByText(text)).toHaveLength(layers.length);
  await waitFor(tiles(/1\.00 \/ 2\.50 \/ 4\.00 mm/), patient);
  await user.click(screen.getByRole('radio', {name: 'transmission'}));
  await waitFor(tiles('passes 62 % of the power'), patient);
  expect(screen.queryByText(/1\.00 \/ 2\.50/)).toBeNull();
  await user.click(screen.getByRole('button', {name: /Plate 1/}));
  await screen.findByLabelText(/^Amplitude transmission of plate 1/, {}, patient);
  expect(screen.getByText('62 % of the power')).toBeTruthy();
});
