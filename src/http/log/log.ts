import { stripVTControlCharacters, styleText } from 'node:util'
import type { FastifyBaseLogger } from 'fastify'
import pino from 'pino'

/** Writes to stderr: lines of JSON, or in a terminal lines for a person. */
export function createLog(level: string): FastifyBaseLogger {
  const options = { level, base: null }
  if (!process.stderr.isTTY) return pino(options, pino.destination({ fd: 2, sync: false }))
  return pino(options, { write: (line: string) => process.stderr.write(formatLine(line)) })
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
  const stack = err?.stack ? `\n${err.stack}` : ''
  const plain = stripVTControlCharacters(text).replaceAll(/\p{Cc}/gu, ' ') + stack
  return `${colour ? styleText(colour, plain, { stream: process.stderr }) : plain}\n`
}

function formatValue(value: unknown): string {
  return typeof value === 'string' && /^[^"\p{Cc}]*$/u.test(value) ? value : JSON.stringify(value)
}
