// A button that copies the address of the page. The clipboard proper is closed to pages that came without encryption from another
// machine, as in a class: then the old way is tried, and where that fails too the address is shown to be copied by hand.
const MARKUP = `<button type="button" title="Copies a link that opens these settings and runs">
<svg aria-hidden="true" viewBox="0 0 24 24" width="17" height="17" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/></svg>
<span aria-live="polite">Copy link</span></button><input hidden readonly aria-label="Link to this page">`
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
    const button = box.querySelector("button"), words = box.querySelector("span"), field = box.querySelector("input")
    button.onclick = async () => {
        const text = window.location.href
        const done = await copied(text)
        words.textContent = done ? "Copied" : "Copy link"
        field.hidden = done
        if (!done) { field.value = text; field.focus(); field.select() }
        setTimeout(() => { words.textContent = "Copy link" }, SHOWN_MS)
    }
}
