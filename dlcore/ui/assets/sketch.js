// A sheet to draw on with mouse, pen or finger. It says what is drawn, as rows of ink from 0 to 255, whenever a stroke ends.
const SHEET = 280, TOLD = 56 // pixels of the sheet, and of what is told
const MARKUP = `<canvas width="${SHEET}" height="${SHEET}" role="img" tabindex="0"></canvas>
<div><button type="button">Clear</button><span></span></div>`

export default function ({ data, parentElement, setTriggerValue }) {
    let host = parentElement.querySelector(".sketch")
    if (!host) host = open(parentElement)
    host.say = (ink) => setTriggerValue("ink", ink)
    host.querySelector("canvas").setAttribute("aria-label", data.label)
    host.querySelector("span").textContent = data.hint
}

function open(parent) {
    const host = parent.appendChild(Object.assign(document.createElement("div"), { className: "sketch", innerHTML: MARKUP }))
    const canvas = host.querySelector("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true })
    let last = null
    const place = (event) => {
        const box = canvas.getBoundingClientRect()
        return [(event.clientX - box.left) * SHEET / box.width, (event.clientY - box.top) * SHEET / box.height]
    }
    const stroke = (to) => {
        pen.strokeStyle = pen.fillStyle = "#fff"
        pen.lineWidth = SHEET / 13 // as thick as MNIST's strokes are, some two of 28 pixels
        pen.lineCap = pen.lineJoin = "round"
        pen.beginPath()
        pen.moveTo(...last)
        pen.lineTo(...to)
        pen.stroke()
        last = to
    }
    canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); last = place(event); stroke(last) }
    canvas.onpointermove = (event) => { if (last) for (const one of event.getCoalescedEvents?.() ?? [event]) stroke(place(one)) }
    const end = () => { if (last) { last = null; host.say(ink(pen)) } }
    canvas.onpointerup = canvas.onpointercancel = end
    host.querySelector("button").onclick = () => { pen.clearRect(0, 0, SHEET, SHEET); host.say("") }
    return host
}

// How much of each square of the sheet is inked, as the letters of base64.
function ink(pen) {
    const pixels = pen.getImageData(0, 0, SHEET, SHEET).data, side = SHEET / TOLD, told = new Uint8Array(TOLD * TOLD)
    for (let y = 0; y < TOLD; y++)
        for (let x = 0; x < TOLD; x++) {
            let sum = 0
            for (let down = 0; down < side; down++)
                for (let across = 0; across < side; across++) sum += pixels[((y * side + down) * SHEET + x * side + across) * 4 + 3]
            told[y * TOLD + x] = Math.round(sum / (side * side))
        }
    return btoa(String.fromCharCode(...told))
}
