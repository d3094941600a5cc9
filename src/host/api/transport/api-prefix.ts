/** Path under which the plain HTTP form of the API is served. */
export const apiPrefix = '/api/v1';
