-- Every statement as it is sent; of the code 4c596c0044ee31f3

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
