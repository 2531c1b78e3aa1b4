import type { Family } from '../../resource/family.ts'
import { bulkOpportunities } from './bulk.ts'
import { createOpportunity } from './create.ts'
import { addOpportunityFollowers, removeOpportunityFollowers } from './followers.ts'
import { lostReasons } from './lost-reasons.ts'
import { deleteOpportunity, getOpportunity, updateOpportunityStatus } from './opportunity.ts'
import { unfinishedPipelines } from './pipelines/clearing.ts'
import { pipelines } from './pipelines/index.ts'
import { stagesRemovedReaction } from './reactions/in-stages.ts'
import {
  contactAssignedReaction,
  contactDeletedReaction,
  contactRenamedReaction,
} from './reactions/of-contact.ts'
import { userLeftReaction } from './reactions/user-left.ts'
import { searchOpportunitiesAdvanced } from './search/advanced.ts'
import { searchOpportunities } from './search/search.ts'
import { foldingTasks } from './store/folding.ts'
import { updateOpportunity } from './update.ts'
import { upsertOpportunity } from './upsert.ts'

export const opportunities: Family = {
  name: 'opportunities',
  routes(app, context) {
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
    pipelines(app, context)
    lostReasons(app, context)
  },
  reactions: ({ extraOpportunityUpdate = true }) => ({
    contactAssigned: contactAssignedReaction(extraOpportunityUpdate),
    contactDeleted: contactDeletedReaction(extraOpportunityUpdate),
    contactRenamed: contactRenamedReaction,
    userLeft: userLeftReaction(extraOpportunityUpdate),
    stagesRemoved: stagesRemovedReaction(extraOpportunityUpdate),
  }),
  leftovers: [unfinishedPipelines],
  periodicTasks: foldingTasks,
}
