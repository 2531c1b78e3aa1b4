import { once } from 'node:events'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
// Imported here, it tells of the tests of all files.
import './exchanges.ts'
import { shareDatabases } from './test-database.ts'

/** The files that `test/run.ts` hands to this process, one when the last is done. */
async function* files(): AsyncGenerator<string> {
  for (;;) {
    const [file] = await once(process, 'message')
    yield file
  }
}

// There are no more, or whoever hands them out was ended.
process.once('disconnect', () => process.exit())

test('files', async () => {
  shareDatabases()
  for await (const file of files()) {
    // One that fails says so itself, and the next begins all the same.
    await test(file, () => import(pathToFileURL(file).href).then(() => undefined))
  }
})
