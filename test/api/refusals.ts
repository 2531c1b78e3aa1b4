/** Bodies of refusals as they go over the wire, key order included, but for the trace id. */

export const unprocessable = (...message: string[]) =>
  JSON.stringify({ message, error: 'Unprocessable Entity', statusCode: 422 })

export const badRequest = (message: string) =>
  JSON.stringify({ message, error: 'Bad Request', statusCode: 400 })

export const noRoute = (method: string, url: string) =>
  JSON.stringify({ message: `Cannot ${method} ${url}`, error: 'Not Found', statusCode: 404 })

export const opportunityNotFound =
  '{"statusCode":404,"error":"Not Found","message":"Opportunity not found",' +
  '"code":"OPPORTUNITY_NOT_FOUND"}'

export const contactNotFound = (id: string) =>
  `{"statusCode":400,"message":"Contact with id ${id} not found","error":"Bad Request"}`

export const invalidPrivateIntegrationToken =
  '{"statusCode":401,"message":"Invalid Private Integration token"}'

export const invalidAccessToken =
  '{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}'

export const invalidJwt = '{"statusCode":401,"message":"Invalid JWT"}'

export const missingScope =
  '{"statusCode":401,"message":"The token is not authorized for this scope."}'

export const otherLocation =
  '{"statusCode":403,"message":"The token does not have access to this location."}'

export const noVersion = '{"statusCode":401,"message":"version header was not found."}'

export const unpublishedVersion = '{"statusCode":401,"message":"version header is invalid"}'

/** What is said of a value that is none of those listed. */
export const notOneOf = (name: string, ...values: readonly string[]) =>
  `${name} must be one of the following values: ${values.join(', ')}`

export const noStatus = notOneOf('status', 'open', 'won', 'lost', 'abandoned')
