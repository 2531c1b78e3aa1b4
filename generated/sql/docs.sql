-- Every statement as it is sent; of the code 9aea5ca9fffae686

-- src/docs/feedback.ts
insert into feedback (id, operation_id, stars, text, created_at)
values ($1, $2, $3, $4, $5);

-- src/docs/feedback.ts
select operation_id as "operationId", stars, text, created_at as "createdAt"
from feedback order by id desc limit $1;
