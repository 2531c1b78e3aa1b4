import { Type } from 'typebox'
import { Answer, Strict } from '../../../http/shapes.ts'
import { limits } from '../../../limits.ts'
import { Flag, Id, Numeric, Text } from '../../../resource/words.ts'
import { opportunityLimits } from '../limits.ts'

const id = Text('CLu7BaljjqrEjBGKTNNe', 'lost reason id')
const locationId = Id('ve9EPM428h8vShlRW1KT')
const time = Type.String({ format: 'date-time', examples: ['2023-06-19T12:04:22.488Z'] })

const lostReason = {
  id,
  name: Text('lost reason', 'lost reason name'),
  locationId: Text('ve9EPM428h8vShlRW1KT', 'location id'),
  createdAt: time,
  updatedAt: time,
}

export const LostReasonsAnswer = Answer(
  {
    lostReasons: Type.Array(Type.Object(lostReason)),
    total: Type.Optional(Numeric(100, 'Total number of lost reasons matching the query')),
  },
  { description: 'Successful response' },
)

export const LostReasonAnswer = Answer(lostReason, { description: 'Successful response' })

export const LostReasonDeletedAnswer = Answer(
  { success: Flag(true) },
  { description: 'Successful response' },
)

export const LostReasonParams = Type.Object({ lostReasonId: id })

export const LostReasonsQuery = Strict({
  locationId,
  name: Type.Optional(Text('lost reason', 'lost reason name, ignoring case')),
  deleted: Type.Optional(
    Type.Boolean({ default: false, examples: [false], description: 'The deleted ones instead' }),
  ),
  query: Type.Optional(Text('dentist', 'a part of the name, ignoring case')),
  skip: Type.Optional(
    Type.Integer({ minimum: 0, maximum: limits.skipMax, default: 0, examples: [1] }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, default: 100, examples: [10] })),
  getCount: Type.Optional(Type.Boolean({ description: 'False leaves out the total' })),
})

const name = (example: string) =>
  Type.String({ pattern: '\\S', maxLength: opportunityLimits.nameCharsMax, examples: [example] })

export const CreateLostReasonBody = Strict({ locationId, name: name('lost reason') })

export const UpdateLostReasonBody = Strict({ name: name('another lost reason') })
