// Finding a service by what people call it.

// Equal is what sounds equal: no case, no accents, ß as ss.
const plain = (text) => text.toLowerCase().replace(/ß/g, 'ss').normalize('NFD').replace(/\p{M}/gu, '')
const parts = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean)

/**
 * find gives the services in which every typed word begins a word of the name
 * or of the everyday words, or, from three letters on, lies inside one. Names
 * that begin with it come first.
 *
 * @param {Array<{names: Object<string, string>, words?: string[]}>} services
 * @param {string} typed
 * @param {string} lang its names count beside the German ones
 */
export function find(services, typed, lang) {
  const wanted = parts(typed)
  if (wanted.length === 0) return []
  return services
    .map((service) => ({ service, rank: rank(service, wanted, lang) }))
    .filter((hit) => hit.rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map((hit) => hit.service)
}

function rank(service, wanted, lang) {
  const named = parts((service.names[lang] || '') + ' ' + (service.names.de || ''))
  const called = parts((service.words || []).join(' '))
  let sum = 0
  for (const word of wanted) {
    const best = Math.max(
      named.some((part) => part.startsWith(word)) ? 3 : 0,
      called.some((part) => part.startsWith(word)) ? 4 : 0,
      word.length > 2 && named.concat(called).some((part) => part.includes(word)) ? 1 : 0,
    )
    if (best === 0) return 0
    sum += best
  }
  return sum
}
