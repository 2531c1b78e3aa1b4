import { once } from 'node:events'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { shareDatabases } from './test-database.ts'

/** The files that `test/run.ts` hands to this process, one when the last is done. */
async function* files(): AsyncGenerator<string> {
  for (;;) {
    const [file] = await once(process, 'message')
    if (typeof file !== 'string') return
    yield file
  }
}

test('files', async () => {
  shareDatabases()
  for await (const file of files()) {
    // One that fails says so itself, and the next begins all the same.
    await test(file, () => import(pathToFileURL(file).href).then(() => undefined))
  }
  // What tests share, a database say, would keep the process.
  setImmediate(() => process.exit())
})
