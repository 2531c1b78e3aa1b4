import { sql } from '../../../db/sql.ts'
import { opportunityLimits } from '../limits.ts'

/** How custom fields of opportunities are written, and named by filters of rows `o`. */
export const opportunityFields = {
  model: 'opportunity',
  charsMax: opportunityLimits.customFieldsCharsMax,
  prefix: 'custom_fields',
  column: sql`o.custom_fields`,
} as const
