/** Largest text of one request, on whatever way it comes, bytes: the largest that a window sends has some 20 kB. */
export const requestLimitBytes = 256 * 2 ** 10;
