import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { newId } from '../../ids.ts'

/** Makes an agency and returns its id. */
export async function createCompany(db: Queryable, name: string, now: Date): Promise<string> {
  const id = newId()
  await db.query(sql`
    insert into companies (id, name, created_at, updated_at)
    values (${id}, ${name}, ${now}, ${now})`)
  return id
}

export function listCompanies(db: Queryable): Promise<{ id: string; name: string }[]> {
  return db.query(sql`select id, name from companies order by created_at, id limit 1000`)
}
