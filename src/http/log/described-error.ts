import { databaseError } from '../../db/sqlstate.ts'

export type DescribedError = {
  type: string
  code?: string
  constraint?: string
  message?: string
  stack?: string
  cause?: DescribedError
}

const messageCharsMax = 300
const framesMax = 12

/** Errors of the language that quote what they were given without saying where that begins. */
const quotingTypes = ['SyntaxError', 'RangeError', 'URIError']

/**
 * An error for the log, with no text that a request may have brought: what is quoted in a message is
 * left out, and what follows it.
 */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code, constraint } = databaseError(error) ?? { code: nodeCodeOf(error) }
  const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? []
  const message = messageOf(error)
  return {
    type: error.name,
    ...(code && { code }),
    ...(constraint && { constraint }),
    ...(message && { message }),
    stack: frames.slice(0, framesMax).join('\n'),
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  }
}

function messageOf({ name, message }: Error): string {
  if (quotingTypes.includes(name)) return ''
  const [unquoted = ''] = message.split(/["'`“‘]/)
  const text = name === 'TypeError' ? (unquoted.split(':')[0] ?? '') : unquoted
  return text.slice(0, messageCharsMax)
}

function nodeCodeOf(error: Error): string | undefined {
  return 'code' in error && /^[A-Z][A-Z0-9_]{1,63}$/.test(String(error.code))
    ? String(error.code)
    : undefined
}
