/**
 * The ids of the official reference's own examples, so that those run as they stand, and fixed
 * tokens. The sandbox alone has these tokens; production makes its own.
 */
export const demo = {
  companyId: '5DP4iH6HLkQsiKESj6rh',
  locationId: 've9EPM428h8vShlRW1KT',
  pipelineId: 'VDm7RPYC2GLUvdpKmBfC',
  /** The stages of that pipeline, in order. */
  stageIds: [
    'e93ba61a-53b3-45e7-985a-c7732dbcdb69',
    '7915dedc-8f18-44d5-8bc3-77c04e994a10',
    '2a1f6f7c-5d0e-4c3b-9a58-0d6c1b7e4f21',
    'b6c0d9e2-83f4-4e57-8c19-5f2a7d3e6b90',
    '41d7e8a5-0c92-4b6f-a3de-9e8b5c7f1a34',
    'f03b5c6d-7e81-49a2-b4c7-6d1e2f3a8b55',
    '9c8e7d6f-1a2b-4c3d-8e4f-5a6b7c8d9e0f',
  ],
  contactId: 'mTkSCb1UBjb5tk4OvB69',
  opportunityId: 'sx6wyHhbFdRXh302Lunr',
  followers: [
    'sx6wyHhbFdRXh302Lunr',
    'sx6wyHhbFdRXh302LLss',
    'Mx6wyHhbFdRXh302Luer',
    'Ka6wyHhbFdRXh302LLsAm',
  ],
  userIds: [
    'sx6wyHhbFdRXh302Lunr',
    'sx6wyHhbFdRXh302LLss',
    'Mx6wyHhbFdRXh302Luer',
    'Ka6wyHhbFdRXh302LLsAm',
    '082goXVW3lIExEQPOnd3',
    'zT46WSCPbudrq4zhWMk6',
    'bNl8QNGXhIQJLv8eeASQ',
  ],
  /** The first user, who can sign in. */
  admin: {
    id: 'sx6wyHhbFdRXh302Lunr',
    email: 'olivia.hart@agency.example',
    password: 'groundlevel-demo',
  },
  /** Of opportunities; the first is that of the official examples. */
  customFieldIds: {
    reference: '6dvNaf7VhkQ9snc5vnjJ',
    notes: 'MgobCB14YMVKuE4Ka8p1',
    seats: 'nS8cVq2LtYw5ZbGd0XhA',
    budget: 'gR4mKp7WxTz1JvQe9CnB',
    howSoon: 'uH6bNd3FsLy8MxPk2RtC',
    services: 'eV9wJz5GhQc0TnXa4KrD',
    decisionDate: 'dD2yBt8RmWf6SpLj1VqE',
    consent: 'kC7xHg1ZnPv4QwUb5MyF',
  },
  /** A custom field of contacts, and its folder: those of the official examples. */
  contactFieldId: '3sv6UEo51C9Bmpo1cKTq',
  contactFolderId: 'aWdODOBVOlH1RUFKWQke',
  customValueId: 'rWQ709Pb62syqGLceg1x',
  lostReasonIds: {
    price: 'CLu7BaljjqrEjBGKTNNe',
    competitor: 'DMv8CbmkkrsFkCHLUOOf',
    noAnswer: 'ENw9DcnllstGlDIMVPPg',
  },
  privateIntegrationToken: 'pit-5e1fdb0c-2d7a-4c1e-9f63-8b0a4d2c7e11',
  agencyPrivateIntegrationToken: 'pit-a6e9c4f2-71b8-4d05-8e3a-c2f5907d1b22',
  /** The sandbox's app. */
  clientId: '695bd1f0c4e8b27d3a916f05-k9x2m4q7',
  clientSecret: '5f0c1b7e-93d4-4a26-b8e1-7c2d6f9a0e35',
  redirectUris: [
    'http://localhost:3000/oauth/callback',
    'http://127.0.0.1:3000/oauth/callback',
    'http://localhost:3000/callback',
    'http://127.0.0.1:3000/callback',
    // n8n's
    'http://localhost:5678/rest/oauth2-credential/callback',
    'http://127.0.0.1:5678/rest/oauth2-credential/callback',
    'https://oauth.n8n.cloud/oauth2/callback',
    // The official reference's own example
    'https://myapp.com/oauth/callback/gohighlevel',
  ],
  otherLocation: {
    locationId: 'kQ7mZr2XwPf9TbNcVs4J',
    pipelineId: 'pL3xWq8RtYv5ZnBdKc2M',
    stageIds: ['c4a1e2d3-6b5f-4789-9a0b-1c2d3e4f5a6b', 'd5b2f3e4-7c60-4891-8b1c-2d3e4f5a6b7c'],
    opportunityId: 'hJ4tGv9QeXz2RyUm6LsW',
    userIds: ['tR5nVx8KqWm3ZpLc7YdB', 'wF2sHb6JtQx9NvEk4MaC'],
    privateIntegrationToken: 'pit-0b7d2e94-c5a3-4f18-b6d2-3e9f81c4a733',
  },
} as const
