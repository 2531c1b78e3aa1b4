import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchSandbox } from '../launch.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const guide = readFileSync(`${root}docs/guide/opportunities.md`, 'utf8')

/** The code of one language in the guide, in one piece. */
function codeOf(language: string): string {
  const blocks = guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))
  return [...blocks].map(([, code]) => code).join('')
}

describe('the guide of opportunities, as it stands', () => {
  let sandbox: Awaited<ReturnType<typeof launchSandbox>>
  before(async () => {
    sandbox = await launchSandbox()
  })
  after(() => sandbox.stop())

  /** Runs what somebody pastes; only the address is this sandbox's. Returns what it printed. */
  function run(program: string, args: readonly string[], code: string): string {
    const input = code.replaceAll('http://127.0.0.1:4680', sandbox.line.url)
    assert.notEqual(input, code)
    const path = `${process.execPath.replace(/[^/\\]+$/, '')}:${process.env.PATH}`
    const env = { ...process.env, PATH: path }
    const done = spawnSync(program, args, { cwd: root, input, env, encoding: 'utf8' })
    assert.equal(done.stderr, '')
    assert.equal(done.status, 0)
    return done.stdout
  }

  test('its commands, one after the other', (t) => {
    if (spawnSync('curl', ['--version']).status !== 0) return t.skip('There is no curl here')
    if (spawnSync('bash', ['--version']).status !== 0) return t.skip('There is no bash here')
    const lines = run('bash', ['-eu'], codeOf('sh')).trim().split('\n')
    const answers = lines.map((line) => JSON.parse(line))
    for (const answer of answers) assert.equal(answer.statusCode, undefined, JSON.stringify(answer))
    const [pipeline, made, followed, moved, won, upserted, byWord, byValue, left, gone, many] =
      answers
    const { id, pipelineStageId } = made.opportunity
    assert.equal(pipelineStageId, pipeline.stages[0].id)
    assert.equal(followed.followersAdded.length, 2)
    assert.partialDeepStrictEqual(moved.opportunity, {
      id,
      pipelineStageId: pipeline.stages[1].id,
      monetaryValue: 19250,
    })
    assert.equal(won.succeded, true)
    assert.equal(upserted.new, false)
    assert.partialDeepStrictEqual(upserted.opportunity, { id, monetaryValue: 19400 })
    assert.equal(byWord.opportunities[0].id, id)
    assert.equal(byValue.opportunities[0].id, id)
    assert.equal(left.followersRemoved.length, 1)
    assert.equal(gone.succeded, true)
    assert.equal(many.succeded, true)
    assert.equal(answers.length, 11)
  })

  test('its program of the SDK', () => {
    const printed = run(process.execPath, ['--input-type=module'], codeOf('js'))
    assert.match(printed, /name: 'Kitchen'/)
    assert.match(printed, /status: 'won'/)
  })
})
