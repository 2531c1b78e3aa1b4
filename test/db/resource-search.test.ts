import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { customFieldLookup } from '../../src/api/custom-fields/filters.ts'
import type { Database } from '../../src/db/database.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { ApiError } from '../../src/http/errors.ts'
import {
  addFollowers,
  type FollowedTable,
  type FollowerIndex,
  follow,
  removeFollowers,
  unfollow,
} from '../../src/resource/followers.ts'
import {
  type FieldLookup,
  fieldsByName,
  listField,
  plainField,
  textField,
  valueField,
} from '../../src/resource/search/fields.ts'
import type { Filter } from '../../src/resource/search/filter.ts'
import {
  byNumber,
  byText,
  byTime,
  cursorAfterTime,
  type Order,
  readSortValues,
  type Sortings,
  sortValuesOf,
} from '../../src/resource/search/order.ts'
import {
  cursorOr422,
  findPage,
  findTotal,
  pageMeta,
  rowsBeforePage,
  type SearchedTable,
} from '../../src/resource/search/page.ts'
import { readFilters } from '../../src/resource/search/read-filter.ts'
import { openOwnDatabase } from '../test-database.ts'

/**
 * What `src/resource/` has for families, in one that is made up: books, with one tie column, no
 * counts, fields of their own, rows of another table, and an index of followers.
 */
const { locationId, userIds } = demo
const now = new Date('2026-03-01T12:00:00.000Z')

type Book = {
  id: string
  title: string
  pages: number
  madeAt: string
  shelves: string[]
  followers: string[]
}
type BookField = 'madeAt' | 'title' | 'pages'

const tables = `
  create table books (location_id text collate "C" not null, id text collate "C" not null,
    title text not null, pages numeric not null, is_lent boolean not null, shelves text[] not null,
    made_at timestamptz(3) not null, updated_at timestamptz(3) not null, changes int not null,
    followers text[] collate "C" not null default '{}', custom_fields jsonb not null,
    author_id text collate "C", primary key (location_id, id));
  create table authors (location_id text collate "C" not null, id text collate "C" not null,
    name text not null, primary key (location_id, id));
  create table loans (location_id text collate "C" not null, id text collate "C" not null,
    book_id text collate "C" not null, place text not null, days numeric not null,
    primary key (location_id, id));
  create table book_readers (location_id text collate "C" not null,
    user_id text collate "C" not null, made_at timestamptz(3) not null,
    book_id text collate "C" not null, primary key (location_id, user_id, made_at, book_id));`

const readers: FollowerIndex = {
  table: sql`book_readers`,
  key: [
    { column: sql`made_at`, sourceColumn: sql`made_at` },
    { column: sql`book_id`, sourceColumn: sql`id` },
  ],
  id: sql`book_id`,
}

const refusal = (statusCode: number, message: string) => new ApiError({ statusCode, message })

const followed: FollowedTable = {
  table: sql`books`,
  index: readers,
  followersMax: 3,
  version: sql`changes`,
  events: ({ added, removed }) => [
    {
      type: 'BookReaders',
      payload: sql`jsonb_build_object('id', changed.id, 'came', ${added}, 'went', ${removed})`,
    },
  ],
  notFound: () => refusal(404, 'no book'),
  usersNotFound: (ids) => refusal(422, `nobody: ${ids.join()}`),
  tooMany: () => refusal(422, 'too many'),
}

const loanField = fieldsByName({
  place: { ...valueField(sql`n.place`), operators: ['eq', 'not_eq'] },
  days: plainField('number', sql`n.days`),
})

const ownField: FieldLookup = fieldsByName({
  id: plainField('id', sql`b.id`),
  title: textField(sql`b.title`),
  author: { ...textField(sql`a.name`), join: 'author' },
  pages: plainField('number', sql`b.pages`),
  isLent: {
    ...valueField(sql`case when b.is_lent then 'true' else 'false' end`),
    values: ['true', 'false'],
  },
  shelves: listField(sql`b.shelves`),
  madeAt: plainField('time', sql`b.made_at`),
  readers: { ...listField(sql`b.followers`), index: readers, isCommon: true },
  'seal.wax': valueField(sql`b.author_id`),
  loans: {
    ...plainField('rows', sql`b.id`),
    rows: {
      fieldOf: loanField,
      exists: (where) => sql`exists (select from loans n
        where n.location_id = ${locationId} and n.book_id = b.id and ${where})`,
    },
  },
})

