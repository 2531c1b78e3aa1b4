import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Holds a directory for this process, or returns undefined when another process holds it.
 * SQLite's exclusive lock is one of the operating system, which ends with the process even in a
 * crash: it cannot go stale as a file with a process id does.
 */
export function lockDirectory(directory: string): (() => void) | undefined {
  const file = new DatabaseSync(join(directory, 'lock'), { timeout: 0 })
  try {
    file.exec('pragma journal_mode = memory; begin exclusive')
    return () => file.close()
  } catch (error) {
    file.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return undefined
    throw error
  }
}
