import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPglite } from '../../src/db/pglite/open.ts'
import { sql } from '../../src/db/sql.ts'
import { demoImage } from '../../src/demo/image.ts'

const megabyte = 1024 * 1024

test('PGlite keeps nothing of what it answered', async () => {
  const db = await openPglite(undefined, demoImage)
  try {
    const readMegabyte = async () => {
      const rows = await db.query<{ text: string }>(
        sql`select repeat('x', 10000) as text from generate_series(1, 105)`,
      )
      assert.equal(rows.length, 105)
      assert.equal(rows[104]?.text.length, 10_000)
    }
    // Until the heaps of both threads have their size.
    for (let i = 0; i < 250; i++) await readMegabyte()
    const before = process.memoryUsage.rss()
    for (let i = 0; i < 150; i++) await readMegabyte()
    const grown = (process.memoryUsage.rss() - before) / megabyte
    assert.ok(grown < 75, `${Math.round(grown)} MB more after 150 MB of answers`)
  } finally {
    await db.close()
  }
})
