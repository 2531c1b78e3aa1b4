import net from 'node:net'

/** The address to count by: of IPv6 the /64 network, the least that a customer gets. */
export function networkOf(address: string): string {
  if (!net.isIPv6(address) || address.includes('.')) return address
  const [head = '', tail] = address.split('::')
  const groups = (text = '') => text.split(':').filter((group) => group !== '')
  const [first, last] = [groups(head), groups(tail)]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  const all = tail === undefined ? first : [...first, ...zeros, ...last]
  return `${all.slice(0, 4).join(':')}::/64`
}
