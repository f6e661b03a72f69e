// A button that copies the address of the page. The clipboard proper is closed to pages that came without encryption from another
// machine, as in a class: then the old way is tried, and where that fails too the address is shown to be copied by hand.
const LINK = '<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/>'
const TICK = '<path d="M5 13l5 5 9-11"/>'
const MARKUP = `<button type="button" title="Copy a link that opens these settings and runs" aria-label="Copy link">
<svg aria-hidden="true" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
${LINK}</svg></button><span role="status"></span><input hidden readonly aria-label="Link to this page">`
const SHOWN_MS = 2000

async function copied(text) {
    try { await navigator.clipboard.writeText(text); return true } catch (error) { /* the old way, then */ }
    const area = document.createElement("textarea")
    area.value = text
    area.style.position = "fixed"
    document.body.append(area)
    area.select()
    try { return document.execCommand("copy") } catch (error) { return false } finally { area.remove() }
}

export default function ({ parentElement }) {
    if (parentElement.querySelector("button")) return
    const box = document.createElement("div")
    box.innerHTML = MARKUP
    parentElement.append(box)
    const button = box.querySelector("button"), icon = box.querySelector("svg")
    const words = box.querySelector("span"), field = box.querySelector("input")
    button.onclick = async () => {
        const text = window.location.href
        const done = await copied(text)
        icon.innerHTML = done ? TICK : LINK
        words.textContent = done ? "Link copied" : ""
        field.hidden = done
        if (!done) { field.value = text; field.focus(); field.select() }
        setTimeout(() => { icon.innerHTML = LINK; words.textContent = "" }, SHOWN_MS)
    }
}
