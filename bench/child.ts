/** What a program of this bench was asked. */
export function input<Input>(): Input {
  return JSON.parse(process.argv[2] ?? '')
}

export function output(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}
