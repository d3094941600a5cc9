/** What a pixel of a plate does to the light: delay it by a height, weaken it by a mask, or both. */
export const neuronKinds = ['phase', 'amplitude', 'complex'] as const;
/** What a pixel of a plate does to the light. */
export type NeuronKind = (typeof neuronKinds)[number];
