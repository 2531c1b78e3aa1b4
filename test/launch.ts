import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The line that `groundlevel dev --json` prints. */
export type DemoLine = {
  url: string
  pid: number
  companyId: string
  locationId: string
  userIds: string[]
  pipelineId: string
  stageIds: string[]
  contactId: string
  opportunityId: string
  privateIntegrationToken: string
  agencyPrivateIntegrationToken: string
  clientId: string
  clientSecret: string
  otherLocation: {
    locationId: string
    privateIntegrationToken: string
    opportunityId: string
    userIds: string[]
  }
}

const bin = fileURLToPath(new URL('../bin/groundlevel.js', import.meta.url))

/** Starts `groundlevel dev` as its users do, and waits until it answers. */
export async function launchSandbox(
  dataDir = 'memory',
): Promise<{ line: DemoLine; child: ChildProcess; stop(): Promise<void> }> {
  const args = [bin, 'dev', '--json', '--port', '0', '--data-dir', dataDir]
  const env = { ...process.env, GROUNDLEVEL_LOG_LEVEL: 'warn' }
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error('groundlevel dev ended before it answered')
    }),
  ])
  return {
    line: JSON.parse(line),
    child,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}
