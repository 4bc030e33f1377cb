/** Runs `jobs` jobs in order, at most `concurrency` at a time; each next one starts when another has ended. */
export async function closedLoop(
  jobs: number,
  concurrency: number,
  job: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < jobs) {
      const index = next;
      next++;
      await job(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, jobs) }, lane));
}
