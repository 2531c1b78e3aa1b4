// Starts the reference component with what the server says in the page, and adds what it lacks.

const settings = JSON.parse(document.getElementById('settings').textContent)

/** An element with properties and children; text is never read as markup. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name)
  Object.assign(made, properties)
  made.append(...children)
  return made
}

/** Five stars and a line, for one operation. */
function feedbackForm(operationId) {
  const stars = [5, 4, 3, 2, 1].map((count) => {
    const name = `stars-${operationId}`
    const radio = element('input', { type: 'radio', name, value: String(count), required: true })
    const words = count === 1 ? '1 star' : `${count} stars`
    return element('label', {}, radio, element('span', { className: 'words' }, words))
  })
  const line = element('input', { type: 'text', maxLength: 500, autocomplete: 'off' })
  const send = element('button', { type: 'submit' }, 'Send feedback')
  const said = element('output', {})
  const form = element(
    'form',
    { className: 'feedback' },
    element(
      'fieldset',
      {},
      element('legend', {}, 'Share your feedback'),
      element('div', { className: 'stars' }, ...stars),
    ),
    element('label', { className: 'line' }, 'What would make it better? (optional) ', line),
    send,
    said,
  )
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const chosen = form.querySelector('input:checked')
    send.disabled = true
    const answer = await fetch('/docs/feedback', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operationId, stars: Number(chosen.value), text: line.value }),
    }).catch(() => undefined)
    send.disabled = false
    said.textContent =
      answer?.status === 201
        ? 'Thank you.'
        : answer?.status === 429
          ? 'That was a lot of feedback. Try again later.'
          : 'It could not be sent.'
    if (answer?.status === 201) form.reset()
  })
  return form
}

/** The page in Markdown and the ones before and after it, and what its readers think of it. */
function pageEnd({ operationId, markdown, previous, next }) {
  const links = element(
    'nav',
    { className: 'end', ariaLabel: 'Other pages' },
    ...(previous ? [element('a', { href: previous.address }, `Previous: ${previous.title}`)] : []),
    ...(next ? [element('a', { href: next.address }, `Next: ${next.title}`)] : []),
    element('a', { href: markdown }, 'View as Markdown'),
  )
  return element('div', {}, ...(settings.feedback ? [feedbackForm(operationId)] : []), links)
}

/** A place that the component keeps for us at each operation; what stands in it is ours. */
const place = {
  inheritAttrs: false,
  render: () => null,
  mounted() {
    this.end = pageEnd(Object.values(this.$attrs).find((value) => value?.operationId))
    const layout = this.$el.parentElement.closest('.operation-layout')
    layout?.querySelector('.operation-details')?.append(this.end)
  },
  unmounted() {
    this.end.remove()
  },
}

/** Takes references away to what is not there. */
function forget(it, ...attributes) {
  for (const name of attributes) {
    const id = it.getAttribute(name)
    if (id !== null && !document.getElementById(id)) it.removeAttribute(name)
  }
}

/** What the component leaves unsaid to those who do not see it, or says wrongly. */
const mends = [
  ['button[class*="copy-button"]:not([aria-label])', (it) => it.setAttribute('aria-label', 'Copy')],
  ['button[class*="copy-button"]', (it) => forget(it, 'aria-controls', 'aria-describedby')],
  ['[role="combobox"]:not([aria-expanded])', (it) => it.setAttribute('role', 'textbox')],
  ['.cm-content:not([aria-label])', (it) => it.setAttribute('aria-label', 'Body')],
  ['button[role="none"]', (it) => it.removeAttribute('role')],
  ['.show-more[aria-label]', (it) => it.removeAttribute('aria-label')],
]
/** What stands there until the component has drawn something to read. */
const outline = document.getElementById('outline')

/** Takes that away. What cannot be seen takes no focus, so what the address names gets it now. */
function reveal() {
  outline.remove()
  performance.mark('drawn')
  if (location.hash.length < 2) return
  const named = CSS.escape(location.hash.slice(1))
  document.querySelector(`#reference section[id$="/${named}"]`)?.focus({ preventScroll: true })
}

let isDue = false
new MutationObserver(() => {
  if (isDue) return
  isDue = true
  requestAnimationFrame(() => {
    isDue = false
    if (outline.isConnected && document.querySelector('#reference h1')) reveal()
    for (const [which, mend] of mends) for (const it of document.querySelectorAll(which)) mend(it)
  })
}).observe(document.body, { childList: true, subtree: true })

const tokens = Object.entries(settings.tokens ?? {})

window.Scalar.createApiReference('#reference', {
  url: settings.url,
  authentication: {
    securitySchemes: Object.fromEntries(tokens.map(([name, token]) => [name, { token }])),
  },
  // Nothing is asked of anybody but this server.
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  persistAuth: false,
  hiddenClients: true,
  hideModels: true,
  documentDownloadType: 'none',
  generateTagSlug: ({ name }) => settings.slugs[name] ?? name,
  generateOperationSlug: ({ operationId, method, path }) => operationId ?? `${method}${path}`,
  plugins: [() => ({ name: 'page', extensions: [{ name: 'x-page', component: place }] })],
})
