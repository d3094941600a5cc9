import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {
  keepStand,
  movePlate,
  plateMoveKinds,
  plateStandKind,
  recallStands,
  trustPlate,
  unknownMovesSince,
} from '../../../src/host/placements/plate-moves.ts';
import {openStore, type Store} from '../../../src/host/store/open-store.ts';
import {viewCalibrations} from '../../../src/host/views/view-calibrations.ts';
import {configWith, fourAxes, setUp} from '../../drivers/zaber-fixture.ts';

let folder: string;
let store: Store;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'd2nn-journal-'));
  store = openStore(join(folder, 'bench.sqlite'));
});
afterEach(() => {
  store.close();
  rmSync(folder, {recursive: true, force: true});
});

const place = {benchName: 'north', benchSeed: null};
const twoPlates = configWith([fourAxes(1), fourAxes(2)]);

/** Changes the last row of a kind past the program, as a failing disk does; returns its uid. */
function damageLast(kind: string, column = 'value', text = '{"plate":1}'): string {
  const db = new Database(store.path);
  const uid = db
    .prepare<[string], string>('SELECT uid FROM calibrations WHERE kind = ? ORDER BY id DESC LIMIT 1')
    .pluck()
    .get(kind);
  db.prepare(`UPDATE calibrations SET ${column} = ? WHERE uid = ?`).run(text, uid);
  db.close();
  return uid ?? '';
}

/** The journal as a program leaves it that is killed in the middle of a move of plate 1 away from its zero. */
async function killedInMove(): Promise<void> {
  const {mount} = await setUp(twoPlates);
  await movePlate(store, mount, {...place, plate: 1, to: {dxMm: 0}, by: 'Ada', why: 'test'});
  await movePlate(store, mount, {...place, plate: 2, to: {dxMm: 0}, by: 'Ada', why: 'test'});
  mount.recall(1, {offset: null, microsteps: {}});
  keepStand(store, mount, {...place, plate: 1});
}

test.each([
  ['value', '{"plate":1}'],
  ['value', '{'],
  // Nobody knows of what kind it was.
  ['kind', 'plate-stan'],
])(
  'a damaged entry on where a plate stood (%s %s) lets no plate move until a person confirms it',
  async (...damage) => {
    await killedInMove();
    const uid = damageLast(plateStandKind, ...damage);
    // Switched off and on, the mount reports the zero that the entry before the damaged one speaks of.
    const {mount, chain} = await setUp(twoPlates);
    recallStands(store, mount, place);
    const states = await mount.readStates();
    for (const {offset, problem, unproven} of states) {
      expect(offset).toEqual({});
      expect(problem).toMatch(
        /is damaged. Row .* of the table calibrations cannot be used.*Nothing moved.*give your word/,
      );
      expect(problem).toContain(uid);
      expect(unproven?.dxMm).toBe(0);
    }
    for (const plate of [1, 2])
      await expect(
        movePlate(store, mount, {...place, plate, to: {dxMm: 1}, by: 'Ada', why: 'test'}),
      ).rejects.toMatchObject({code: 'motion/not-homed', message: expect.stringContaining(uid) as string});
    expect(
      chain.devices.flatMap(({axes}) => axes.map(({offset}) => offset)).every((mm) => Math.abs(mm) < 1e-9),
    ).toBe(true);

    const shown = states[0].unproven ?? {};
    await trustPlate(store, mount, {...place, plate: 1, shown, by: 'Bo'});
    expect(
      await movePlate(store, mount, {...place, plate: 1, to: {dxMm: 1}, by: 'Bo', why: 'test'}),
    ).toMatchObject({
      dxMm: expect.closeTo(1, 3) as number,
    });
    await expect(
      movePlate(store, mount, {...place, plate: 2, to: {dxMm: 1}, by: 'Bo', why: 'test'}),
    ).rejects.toMatchObject({code: 'motion/not-homed'});
  },
);

test('a damaged entry of another bench, or one before the last of a plate, takes nothing from it', async () => {
  const {mount} = await setUp(twoPlates);
  for (const plate of [1, 2])
    await movePlate(store, mount, {...place, plate, to: {dxMm: 0.5}, by: 'Ada', why: 'test'});
  const {uid: sessionUid} = store.createSession({title: 'other', operator: 'Ada', benchName: 'south'});
  store.addCalibration({
    kind: plateStandKind,
    sessionUid,
    value: {...place, benchName: 'south', plate: 1, memory: {offset: null, microsteps: {}}, by: null},
  });
  damageLast(plateStandKind);
  recallStands(store, mount, place);
  expect((await mount.readStates()).map(({problem}) => problem)).toEqual(['', '']);
});

test('a damaged entry on a move is told, with its row, to whoever asks which plates were moved', async () => {
  const {mount} = await setUp(twoPlates);
  await movePlate(store, mount, {...place, plate: 1, to: {dxMm: 0.5}, by: 'Ada', why: 'test'});
  expect(unknownMovesSince(store, place, 0)).toBe('');
  const uid = damageLast(plateMoveKinds.move);
  expect(unknownMovesSince(store, place, 0)).toMatch(
    new RegExp(`nobody knows which plates were moved: Row ${uid} of the table calibrations cannot be used`),
  );
  // Of runs that were begun later it says nothing.
  expect(unknownMovesSince(store, place, 1)).toBe('');
  expect(viewCalibrations(store, 0)).toContainEqual(
    expect.objectContaining({uid, statusText: expect.stringContaining('journal of mounts') as string}),
  );
});
