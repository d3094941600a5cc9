// `npm run types`: the type checks that `npm test` runs, by themselves.
import {report, runGates, typeGates} from './test.mjs';

const results = await runGates(typeGates(), {onResult: report});
process.exitCode = results.every(({isPassed}) => isPassed) ? 0 : 1;
