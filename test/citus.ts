import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { startPostgres } from './postgres.ts'

/** A cluster by the addresses of its nodes, the coordinator first. */
export type TestCitus = { urls: readonly string[]; stop(): Promise<void> }

/** Why its part of the run is skipped. */
export const citusMissing =
  'Citus is not installed here: there is no citus.control beside the servers that pg_config names, ' +
  'and GROUNDLEVEL_TEST_CITUS names no nodes (addresses with commas between, the coordinator first).'

const settings = [
  'shared_preload_libraries=citus',
  'citus.node_conninfo=sslmode=disable',
  'ssl=off',
  'wal_level=logical',
  'fsync=off',
  'jit=off',
  'max_connections=300',
  'max_prepared_transactions=300',
  // Each database keeps one on each node.
  'max_worker_processes=200',
]

/** The nodes that are named, or three that end with this process; undefined without Citus. */
export async function startCitus(): Promise<TestCitus | undefined> {
  const named = process.env.GROUNDLEVEL_TEST_CITUS
  if (named) return { urls: named.split(','), stop: async () => undefined }
  const servers = findServers()
  if (!servers) return undefined
  const nodes = await Promise.all([1, 2, 3].map(() => startPostgres(settings, servers)))
  return {
    urls: nodes.map(({ url }) => url),
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

/** The folder of installed servers that have Citus. */
function findServers(): string | undefined {
  const asked = spawnSync('pg_config', ['--sharedir', '--bindir'], { encoding: 'utf8' })
  const [shared, binaries] = asked.status === 0 ? asked.stdout.trim().split('\n') : []
  if (!shared || !binaries) return undefined
  const isThere = fs.existsSync(path.join(shared, 'extension', 'citus.control'))
  return isThere && fs.existsSync(path.join(binaries, 'initdb'))
    ? path.dirname(binaries)
    : undefined
}
