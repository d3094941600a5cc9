import {countOf, pluralOf} from '../../base/count-text.ts';
import type {GuideOptions, GuideStep} from '../../contract/api/align-guide.ts';
import {BenchError} from '../../contract/errors.ts';

/** A step as it is told to the operator, before anything is measured. */
export type GuideStepPlan = Pick<
  GuideStep,
  'id' | 'kind' | 'title' | 'instruction' | 'purpose' | 'plates' | 'isOptional'
>;

/** The steps of a guided alignment of a design with so many plates, in their order. */
export function guideStepsOf(
  {hasSinglePlates, objectCount, singleObjectCount}: GuideOptions,
  plateCount: number,
): GuideStepPlan[] {
  const parts = hasSinglePlates
    ? [beamStep(), ...Array.from({length: plateCount}, (_, i) => platesStep(i + 1, singleObjectCount))]
    : [];
  return [referenceStep(), ...parts, stackStep(plateCount, objectCount)];
}

export const stepIds = (steps: readonly GuideStepPlan[]): string[] => steps.map(({id}) => id);

/** Throws `plan/invalid` for a step that a guided alignment does not have. */
export function stepById(steps: readonly GuideStepPlan[], stepId: string): GuideStepPlan {
  const step = steps.find(({id}) => id === stepId);
  if (step) return step;
  throw new BenchError(
    'plan/invalid',
    `This guided alignment has no step "${stepId}"; it has ${stepIds(steps).join(', ')}. Nothing was begun.`,
  );
}

function referenceStep(): GuideStepPlan {
  return {
    id: 'reference',
    kind: 'reference',
    title: 'Dark level and reference',
    instruction:
      'Leave everything as it stands, take hands and tools out of the beam and close the cover. The source is turned off and on by the program.',
    purpose:
      'Noise and level without light, then the brightest point read again and again: whether what follows can be measured at all.',
    plates: null,
    isOptional: false,
  };
}

function beamStep(): GuideStepPlan {
  return {
    id: 'beam',
    kind: 'beam',
    title: 'Beam of the empty bench',
    instruction: 'Take out all plates and the mask, so that the light falls through the open frame.',
    purpose:
      'Centre and width of the light in the detector plane; from them follow its centre, width and curvature at the object.',
    plates: [],
    isOptional: true,
  };
}

function platesStep(plate: number, objectCount: number): GuideStepPlan {
  const plates = Array.from({length: plate}, (_, i) => i + 1);
  const masks = masksAreText(objectCount);
  return {
    id: `plates-${plate}`,
    kind: 'plates',
    title: plate === 1 ? 'Plate 1 alone' : `Plates 1 to ${plate}`,
    instruction:
      plate === 1
        ? `Put in plate 1 and no other, number and notch as marked; ${masks} asked for one after the other.`
        : `Add plate ${plate} behind those that stand and leave those untouched; ${masks} asked for one after the other.`,
    purpose: `Where plate ${plate} stands, with an error bar, while everything before it is known.`,
    plates,
    isOptional: true,
  };
}

/** `1 mask is`, `3 masks are`. */
const masksAreText = (count: number): string => `${countOf(count, 'mask')} ${pluralOf(count, 'is', 'are')}`;

function stackStep(plateCount: number, objectCount: number): GuideStepPlan {
  return {
    id: 'stack',
    kind: 'stack',
    title: 'Whole stack',
    instruction: `All ${plateCount} plates stand in their places. ${masksAreText(objectCount)} asked for one after the other.`,
    purpose:
      'Where everything stands, from whole planes; how well simulation and bench agree before and after; what to correct.',
    plates: Array.from({length: plateCount}, (_, i) => i + 1),
    isOptional: false,
  };
}
