// Drawing without a library, for pages that old televisions and slow phones
// show: elements from a short notation, and regions drawn anew only when what
// they show has changed.

const SVG = 'http://www.w3.org/2000/svg'

/**
 * el makes an element. A name such as "p.call__label.quiet" carries classes.
 *
 * @param {string} name
 * @param {Object<string, string|boolean|null|undefined>} [attributes] null, undefined and false: left out
 * @param {...(Node|string|null|undefined|false|Array)} children
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split('.')
  const node = document.createElement(tag)
  if (classes.length > 0) node.className = classes.join(' ')
  for (const key of Object.keys(attributes)) {
    const value = attributes[key]
    if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? '' : value)
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false))
  return node
}

/**
 * mark draws a symbol that the page holds.
 *
 * @param {string} id the symbol's
 * @param {string} className
 * @param {string} [label] what it says; without one it is decoration
 */
export function mark(id, className, label) {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', className)
  if (label) {
    svg.setAttribute('role', 'img')
    svg.setAttribute('aria-label', label)
  } else svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS(SVG, 'use')
  use.setAttribute('href', '#' + id)
  svg.append(use)
  return svg
}

/**
 * region gives a function that fills an element, and leaves it alone while
 * what it shows stays equal, so that nothing flickers and no screen reader
 * begins again.
 *
 * @param {Element} node
 * @param {(shown: any) => Array<Node|string>} build
 */
export function region(node, build) {
  let last
  return (shown) => {
    const key = JSON.stringify(shown)
    if (key === last) return
    last = key
    node.replaceChildren(...build(shown))
  }
}
