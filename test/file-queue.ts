import { once } from 'node:events'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
// Its hook is registered here for the tests of all files.
import './exchanges.ts'
import { shareDatabases } from './test-database.ts'

/** The files that `test/run.ts` sends to this process, one at a time. */
async function* files(): AsyncGenerator<string> {
  for (;;) {
    const [file] = await once(process, 'message')
    yield file
  }
}

// There are no more files, or `test/run.ts` was ended.
process.once('disconnect', () => process.exit())

test('files', async () => {
  shareDatabases()
  for await (const file of files()) {
    // A failing file reports itself, and must not stop the next.
    await test(file, () => import(pathToFileURL(file).href).then(() => undefined))
  }
})
