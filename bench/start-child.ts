import { channel } from 'node:diagnostics_channel'
import SerializerSelector from '@fastify/fast-json-stringify-compiler'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { contextWithoutDatabase } from '../scripts/description.ts'
import { createLog } from '../src/http/log/log.ts'
import { createApp } from '../src/main.ts'
import { input, output } from './child.ts'

/** Starts the app with copies of every operation, each under an address of its own. */
export type Start = { operations: number; ms: number; cpuMs: number; compileMs: number[] }

const parts = ['body', 'querystring', 'params'] as const
const { copies } = input<{ copies: number }>()
const operations: RouteOptions[] = []

channel('fastify.initialization').subscribe((message) => {
  const { fastify: app } = message as { fastify: FastifyInstance }
  app.addHook('onRoute', (route) => {
    if (route.schema?.operationId === undefined || route.method === 'HEAD') return
    operations.push(route)
    if (route.url.startsWith('/copy-')) return
    for (let i = 0; i < copies; i++) app.route(copyOf(route, `copy-${i}`))
  })
})

/** A copy has bodies and answers of its own, as another operation has; refusals are shared. */
function copyOf({ schema = {}, ...route }: RouteOptions, name: string): RouteOptions {
  const inputSchemas = parts.flatMap((part) =>
    schema[part] === undefined ? [] : [[part, { ...(schema[part] as object) }]],
  )
  const response = Object.entries(schema.response ?? {}).map(([status, answer]) => [
    status,
    status < '400' ? { ...answer } : answer,
  ])
  return {
    ...route,
    url: `/${name}${route.url}`,
    schema: {
      ...schema,
      ...Object.fromEntries(inputSchemas),
      response: Object.fromEntries(response),
    },
  }
}

const serializerOf = SerializerSelector()()

/** The time that the first successful request of an operation spends on compiling. */
function compileMs({ schema = {} }: RouteOptions): number {
  const begun = performance.now()
  for (const part of parts) if (schema[part]) Compile(schema[part] as TSchema)
  for (const [httpStatus, answer] of Object.entries(schema.response ?? {})) {
    if (httpStatus < '400') serializerOf({ schema: answer, httpStatus, method: '', url: '' })
  }
  return performance.now() - begun
}

const cpuBefore = process.cpuUsage()
const begun = performance.now()
const app = await createApp(contextWithoutDatabase, createLog('silent'))
const ms = performance.now() - begun
const { user, system } = process.cpuUsage(cpuBefore)
output({
  operations: operations.length,
  ms,
  cpuMs: (user + system) / 1000,
  compileMs: operations.filter(({ url }) => !url.startsWith('/copy-')).map(compileMs),
} satisfies Start)
await app.close()
