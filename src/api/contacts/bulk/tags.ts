import { Type } from 'typebox'
import type { AppContext } from '../../../context.ts'
import { sql } from '../../../db/sql.ts'
import { ApiError, unprocessable } from '../../../http/errors.ts'
import type { Server } from '../../../http/server.ts'
import { operation } from '../../../resource/operation.ts'
import { OneOf } from '../../../resource/words.ts'
import { type Writer, writerOf } from '../input/writer.ts'
import { BulkTagsAnswer, BulkTagsBody } from '../shapes.ts'
import { changeTags, type TagsChange } from '../tags.ts'

const types = ['add', 'remove'] as const

export function bulkTags(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /contacts/bulk/tags/update/:type',
    {
      description:
        'Allows you to update tags to multiple contacts at once, you can add or remove tags ' +
        'from the contacts',
      params: Type.Object({
        type: OneOf(types, { examples: ['add'], description: 'Tags operation type' }),
      }),
      body: BulkTagsBody,
      answer: BulkTagsAnswer,
      access: ['bearer'],
      scope: 'contacts.write',
    },
    async ({ params, body, request }) => {
      const writer = writerOf(request, context)
      const { type } = params
      const removesAll = String(body.removeAllTags) === 'true'
      // DEVIATION: `removeAllTags` beside add.
      if (type === 'add' && removesAll) {
        throw unprocessable(['removeAllTags can only be used with remove'])
      }
      const change =
        type === 'add' ? { add: body.tags } : { remove: removesAll ? 'all' : body.tags }
      const responses: Result[] = []
      for (const id of body.contacts)
        responses.push(await changeOne(writer, id, change as TagsChange))
      const errorCount = responses.filter((result) => result.type === 'error').length
      return { succeded: true, succeeded: true, errorCount, responses }
    },
  )
}

type Result = {
  contactId: string
  message: string
  type: 'success' | 'error'
  oldTags?: string[]
  tagsAdded?: string[]
  tagsRemoved?: string[]
}

async function changeOne(writer: Writer, id: string, change: TagsChange): Promise<Result> {
  try {
    const { before, added, removed } = await changeTags(writer, id, change)
    const moved = { oldTags: before, tagsAdded: added, tagsRemoved: removed }
    return { contactId: id, message: 'Tags updated', type: 'success', ...moved }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { contactId: id, message: await reasonOf(writer, id), type: 'error' }
  }
}

/** UPSTREAM: behaviour-contacts.md §4.3 */
async function reasonOf({ context, locationId }: Writer, id: string): Promise<string> {
  if (!/^[0-9A-Za-z]{20}$/.test(id)) return 'contact id is not a valid firebase id'
  const found = await context.db.query(sql`
    select from contacts c where c.location_id = ${locationId} and c.id = ${id}`)
  return found.length > 0 ? 'contact is deleted' : 'contact does not belong to location'
}
