import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, test } from 'node:test'
import manifest from '../../package.json' with { type: 'json' }

const root = new URL('../../', import.meta.url)
const readText = (file: string) => fs.readFileSync(new URL(file, root), 'utf8')
const packages: Record<string, { engines?: { node?: string } }> = JSON.parse(
  readText('package-lock.json'),
).packages
const needed = /^>=(\d+)$/.exec(manifest.engines.node)?.[1]

/** Whether the first release of a major version is in a range, of those that packages write. */
function isMet(range: string, major: number): boolean {
  return range.split('||').some((part) => {
    const [, sign, least, rest = ''] = /^\s*(>=|\^)\s*(\d+)([.\dx]*)\s*$/.exec(part) ?? []
    assert(least, `${part} of ${range} is a form that this test does not read`)
    const isFirst = /^(\.[0x])*$/.test(rest)
    return major === Number(least) ? isFirst : sign === '>=' && major > Number(least)
  })
}

describe('the Node that the project needs', () => {
  test('is in package.json, the lock, and what a newcomer reads', () => {
    assert.equal(packages['']?.engines?.node, manifest.engines.node)
    for (const file of ['README.md', 'docs/guide/getting-started.md', '.ci/run']) {
      const named = readText(file).match(/Node \d+ or newer/g)
      assert.deepEqual(named, [`Node ${needed} or newer`], file)
    }
  })

  test('is enough for every package of the lock', () => {
    const refusing = Object.entries(packages).filter(
      ([, { engines }]) => engines?.node && !isMet(engines.node, Number(needed)),
    )
    assert.deepEqual(refusing, [])
  })
})
