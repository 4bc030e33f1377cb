/** There is no store where it was said to be. */
export class StoreNotFound extends Error {}
