import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { databaseError } from '../../src/db/sqlstate.ts'

function violation(message: string, constraint?: string): pg.DatabaseError {
  const error = new pg.DatabaseError(message, message.length, 'error')
  error.code = '23505'
  if (constraint) error.constraint = constraint
  return error
}

test('a constraint is known by its field, and on Citus by the message that names a shard', () => {
  const named = (name: string) => `duplicate key value violates unique constraint "${name}"`
  const errors = [
    violation(named('pipelines_name_key'), 'pipelines_name_key'),
    violation(named('pipelines_name_key_102043')),
    violation(named('pipelines_name_key')),
  ]
  for (const error of errors) {
    assert.deepEqual(databaseError(error), { code: '23505', constraint: 'pipelines_name_key' })
  }
  assert.equal(databaseError(violation('deadlock detected'))?.constraint, undefined)
})
