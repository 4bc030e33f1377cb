/** Calls a function for every item, `width` calls at a time. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  call: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < items.length) {
        const index = next++;
        results[index] = await call(items[index] as Item, index);
      }
    }),
  );
  return results;
}
