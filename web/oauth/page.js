// Comfort only: every form of the page works without this.

const filter = document.querySelector('.filter')
const items = [...document.querySelectorAll('.locations > li')]

if (filter && items.length > 8) {
  const field = filter.querySelector('input')
  const found = filter.querySelector('output')
  const texts = items.map((item) => item.textContent.toLowerCase())

  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/)
    let count = 0
    items.forEach((item, i) => {
      item.hidden = !words.every((word) => texts[i].includes(word))
      if (!item.hidden) count++
    })
    found.textContent = field.value === '' ? '' : `${count} found`
  }

  filter.hidden = false
  field.addEventListener('input', show)
  // In a field that only narrows a list, Enter must not send the form.
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') event.preventDefault()
  })
  show()
}
