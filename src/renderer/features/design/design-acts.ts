import type {PageAct} from '../../actions/page-acts.ts';

/** What the palette offers of this page everywhere. */
export const designActs: readonly PageAct[] = [
  {id: 'design.plates', title: 'Turn the plates between height and phase', then: 'do'},
  {id: 'design.play', title: 'Walk along the beam', then: 'do'},
];
