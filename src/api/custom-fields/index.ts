import type { Family } from '../../resource/family.ts'
import {
  createField,
  deleteField,
  getField,
  listFields,
  searchFields,
  updateField,
} from './location-fields.ts'

export const customFields: Family = {
  name: 'custom-fields',
  routes(app, context) {
    listFields(app, context)
    searchFields(app, context)
    getField(app, context)
    createField(app, context)
    updateField(app, context)
    deleteField(app, context)
  },
}
