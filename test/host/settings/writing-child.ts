import {openSettings} from '../../../src/host/settings-store.ts';

// Changes the settings as fast as it can until it is killed.
const [folder = ''] = process.argv.slice(2);
const settings = await openSettings(folder, (sentence) => {
  throw new Error(sentence);
});
process.send?.('begun');
for (let round = 0; ; round++) {
  const filler = Object.fromEntries(Array.from({length: 400}, (_, index) => [`panel${index}`, round]));
  await settings.change({operator: `round ${round}`, choices: filler});
}
