// The reference remembers the colours that somebody chose; the guide follows.
try {
  const chosen = localStorage.getItem('colorMode')
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.colours = chosen
} catch {
  // Where nothing may be remembered, the system's colours are the ones.
}
