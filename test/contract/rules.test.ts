import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Difference } from './compare.ts'
import { rules } from './rules.ts'

type Case = Partial<Difference> & Pick<Difference, 'where' | 'official' | 'here'>

const versions = 'one of v3, 2023-02-21, 2021-07-28, 2021-04-15, legacy, required'

/** By rule: what it takes as the same, and what is near to that and a difference all the same. */
const cases: Record<string, { same: Case[]; different: Case[] }> = {
  'all versions': {
    same: [
      { where: 'header Version', official: 'one of 2021-07-28, required', here: versions },
      { contract: 'v3', where: 'header Version', official: 'one of v3, required', here: versions },
    ],
    different: [
      { where: 'header Version', official: 'one of 2021-04-15, required', here: versions },
      { where: 'header Version', official: 'one of v3, required', here: versions },
      { contract: 'v3', where: 'header Version', official: 'one of v3, required', here: 'none' },
    ],
  },
  'trace id': {
    same: [{ where: 'response 404 traceId', official: 'none', here: 'string' }],
    different: [
      { where: 'response 404 traceId', official: 'string', here: 'none' },
      { where: 'response 200 user.traceId', official: 'none', here: 'string' },
      { where: 'body traceId', official: 'none', here: 'string' },
    ],
  },
  'idempotency key': {
    same: [{ where: 'header Idempotency-Key', official: 'none', here: 'string' }],
    different: [
      { where: 'header Idempotency-Key', official: 'none', here: 'string, required' },
      { where: 'header Other', official: 'none', here: 'string' },
    ],
  },
  'refusal 403': {
    same: [{ where: 'response 403', official: 'none', here: 'Forbidden' }],
    different: [
      { where: 'response 403', official: 'Forbidden', here: 'none' },
      { where: 'response 403', official: 'none', here: 'Not yours' },
      { where: 'response 409', official: 'none', here: 'Conflict' },
    ],
  },
  'refusal 404': {
    same: [{ where: 'response 404', official: 'none', here: 'Not Found' }],
    different: [{ where: 'response 404', official: 'Not Found', here: 'none' }],
  },
  'refusal 422': {
    same: [{ where: 'response 422', official: 'none', here: 'Unprocessable Entity' }],
    different: [{ where: 'response 422', official: 'Unprocessable Entity', here: 'none' }],
  },
  'null is left out': {
    same: [
      { where: 'body name', official: 'string', here: 'string or null' },
      { where: 'body a.b', official: 'one of a, b', here: 'one of a, b or null' },
    ],
    different: [
      { where: 'body name', official: 'string, required', here: 'string or null' },
      { where: 'body name', official: 'string', here: 'number or null' },
      { where: 'body name', official: 'none', here: 'string or null' },
      { where: 'query name', official: 'string', here: 'string or null' },
      { where: 'response 200 name', official: 'string', here: 'string or null' },
    ],
  },
  'success flags': {
    same: [
      {
        where: 'response 200 success',
        official: 'none',
        here: 'boolean',
        siblings: ['succeded', 'id'],
      },
      {
        where: 'response 200 succeeded',
        official: 'none',
        here: 'boolean',
        siblings: ['succeded'],
      },
    ],
    different: [
      { where: 'response 200 success', official: 'none', here: 'boolean', siblings: ['id'] },
      { where: 'response 200 success', official: 'none', here: 'boolean' },
      { where: 'response 200 success', official: 'none', here: 'string', siblings: ['succeded'] },
      { where: 'response 200 success', official: 'boolean', here: 'none', siblings: ['succeded'] },
    ],
  },
  'whole numbers': {
    same: [
      { where: 'query limit', official: 'number', here: 'integer' },
      { where: 'query skip', official: 'string', here: 'integer' },
      { where: 'body limit', official: 'number, required', here: 'integer, required' },
    ],
    different: [
      { where: 'body limit', official: 'string', here: 'integer' },
      { where: 'body page', official: 'number, required', here: 'integer' },
      { where: 'query monetaryValue', official: 'number', here: 'integer' },
    ],
  },
  'path parameter': {
    same: [{ where: 'path userId', official: 'none', here: 'string, required' }],
    different: [
      { where: 'path userId', official: 'string, required', here: 'none' },
      { where: 'path', official: '/users/{id}', here: '/users/{userId}' },
      { where: 'query userId', official: 'none', here: 'string, required' },
    ],
  },
  'listed values': {
    same: [{ where: 'response 200 status', official: 'string', here: 'one of open, won' }],
    different: [
      { where: 'response 200 status', official: 'one of open, won', here: 'one of open' },
      { where: 'response 200 status', official: 'string', here: 'one of open, won or null' },
      { where: 'response 200 status', official: 'number', here: 'one of 1, 2' },
      { where: 'body status', official: 'string', here: 'one of open, won' },
    ],
  },
}

describe('what the comparison takes as the same', () => {
  const differenceOf = (one: Case): Difference => ({
    operation: 'any',
    path: '/any',
    contract: 'v2',
    ...one,
  })

  for (const { name, matches } of rules) {
    test(name, () => {
      const { same = [], different = [] } = cases[name] ?? {}
      assert.ok(same.length > 0 && different.length > 0, 'A rule has examples of both')
      for (const one of same) assert.ok(matches(differenceOf(one)), JSON.stringify(one))
      for (const one of different) {
        const matching = rules.filter((rule) => rule.matches(differenceOf(one)))
        assert.deepEqual(
          matching.map((rule) => rule.name),
          [],
          JSON.stringify(one),
        )
      }
    })
  }
})
