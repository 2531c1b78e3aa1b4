export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
  if (sorted.length % 2 === 1) return middle
  return (middle + (sorted[sorted.length / 2 - 1] ?? Number.NaN)) / 2
}
