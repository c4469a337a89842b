// The sheet of an appointment is there to be printed: at once when it was
// opened for that, and by its button.
const button = document.getElementById('print')
button.hidden = false
button.addEventListener('click', () => window.print())
if (new URLSearchParams(location.search).has('print')) document.fonts.ready.then(() => window.print())
