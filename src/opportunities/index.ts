import type { House } from '../house.ts'
import type { Server } from '../http/server.ts'
import { bulkOpportunities } from './bulk.ts'
import { createOpportunity } from './create.ts'
import { deleteOpportunity } from './delete.ts'
import { addOpportunityFollowers, removeOpportunityFollowers } from './followers.ts'
import { getOpportunity } from './get.ts'
import { searchOpportunities } from './search.ts'
import { searchOpportunitiesAdvanced } from './search-advanced.ts'
import { updateOpportunityStatus } from './status.ts'
import { updateOpportunity } from './update.ts'
import { upsertOpportunity } from './upsert.ts'

export function opportunities(app: Server, house: House): void {
  searchOpportunities(app, house)
  searchOpportunitiesAdvanced(app, house)
  getOpportunity(app, house)
  createOpportunity(app, house)
  updateOpportunity(app, house)
  updateOpportunityStatus(app, house)
  upsertOpportunity(app, house)
  deleteOpportunity(app, house)
  addOpportunityFollowers(app, house)
  removeOpportunityFollowers(app, house)
  bulkOpportunities(app, house)
}
