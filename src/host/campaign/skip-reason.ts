/** Why a digit's scan ended that the operator skipped: it is not failed, and a campaign that goes on leaves it out. */
export const skipReason = 'skipped by operator';
