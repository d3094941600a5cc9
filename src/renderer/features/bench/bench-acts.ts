import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const benchActs: readonly PageAct[] = [
  {id: 'bench.ports', title: 'Show the ports', then: 'do'},
  {id: 'bench.arm', title: 'Arm jog', then: 'focus'},
  {id: 'bench.goTo', title: 'Go to a position', then: 'focus'},
  {id: 'bench.home', title: 'Home the stage', then: 'focus'},
  {id: 'source.on', title: 'Turn the source on', then: 'focus'},
  {id: 'source.off', title: 'Turn the source off', then: 'focus'},
  {id: 'bench.readings', title: 'Show the live readings', then: 'do'},
  {id: 'bench.wire', title: 'Show the wire log', then: 'do'},
];
