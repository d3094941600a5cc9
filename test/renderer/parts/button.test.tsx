import {cleanup, render, screen} from '@testing-library/react';
import {userEvent} from '@testing-library/user-event';
import {afterEach, expect, test} from 'vitest';
import {Button} from '../../../src/renderer/parts/index.ts';

afterEach(cleanup);

test('a hint that another one has replaced does not come back when its button loses the focus', async () => {
  const user = userEvent.setup();
  render(
    <>
      <Button hint="Moves the stage">Move</Button>
      <Button hint="Reads the detector">Read</Button>
      <button type="button">elsewhere</button>
    </>,
  );
  await user.tab();
  expect((await screen.findByRole('tooltip')).textContent).toBe('Moves the stage');
  // The pointer is taken for one once it has moved.
  await user.hover(screen.getByRole('button', {name: 'elsewhere'}));
  // Shown at once, and the other one is taken away at once: one hint at a time.
  await user.hover(screen.getByRole('button', {name: 'Read'}));
  await screen.findByText('Reads the detector');
  expect(screen.queryByText('Moves the stage')).toBeNull();
  await user.click(screen.getByRole('button', {name: 'elsewhere'}));
  expect(document.activeElement?.textContent).toBe('elsewhere');
  expect(screen.queryByText('Moves the stage')).toBeNull();
});
