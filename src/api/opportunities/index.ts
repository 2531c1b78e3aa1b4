import type { AppContext } from '../../context.ts'
import type { Server } from '../../http/server.ts'
import { bulkOpportunities } from './bulk.ts'
import { createOpportunity } from './create.ts'
import { deleteOpportunity } from './delete.ts'
import { addOpportunityFollowers, removeOpportunityFollowers } from './followers.ts'
import { getOpportunity } from './get.ts'
import { searchOpportunitiesAdvanced } from './search/advanced.ts'
import { searchOpportunities } from './search/search.ts'
import { updateOpportunityStatus } from './status.ts'
import { updateOpportunity } from './update.ts'
import { upsertOpportunity } from './upsert.ts'

export function opportunities(app: Server, context: AppContext): void {
  searchOpportunities(app, context)
  searchOpportunitiesAdvanced(app, context)
  getOpportunity(app, context)
  createOpportunity(app, context)
  updateOpportunity(app, context)
  updateOpportunityStatus(app, context)
  upsertOpportunity(app, context)
  deleteOpportunity(app, context)
  addOpportunityFollowers(app, context)
  removeOpportunityFollowers(app, context)
  bulkOpportunities(app, context)
}
