// How long a time is still kept, counted down by the second.

const WARN = 120 // s; from then on a screen reader is told each minute

/**
 * countDown writes how much is left into an element, from data-seconds on, with
 * the sentences data-left ("… {} …") and data-over. It goes by the time that has
 * passed since the page came, so that a device with a wrong clock is right too.
 *
 * @param {HTMLElement} element
 */
export function countDown(element) {
  const began = performance.now()
  const seconds = Number(element.dataset.seconds)
  const draw = () => {
    const left = Math.ceil(seconds - (performance.now() - began) / 1000)
    if (left <= 0) {
      element.setAttribute('aria-live', 'assertive')
      element.classList.add('kept__until--over')
      element.textContent = element.dataset.over
      return
    }
    element.textContent = element.dataset.left.replace('{}', Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0'))
    if (left <= WARN) element.setAttribute('aria-live', left % 60 === 0 ? 'polite' : 'off')
    setTimeout(draw, 1000)
  }
  draw()
}
