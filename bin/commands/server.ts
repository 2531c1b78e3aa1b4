import { once } from 'node:events'
import { readConfig } from '../../src/config.ts'
import { StartupError } from '../../src/db/startup-error.ts'
import { demo } from '../../src/demo/ids.ts'
import type { RunningServer } from '../../src/main.ts'
import { openSandbox } from '../../src/sandbox.ts'
import { npmEnd } from './npm-end.ts'

/** `groundlevel dev`: the sandbox. */
export async function dev(args: string[]): Promise<number> {
  const npm = npmEnd(process.env)
  const { config, flags } = readConfig(args, process.env)
  if (flags['database-url']) {
    throw new StartupError('The sandbox has its own database. For another one: groundlevel serve.')
  }
  // A DATABASE_URL in the environment belongs to something else: the sandbox never writes there.
  const sandbox = { ...config, rateLimit: config.rateLimit ?? 'off' } as const
  // The database opens in its thread while this one loads the server.
  const [database, { start }] = await Promise.all([
    openSandbox(config),
    import('../../src/main.ts'),
  ])
  const running = await start(sandbox, database, {
    demoAdmin: demo.admin,
    demoTokens: {
      location: demo.privateIntegrationToken,
      agency: demo.agencyPrivateIntegrationToken,
    },
  })
  const greeting = (url: string) =>
    config.json ? `${JSON.stringify(demoFacts(url))}\n` : banner(url)
  return answerUntilSignal(running, greeting, npm)
}

/** `groundlevel serve`: production. */
export async function serve(args: string[]): Promise<number> {
  const { config, flags } = readConfig(args, process.env)
  if (flags['data-dir']) {
    throw new StartupError('An embedded database is for the sandbox: groundlevel dev.')
  }
  const { checkProduction, openProduction, start } = await import('../../src/main.ts')
  checkProduction(config)
  return answerUntilSignal(await start(config, await openProduction(config)), (url) =>
    config.json ? `${JSON.stringify({ url })}\n` : `Groundlevel answers on ${url}\n`,
  )
}

async function answerUntilSignal(
  running: RunningServer,
  greeting: (url: string) => string,
  ...otherEnds: Promise<unknown>[]
): Promise<number> {
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), ...otherEnds])
  process.stdout.write(greeting(running.url))
  await stop
  await running[Symbol.asyncDispose]()
  return 0
}

function demoFacts(url: string) {
  const { locationId, privateIntegrationToken, opportunityId, userIds } = demo.otherLocation
  return {
    url,
    pid: process.pid,
    companyId: demo.companyId,
    locationId: demo.locationId,
    userIds: demo.userIds,
    pipelineId: demo.pipelineId,
    stageIds: demo.stageIds,
    contactId: demo.contactId,
    opportunityId: demo.opportunityId,
    privateIntegrationToken: demo.privateIntegrationToken,
    agencyPrivateIntegrationToken: demo.agencyPrivateIntegrationToken,
    clientId: demo.clientId,
    clientSecret: demo.clientSecret,
    otherLocation: { locationId, privateIntegrationToken, opportunityId, userIds },
  }
}

function banner(url: string): string {
  const removedFollowers = JSON.stringify({ followers: demo.followers.slice(2) })
  return `
  Groundlevel answers on ${url}

  Location     ${demo.locationId}
  Opportunity  ${demo.opportunityId}
  Pipeline     ${demo.pipelineId}
  Token        ${demo.privateIntegrationToken}

  Remove two of the opportunity's four followers:

    curl -X DELETE ${url}/opportunities/${demo.opportunityId}/followers \\
      -H 'Authorization: Bearer ${demo.privateIntegrationToken}' \\
      -H 'Version: 2021-07-28' -H 'Content-Type: application/json' \\
      -d '${removedFollowers}'

  Reference    ${url}/docs
  OpenAPI      ${url}/openapi.json
  Stop         Ctrl+C

`
}
