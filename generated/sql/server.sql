-- Every statement as it is sent; of the code 8789d5cbf5a6d5a8

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
