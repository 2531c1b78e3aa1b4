import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from '../../src/db/database.ts'
import { sql } from '../../src/db/sql.ts'
import { demo } from '../../src/demo/ids.ts'
import { type Answer, ask } from './groundlevel.ts'

const { locationId, userIds } = demo

/** What a client knows of an opportunity that it made. */
type Known = {
  /** The followers that the server acknowledged last. */
  followers: readonly string[]
  /** Those after a change that was not acknowledged: it may have happened or not. */
  perhaps: readonly string[] | undefined
}

/** Lets the demo location have as many opportunities as a load makes. */
export async function allowMany(db: Queryable): Promise<void> {
  await db.query(sql`
    update locations set allow_duplicate_opportunity = true where location_id = ${locationId}`)
}

/** Clients that create opportunities and change who follows them, and remember what they were told. */
export class Load {
  /** By the id of the opportunity. */
  readonly known = new Map<string, Known>()
  /** Answers that are no success. */
  readonly refusals: Answer[] = []
  /** Requests that nobody answered: the server was gone. */
  lost = 0
  acknowledged = 0
  slowestMs = 0
  readonly #url: string
  readonly #clients: Promise<void>[]
  #stopped = false

  constructor(url: string, clients: number) {
    this.#url = url
    this.#clients = Array.from({ length: clients }, (_, i) => this.#client(i))
  }

  /** Ends when every request under way has been answered or lost. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#clients)
  }

  async #client(client: number): Promise<void> {
    for (let round = 0; !this.#stopped; round++) {
      const id = await this.#create(`Load ${client}.${round}`)
      // Time for the server to come back, and for the others to run.
      if (id === undefined) await sleep(25)
      else await this.#follow(id)
    }
  }

  async #create(name: string): Promise<string | undefined> {
    const { pipelineId, contactId } = demo
    const body = { locationId, name, status: 'open', pipelineId, contactId }
    const answer = await this.#ask('POST', '/opportunities/', body)
    if (!answer) return undefined
    const { id } = JSON.parse(answer.text).opportunity
    this.known.set(id, { followers: [], perhaps: undefined })
    return id
  }

  async #follow(id: string): Promise<void> {
    const [first = '', second = '', third = ''] = userIds
    const steps = [
      ['POST', [first, second], [first, second]],
      ['DELETE', [first], [second]],
      ['POST', [third], [second, third]],
    ] as const
    for (const [method, followers, after] of steps) {
      if (this.#stopped) return
      const known = this.known.get(id)
      assert.ok(known)
      known.perhaps = after
      if (!(await this.#ask(method, `/opportunities/${id}/followers`, { followers }))) return
      known.followers = after
      known.perhaps = undefined
    }
  }

  async #ask(method: string, path: string, body: object): Promise<Answer | undefined> {
    try {
      const answer = await ask(this.#url, method, path, body)
      this.slowestMs = Math.max(this.slowestMs, answer.ms)
      if (answer.status < 300) {
        this.acknowledged++
        return answer
      }
      this.refusals.push(answer)
    } catch {
      this.lost++
    }
    return undefined
  }

  /** Everything that was acknowledged is there, as it was told. */
  async assertKept(db: Queryable): Promise<void> {
    const rows = await db.query<{ id: string; followers: string[] }>(sql`
      select id, followers from opportunities
      where location_id = ${locationId} and id = any(${[...this.known.keys()]}::text[])`)
    const found = new Map(rows.map(({ id, followers }) => [id, followers]))
    for (const [id, { followers, perhaps }] of this.known) {
      const kept = found.get(id)
      assert.ok(kept, `the acknowledged opportunity ${id} is gone`)
      const isAsTold = String(kept) === String(followers)
      const isPerhaps = perhaps !== undefined && String(kept) === String(perhaps)
      assert.ok(isAsTold || isPerhaps, `${id}: ${kept} instead of ${followers}`)
    }
  }
}

/** Every change of an opportunity has its events, and every event its change. */
export async function assertEventsMatch(db: Queryable): Promise<void> {
  const wrong = await db.query(sql`
    with told as (
      select payload->>'id' as id, count(*) filter (where type = 'OpportunityCreate') as created,
        count(*) filter (where type = 'OpportunityUpdate') as updated,
        count(*) filter (where type = 'OpportunityFollowersUpdate') as followed
      from outbox where location_id = ${locationId} group by 1),
    happened as (
      select id, index_version as changes, coalesce(name like 'Load %', false) as ours
      from opportunities where location_id = ${locationId})
    select * from happened full join told using (id)
    where changes is null
      or (ours and (created, updated, followed) is distinct from (1, changes, changes - 1))
      or (not ours and (coalesce(created, 0), coalesce(updated, 0), coalesce(followed, 0))
        is distinct from (0, changes - 1, changes - 1))
    limit 10`)
  assert.deepEqual(wrong, [])
}
