import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { operation } from '../../resource/operation.ts'
import { readTags } from './input/tags.ts'
import { type Writer, writerOf } from './input/writer.ts'
import { finishContact } from './reactions/follow-up.ts'
import { ContactParams, TagsAddedAnswer, TagsBody, TagsRemovedAnswer } from './shapes.ts'
import { changeContact } from './store/change.ts'

export function addTags(app: Server, context: AppContext): void {
  operation(
    app,
    'POST /contacts/:contactId/tags',
    { params: ContactParams, body: TagsBody, answer: TagsAddedAnswer },
    async ({ params, body, request }) => {
      const { tags, added } = await changeTags(writerOf(request, context), params.contactId, {
        add: body.tags,
      })
      return { tags, tagsAdded: added }
    },
  )
}

export function removeTags(app: Server, context: AppContext): void {
  operation(
    app,
    'DELETE /contacts/:contactId/tags',
    { params: ContactParams, body: TagsBody, answer: TagsRemovedAnswer },
    async ({ params, body, request }) => {
      const { tags, removed } = await changeTags(writerOf(request, context), params.contactId, {
        remove: body.tags,
      })
      return { tags, tagsRemoved: removed }
    },
  )
}

export type TagsChange = { add?: readonly string[]; remove?: readonly string[] | 'all' }

/** Adds tags to a contact, or removes some; a change of nothing writes nothing. */
export async function changeTags(
  { context, locationId, writtenBy }: Writer,
  id: string,
  { add = [], remove = [] }: TagsChange,
): Promise<{ before: string[]; tags: string[]; added: string[]; removed: string[] }> {
  const leaving = remove === 'all' ? undefined : new Set(readTags(remove))
  const changed = await changeContact(context, { locationId, id, writtenBy }, async (row) => {
    const kept = leaving ? row.tags.filter((tag) => !leaving.has(tag)) : []
    return { values: { tags: [...new Set([...kept, ...readTags(add)])] } }
  })
  await finishContact(context, changed)
  const [before, tags] = [[...changed.before.tags], [...changed.after.tags]]
  const added = tags.filter((tag) => !before.includes(tag))
  const removed = before.filter((tag) => !tags.includes(tag))
  return { before, tags, added, removed }
}
