import {Option} from 'commander';

/** `--as-built`: which network as built a prediction is of. */
export const asBuiltOption = (): Option =>
  new Option(
    '--as-built <uid>',
    'the network as it was built: uid of a record ("calibrate list" shows them), or "accepted" for the placement that is accepted for the design',
  );