const newest: Order<BookField> = [{ field: 'madeAt', direction: 'desc' }]

const sortings: Sortings<Book, BookField> = {
  byField: {
    madeAt: byTime(sql`b.made_at`, (book) => book.madeAt),
    title: byText(sql`b.title`, (book) => book.title),
    pages: byNumber(sql`b.pages`, (book) => book.pages),
  },
  ties: [{ column: sql`b.id`, rowValue: (book) => book.id }],
  time: 'madeAt',
  newestFirst: newest,
}

const books: SearchedTable<Book, BookField> = {
  table: sql`books`,
  alias: sql`b`,
  sortings,
  joins: {
    author: (locationId) =>
      sql`left join authors a on a.location_id = ${locationId} and a.id = b.author_id`,
  },
  columns: sql`b.id, b.title, b.pages, b.made_at as "madeAt", b.shelves, b.followers`,
  columnJoins: () => sql``,
  timeIndexes: new Set(['', 'readers']),
  totalMax: () => 5,
}

const filtersOf = (...filters: object[]): Filter =>
  readFilters(filters, {
    fieldOf: ownField,
    unknownField: (name) => refusal(400, `Invalid field ${name}`),
    unknownOperator: () => refusal(422, 'Invalid Operator'),
  })

const is = (field: string, operator: string, value?: unknown) => ({ field, operator, value })

