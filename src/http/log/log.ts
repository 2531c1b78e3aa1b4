import { styleText } from 'node:util'
import type { FastifyBaseLogger } from 'fastify'
import pino from 'pino'
import { limits } from '../../limits.ts'
import { describeError } from './described-error.ts'
import { visible, visibleLines } from './visible.ts'

type Write = (line: string) => void

/**
 * Logs to stderr: lines of JSON, or in a terminal lines for a person. Every line is bounded, and
 * nothing in it makes a terminal do something.
 */
export function createLog(level: string, write: Write = writeStderr()): FastifyBaseLogger {
  const serializers = { err: describeError, error: describeError }
  return pino({ level, base: null, serializers }, { write: (line) => write(boundLine(line)) })
}

function writeStderr(): Write {
  if (process.stderr.isTTY) return (line) => process.stderr.write(formatLine(line))
  const destination = pino.destination({ fd: 2, sync: false })
  return (line) => destination.write(line)
}

/** The line with its texts cut where it is too long; with what every line has alone, if need be. */
export function boundLine(line: string): string {
  if (line.length <= limits.logLineCharsMax) return visibleLines(line)
  const fields = JSON.parse(line)
  const cut = (_name: string, value: unknown) =>
    typeof value === 'string' ? value.slice(0, limits.logTextCharsMax) : value
  const shorter = JSON.stringify({ ...fields, isCut: true }, cut)
  if (shorter.length < limits.logLineCharsMax) return visibleLines(`${shorter}\n`)
  const { level, time, traceId, msg } = fields
  return visibleLines(`${JSON.stringify({ level, time, traceId, isCut: true, msg }, cut)}\n`)
}

const colours: Readonly<Record<string, 'red' | 'yellow' | 'dim'>> = {
  fatal: 'red',
  error: 'red',
  warn: 'yellow',
  debug: 'dim',
}

/** A line of the log for a person: time, level or area, message, fields. */
export function formatLine(line: string): string {
  const { level, time, msg, debug, err, ...fields } = JSON.parse(line)
  const name: string = debug ?? pino.levels.labels[level] ?? String(level)
  const clock = new Date(time).toISOString().slice(11, 23)
  const fieldTexts = Object.entries(fields).map(([key, value]) => `${key}=${formatValue(value)}`)
  const text = [clock, name.padEnd(6), msg ?? '', ...fieldTexts].join(' ')
  const colour = colours[pino.levels.labels[level] ?? '']
  const plain = visible(text) + visibleLines(formatError(err))
  return `${colour ? styleText(colour, plain, { stream: process.stderr }) : plain}\n`
}

function formatError(err: ReturnType<typeof describeError> | undefined): string {
  if (!err) return ''
  const { type, code, message, stack, cause } = err
  const head = [type, code, message].filter((part) => part !== undefined).join(' ')
  return `\n${visible(head)}${stack ? `\n${stack}` : ''}${formatError(cause)}`
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && /^[^"\p{Cc}]*$/u.test(value) ? value : JSON.stringify(value)
}
