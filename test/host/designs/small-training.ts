/** Settings of a network that is trained in seconds: plates of 16 x 16 samples, few digits kept. */
export const smallTraining = {
  count: 16,
  layerCount: 1,
  gapMm: 10,
  regionMm: 0.8,
  scanStepMm: 0.8,
  objectSideMm: 5,
  validationCount: 20,
};