describe('resource/search and resource/followers, of a family that they do not know', () => {
  let db: Database

  before(async () => {
    db = (await openOwnDatabase()).db
    await db.transaction((tx) => tx.script(tables))
    await db.query(sql`
      insert into authors values (${locationId}, 'a0', 'Émile'), (${locationId}, 'a1', 'Ida')`)
    // Books 0 to 9 of ours, two of them of each time; 10 is a stranger's.
    await db.query(sql`
      insert into books (location_id, id, title, pages, is_lent, shelves, made_at, updated_at,
        changes, custom_fields, author_id)
      select case n when 10 then ${demo.otherLocation.locationId} else ${locationId} end,
        'book' || lpad(n::text, 2, '0'), case n % 3 when 0 then 'Élan ' else 'tale ' end || n % 4,
        n % 5, n % 2 = 0, case when n < 4 then array['north', 's' || n] else '{}' end,
        ${now}::timestamptz + make_interval(secs => (n / 2)), ${now}, 1,
        jsonb_build_array(jsonb_build_object('id', 'f', 'fieldValue', 'Value ' || n)),
        case when n < 8 then 'a' || n % 2 end
      from generate_series(0, 10) n`)
    await db.query(sql`
      insert into loans values (${locationId}, 'l1', 'book01', 'home', 3),
        (${locationId}, 'l2', 'book01', 'abroad', 30), (${locationId}, 'l3', 'book02', 'home', 30)`)
  })

  after(() => db.close())

  const page = { order: newest, skip: 0, limit: 20 }
  const numbers = async (filter: Filter, rest: object = {}) => {
    const found = await findPage(db, books, locationId, { ...page, ...rest, filter })
    return found.map(({ id }) => Number(id.slice(-2)))
  }

  test('finds by fields of every kind, newest first, in the location alone', async () => {
    const expected: [object, number[]][] = [
      [is('title', 'contains', 'elan 1'), [9]],
      [is('title', 'eq', ['ÉLAN 1', 'tale 1']), [9, 5, 1]],
      [is('author', 'not_eq', 'emile'), [9, 8, 7, 5, 3, 1]],
      [is('pages', 'range', { gte: 3, lt: '4' }), [8, 3]],
      [is('isLent', 'eq', true), [8, 6, 4, 2, 0]],
      [is('shelves', 'eq', ['s2', 's0']), [2, 0]],
      [is('shelves', 'not_exists'), [9, 8, 7, 6, 5, 4]],
      [is('madeAt', 'range', { lte: '2026-02-28' }), []],
      [is('madeAt', 'range', { gt: now.getTime() + 3000 }), [9, 8]],
      [is('seal.wax', 'exists'), [7, 6, 5, 4, 3, 2, 1, 0]],
      [{ group: 'OR', filters: [is('id', 'eq', 'book00'), is('pages', 'eq', 4)] }, [9, 4, 0]],
    ]
    for (const [filter, ids] of expected) {
      assert.deepEqual(await numbers(filtersOf(filter)), ids, JSON.stringify(filter))
    }
  })

  test('finds by what holds of one and the same row of another table', async () => {
    const nested = (...value: object[]) => numbers(filtersOf(is('loans', 'nested', value)))
    assert.deepEqual(await nested(is('place', 'eq', 'home')), [2, 1])
    assert.deepEqual(await nested(is('place', 'eq', 'home'), is('days', 'range', { gt: 20 })), [2])
    assert.deepEqual(await nested(is('place', 'not_eq', 'home')), [1])
  })

  test('finds by custom fields of its own model and prefix', async () => {
    const nodes = [is('customFields.f', 'contains', 'VALUE 7')]
    const custom = {
      model: 'contact',
      prefix: 'customFields',
      column: sql`b.custom_fields`,
    } as const
    const customField = await customFieldLookup(nodes, custom, db, locationId)
    const fieldOf = (name: string) => ownField(name) ?? customField(name)
    assert.deepEqual(await numbers(readFilters(nodes, { fieldOf })), [7])
    assert.equal(customField('custom_fields.f'), undefined)
  })

  test('refuses unknown fields and operators in the words of the family', () => {
    const refusals: [object, number, string][] = [
      [is('contact_name', 'eq', 'x'), 400, 'Invalid field contact_name'],
      [is('days', 'eq', 1), 400, 'Invalid field days'],
      [is('pages', 'gte', 1), 422, 'Invalid Operator'],
      [is('loans', 'nested', [is('place', 'exists')]), 422, 'Invalid Operator'],
      [is('loans', 'nested', [is('title', 'eq', 'x')]), 400, 'Invalid field title'],
    ]
    for (const [filter, statusCode, message] of refusals) {
      assert.throws(
        () => filtersOf(filter),
        (error) => {
          assert.ok(error instanceof ApiError)
          assert.deepEqual(error.body, { statusCode, message })
          return true
        },
      )
    }
    assert.throws(() => filtersOf(is('isLent', 'eq', 'maybe')), ApiError)
  })

  test('comes by every row once, in each order, by the values of the last row', async () => {
    const orders: Order<BookField>[] = [
      newest,
      [{ field: 'madeAt', direction: 'asc' }],
      [
        { field: 'title', direction: 'asc' },
        { field: 'pages', direction: 'desc' },
      ],
      [{ field: 'pages', direction: 'asc' }],
    ]
    const filter = filtersOf()
    for (const order of orders) {
      const all = await numbers(filter, { order })
      assert.equal(new Set(all).size, 10)
      const walked: number[] = []
      let after: ReturnType<typeof cursorOr422> | undefined
      for (;;) {
        const asked = { filter, order, after, skip: 0, limit: 3 }
        const found = await findPage(db, books, locationId, asked)
        const last = found.slice(0, 3).at(-1)
        walked.push(...found.slice(0, 3).map(({ id }) => Number(id.slice(-2))))
        if (found.length <= 3 || !last) break
        const values = sortValuesOf(order, sortings, last)
        assert.equal(values.at(-1), last.id)
        after = cursorOr422(readSortValues(order, sortings, values))
      }
      assert.deepEqual(walked, all)
    }
  })

  test('goes on after a time, and after a row of it', async () => {
    const at = new Date(now.getTime() + 2000)
    const filter = filtersOf()
    const after = cursorAfterTime(newest, sortings, at)
    assert.deepEqual(await numbers(filter, { after }), [3, 2, 1, 0])
    const afterRow = cursorAfterTime(newest, sortings, at, [sql`${'book05'}`])
    assert.deepEqual(await numbers(filter, { after: afterRow }), [4, 3, 2, 1, 0])
    assert.deepEqual(
      await numbers(filter, { skip: rowsBeforePage({ page: 2, limit: 4, first: 1 }) }),
      [5, 4, 3, 2, 1, 0],
    )
    assert.throws(() => rowsBeforePage({ page: 101, limit: 100, first: 1 }), ApiError)
  })

  test('counts rows as far as the family says, or asks the family', async () => {
    assert.equal(await findTotal(db, books, locationId, filtersOf()), 5)
    const few = filtersOf(is('pages', 'eq', 3))
    assert.equal(await findTotal(db, books, locationId, few), 2)
    const known = { ...books, total: () => sql`select 42 as total` }
    assert.equal(await findTotal(db, known, locationId, few), 42)
  })

  test('says where a page stands', () => {
    const at = { total: 9, page: 2, startAfter: 7, startAfterId: 'book03' }
    const next = (parameters: object) => JSON.stringify(parameters)
    assert.deepEqual(pageMeta({ ...at, hasMore: true }, next), {
      total: 9,
      nextPageUrl: '{"startAfter":7,"startAfterId":"book03","page":3}',
      startAfterId: 'book03',
      startAfter: 7,
      currentPage: 2,
      nextPage: 3,
      prevPage: 1,
    })
    const { nextPageUrl, nextPage } = pageMeta({ ...at, hasMore: false }, next)
    assert.deepEqual([nextPageUrl, nextPage], [null, null])
  })

  test('keeps followers in order, at most so many, with their events and their index', async () => {
    const [a, b, c, d] = [userIds[0], userIds[1], userIds[2], userIds[3]]
    assert.ok(a && b && c && d)
    const context = { db, now: () => now } as Parameters<typeof follow>[0]
    const add = (id: string, ...ids: string[]) => follow(context, followed, locationId, id, ids)
    assert.deepEqual(await add('book03', b, a, b), { followers: [b, a], followersAdded: [b, a] })
    assert.deepEqual(await add('book03', a, c), { followers: [b, a, c], followersAdded: [c] })
    assert.deepEqual(await add('book07', a), { followers: [a], followersAdded: [a] })
    await assert.rejects(add('book03', d), refusal(422, 'too many'))
    await assert.rejects(add('book03', 'nobody'), refusal(422, 'nobody: nobody'))
    await assert.rejects(add('book10', a), refusal(404, 'no book'))

    const ofReader = (...ids: string[]) => numbers(filtersOf(is('readers', 'eq', ids)))
    assert.deepEqual(await ofReader(a), [7, 3])
    assert.deepEqual(await ofReader(b, a), [7, 3])
    const rest = await unfollow(context, followed, locationId, 'book03', [a, 'nobody'])
    assert.deepEqual(rest, { followers: [b, c], followersRemoved: [a] })
    assert.deepEqual(await ofReader(a), [7])
    const target = { locationId, id: 'book03', now }
    assert.deepEqual(await removeFollowers(db, followed, target, 'all'), {
      followers: [],
      followersRemoved: [b, c],
    })
    assert.deepEqual(await ofReader(b), [])
    assert.equal(await addFollowers(db, followed, { ...target, id: 'book11' }, [a]), undefined)
    const [row] = await db.query<{ changes: number }>(sql`
      select changes from books where location_id = ${locationId} and id = 'book03'`)
    assert.equal(row?.changes, 5)
    const events = await db.query<{ payload: object }>(sql`
      select payload from outbox where type = 'BookReaders' order by version`)
    assert.deepEqual(events.at(-1)?.payload, { id: 'book03', came: [], went: [b, c] })
    assert.equal(events.length, 5)
  })
})
