function withResolvers() {
  let resolve, reject;
  const promise = new this((a, b) => {
    resolve = a;
    reject = b;
  });
  return { promise, resolve, reject };
}

/** @restatedev/restate-sdk 1.17 calls Promise.withResolvers, which Node 20 lacks (Node 22 has it). */
export function polyfill() {
  Promise.withResolvers ??= withResolvers;
}
