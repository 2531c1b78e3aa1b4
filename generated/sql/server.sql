-- Every statement as it is sent; of the code 0a9ee85c59816e0b

-- src/api/server.ts
select from schema_migrations where version = $1 for update;
