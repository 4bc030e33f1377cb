import { slowEndpoint } from './slow-endpoint.ts';

/** What a host loads from this package. */
export const recipes = [slowEndpoint];
