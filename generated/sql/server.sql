-- Every statement as it is sent; of the code 553f15933289c2cd

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
