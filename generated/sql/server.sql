-- Every statement as it is sent; of the code d6bfa2a4072984bc

-- src/api/server.ts
select 1;
