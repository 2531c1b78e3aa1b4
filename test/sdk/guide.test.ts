import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { launchSandbox } from '../launch.ts'

const root = new URL('../../', import.meta.url)

describe('the programs of the guide run as they stand', () => {
  let sandbox: Awaited<ReturnType<typeof launchSandbox>>

  before(async () => {
    sandbox = await launchSandbox()
  })
  after(() => sandbox.stop())

  for (const guide of ['clients', 'opportunities']) {
    test(guide, async () => {
      const text = fs.readFileSync(new URL(`docs/guide/${guide}.md`, root), 'utf8')
      const programs = [...text.matchAll(/```js\n(.*?)```/gs)].map(([, program = '']) => program)
      assert.ok(programs.length > 0)
      for (const [i, program] of programs.entries()) {
        const here = program.replaceAll('http://127.0.0.1:4680', sandbox.line.url)
        assert.notEqual(here, program)
        // Beside this file, from where it finds the SDK.
        const file = new URL(`.guide-${guide}-${process.pid}-${i}.mjs`, import.meta.url)
        fs.writeFileSync(file, here)
        try {
          await import(file.href)
        } finally {
          fs.rmSync(file)
        }
      }
    })
  }
})
