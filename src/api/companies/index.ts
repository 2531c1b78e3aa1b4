import type { Family } from '../../resource/family.ts'
import { getCompany } from './get.ts'

export const companies: Family = {
  name: 'companies',
  routes(app, context) {
    getCompany(app, context)
  },
}
