import { sql } from '../../../db/sql.ts'
import { limits } from '../../../limits.ts'

/** How custom fields of opportunities are written, and named by filters of rows `o`. */
export const opportunityFields = {
  model: 'opportunity',
  charsMax: limits.customFieldsCharsMax,
  prefix: 'custom_fields',
  column: sql`o.custom_fields`,
} as const
