-- Every statement as it is sent; of the code 6e22eb79f99a35d2

-- src/api/server.ts
select 1;
