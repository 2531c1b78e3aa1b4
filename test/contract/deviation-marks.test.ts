import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { families, readPage, serverPage } from './deviations.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The words of every mark in a source: what follows it, over the lines of its comment, up to the
 * first full stop or semicolon.
 */
function marksIn(source: string): string[] {
  const text = source.replaceAll(/\n\s*(?:\*(?!\/)|\/\/)\s*/g, ' ')
  return [...text.matchAll(/DEVIATION(:?)([^.;\n]*)/g)].map(([, colon, words = '']) =>
    colon ? plain(words.replace(/\*\/.*/, '')) : '',
  )
}

/** As both texts read, without case, line breaks and code ticks. */
function plain(text: string): string {
  return text.replaceAll('`', '').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

/** The page that a source's marks stand in: its family's, or else the server's. */
function pageOf(file: string): string {
  const [, family = ''] = /^src\/api\/([\w-]+)/.exec(file.replaceAll('\\', '/')) ?? []
  return families.includes(family) ? family : serverPage
}

describe('the marks of deviations in the code', () => {
  test('all stand in the page of their family, in their own words', () => {
    const listed = new Map(families.map((family) => [family, plain(readPage(family))]))
    const marks = globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
      marksIn(readFileSync(join(root, file), 'utf8')).map((words) => ({
        file,
        page: pageOf(file),
        words,
      })),
    )
    assert.ok(marks.length > 0)
    assert.deepEqual(
      marks.filter(({ page, words }) => words === '' || !listed.get(page)?.includes(words)),
      [],
      'Write "DEVIATION: a few words." in the code, and the same words into docs/deviations/<page>.md',
    )
  })

  test('belong to a family by the folder or file below src/api', () => {
    assert.equal(pageOf('src/api/opportunities/pipelines/errors.ts'), 'opportunities')
    assert.equal(pageOf('src/api/users.ts'), 'users')
    assert.equal(pageOf('src/http/errors.ts'), 'server')
    assert.equal(pageOf('src/api/index.ts'), 'server')
  })

  test('are read over lines, and are found without their words', () => {
    assert.deepEqual(marksIn('/**\n * DEVIATION: an\n * Eleventh `one`; more.\n */'), [
      'an eleventh one',
    ])
    assert.deepEqual(marksIn('// DEVIATION: one\n// two\nconst x = 1'), ['one two'])
    assert.deepEqual(marksIn('/** DEVIATION: one */ const x = 1'), ['one'])
    assert.deepEqual(marksIn('// DEVIATION on purpose'), [''])
  })
})
