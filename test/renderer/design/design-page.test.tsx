import {screen} from '@testing-library/react';
import {afterEach, expect, test} from 'vitest';
import {DesignPage} from '../../../src/renderer/features/design/index.ts';
import {closeWindow, openWindow, patient} from '../open-window.tsx';

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
