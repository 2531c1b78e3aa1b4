import { Type } from 'typebox'
import { nameKey } from '../../db/name-key.ts'
import { sql } from '../../db/sql.ts'
import { resource } from '../../resource/resource.ts'
import { MaybeText, Text } from '../../resource/words.ts'
import { opportunityLimits } from './limits.ts'

const name = (example: string) =>
  Text(example, undefined, { pattern: '\\S', maxLength: opportunityLimits.nameCharsMax })

/** DEVIATION: lost reasons can be made, renamed and deleted. Opportunities keep a deleted one. */
export const lostReasons = resource({
  table: sql`lost_reasons`,
  noun: 'Lost reason',
  id: {
    param: 'lostReasonId',
    shape: Text('CLu7BaljjqrEjBGKTNNe', 'lost reason id'),
  },
  fields: {
    name: {
      column: sql`name`,
      answer: Text('lost reason', 'lost reason name'),
      create: name('lost reason'),
      update: name('another lost reason'),
    },
  },
  hasUniqueName: true,
  deletion: 'soft',
  own: { tags: ['Lost reason'], scope: 'opportunities.write' },
  operations: {
    list: {
      address: 'GET /opportunities/lost-reason',
      rows: 'lostReasons',
      hasPages: true,
      filters: {
        name: {
          shape: MaybeText('lost reason', 'lost reason name, ignoring case'),
          where: (sent: string) => (sent ? sql`r.name_key = ${nameKey(sent)}` : undefined),
        },
        deleted: {
          shape: Type.Optional(
            Type.Boolean({
              default: false,
              examples: [false],
              description: 'The deleted ones instead',
            }),
          ),
          where: (isDeleted = false) => sql`(r.deleted_at is not null) = ${isDeleted}`,
        },
        query: {
          shape: MaybeText('dentist', 'a part of the name, ignoring case'),
          where: (part: string) =>
            part ? sql`position(${nameKey(part)} in r.name_key) > 0` : undefined,
        },
      },
    },
    create: {
      address: {
        own: 'POST /opportunities/lost-reason',
        operationId: 'create-lost-reason',
        summary: 'Create lost reason',
        description: 'Adds a reason why opportunities are lost. Names are unique, ignoring case.',
      },
    },
    update: {
      address: {
        own: 'PUT /opportunities/lost-reason/:lostReasonId',
        operationId: 'update-lost-reason',
        summary: 'Update lost reason',
        description: 'Gives a lost reason another name.',
      },
    },
    delete: {
      address: {
        own: 'DELETE /opportunities/lost-reason/:lostReasonId',
        operationId: 'delete-lost-reason',
        summary: 'Delete lost reason',
        description: 'Opportunities that were lost for this reason keep it.',
      },
      flag: 'success',
    },
  },
})
