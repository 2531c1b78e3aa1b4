-- Every statement as it is sent; of the code 5d9f8646efb02074

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
