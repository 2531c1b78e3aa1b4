/** The input that `run` gave to this program of the bench. */
export function input<Input>(): Input {
  return JSON.parse(process.argv[2] ?? '')
}

export function output(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
