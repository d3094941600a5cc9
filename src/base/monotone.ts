/** Values made non-decreasing with the least square change (isotonic regression by pooling adjacent violators). */
export function monotone(values: readonly number[]): number[] {
  const blocks: {sum: number; count: number}[] = [];
  for (const value of values) {
    let block = {sum: value, count: 1};
    for (
      let last = blocks.at(-1);
      last && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      block = {sum: block.sum + last.sum, count: block.count + last.count};
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks.flatMap(({sum, count}) => Array.from({length: count}, () => sum / count));
}
