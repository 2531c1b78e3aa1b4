import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { migrate, readMigrations } from './db/migrate.ts'
import { openPglite } from './db/pglite/open.ts'
import { demoImage } from './demo/image.ts'

/**
 * Opens the sandbox's embedded database, with the demo world when it is new. It is not in `main.ts`
 * so that it can begin before that and all that it needs are loaded.
 */
export async function openSandbox({ dataDir }: Pick<Config, 'dataDir'>): Promise<Database> {
  const db = await openPglite(dataDir, demoImage)
  try {
    const remedy = `Stop Groundlevel, delete ${dataDir} and start again.`
    await migrate(db, readMigrations(), remedy)
    return db
  } catch (error) {
    await db.close()
    throw error
  }
}
