/** Tries cells that are sent to this process, one after the other, and answers with what came of them. */
import {measureBaseline, runCell} from './cell.ts';
import {plannedCells} from './cells.ts';

const baseline = await measureBaseline();
process.on('message', (index: number) => {
  const cell = plannedCells[index];
  if (!cell) throw new Error(`There is no cell ${index}.`);
  void runCell(cell, baseline).then(({ending, problems, cannot, tookS}) =>
    process.send?.({index, ending, problems, cannot, tookS}),
  );
});
process.send?.('ready');
