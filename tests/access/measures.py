"""What is measured in the browser: text that is cut, pages that scroll sideways, lost borders."""

from __future__ import annotations

OPEN = "() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })"

_NAMED = """
const named = (one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute('class') || ''}"> `
    + (one.getAttribute('aria-label') || one.textContent || '').trim().slice(0, 60);
const shown = (one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true});
// What only a screen reader meets is one pixel on purpose.
const drawn = (one) => {
    const box = one.getBoundingClientRect();
    return shown(one) && box.width > 2 && box.height > 2 && !one.closest('.sr, .skip');
};
"""

REFLOW = (
    "() => {"
    + _NAMED
    + """
    const root = document.documentElement, found = [];
    if (root.scrollWidth > root.clientWidth) {
        const wide = [...document.body.querySelectorAll('*')].filter((one) => drawn(one)
            && one.getBoundingClientRect().right > root.clientWidth + 1);
        found.push(`the page scrolls sideways to ${root.scrollWidth}: ${wide.map(named)[0]}`);
    }
    for (const one of document.body.querySelectorAll('*')) {
        if (!drawn(one)) continue;
        const style = getComputedStyle(one), wider = one.scrollWidth - one.clientWidth;
        if (wider > 1 && ['auto', 'scroll'].includes(style.overflowX)) {
            const data = one.querySelector('table, pre, svg') || one.matches('textarea, input');
            if (!data) found.push(`scrolls sideways by itself: ${named(one)}`);
            else if (one.tabIndex < 0) found.push(`no keyboard scrolls it: ${named(one)}`);
        }
        if (one.getBoundingClientRect().right < 0) found.push(`left of the page: ${named(one)}`);
    }
    return found;
}"""
)

SPACING = """
() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: .12em !important;
            word-spacing: .16em !important; }
        p { margin-bottom: 2em !important; }
    `);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
"""

SPACED = (
    "() => {"
    + _NAMED
    + """
    const root = document.documentElement, found = [];
    if (root.scrollWidth > root.clientWidth) {
        const wide = [...document.body.querySelectorAll('*')].filter((one) => drawn(one)
            && one.getBoundingClientRect().right > root.clientWidth + 1);
        found.push(`the page scrolls sideways to ${root.scrollWidth}: ${wide.map(named)[0]}`);
    }
    const boxes = 'button, .button, .tag, .count, summary, legend, label, th, td, .notice, .sheet';
    for (const one of document.body.querySelectorAll('*')) {
        if (!drawn(one) || !one.textContent.trim()) continue;
        const style = getComputedStyle(one);
        const hides = ['hidden', 'clip'].includes(style.overflowX);
        const fixed = hides || one.matches(boxes);
        const scrolls = ['auto', 'scroll'].includes(style.overflowX);
        if (scrolls || !fixed || style.display === 'inline') continue;
        if (one.matches('select, option')) continue;
        const wider = one.scrollWidth - one.clientWidth;
        const higher = one.scrollHeight - one.clientHeight;
        if (wider > 2 || higher > 2) found.push(`cut by ${wider} × ${higher}: ${named(one)}`);
    }
    return found;
}"""
)

FORCED = (
    "() => {"
    + _NAMED
    + """
    const found = [];
    const canvas = getComputedStyle(document.body).backgroundColor;
    const edges = ['Top', 'Right', 'Bottom', 'Left'];
    const bordered = (one, behind) => {
        const style = getComputedStyle(one);
        return edges.some((edge) => style[`border${edge}Style`] !== 'none'
            && parseFloat(style[`border${edge}Width`]) >= 1
            && style[`border${edge}Color`] !== behind);
    };
    const fields = 'input:not([type=hidden]), select, textarea, .button, .tag, .notice,'
        + ' .sheet:not(.sheet .sheet)';
    for (const one of document.querySelectorAll(fields)) {
        if (!drawn(one)) continue;
        const style = getComputedStyle(one);
        const native = one.matches('input, select') && style.appearance !== 'none';
        const around = one.closest('.cells, .file');
        if (!native && !bordered(one, canvas) && !(around && bordered(around, canvas))
            && !(one.type === 'file')) {
            found.push(`no border to be seen: ${named(one)}`);
        }
    }
    for (const one of document.querySelectorAll('main, header, footer')) {
        for (const text of one.querySelectorAll('a, p, li, td, th, label, h1, h2, h3, summary')) {
            if (drawn(text) && getComputedStyle(text).color === canvas) {
                found.push(`text of the colour of the page: ${named(text)}`);
            }
        }
    }
    // A drawing keeps its own colours: they must stand out from the page by 3 : 1 (WCAG 1.4.11).
    const parts = (colour) => (colour.match(/[\\d.]+/g) || []).slice(0, 3).map((one) => one / 255);
    const light = (colour) => parts(colour)
        .map((one) => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
        .reduce((sum, one, place) => sum + one * [.2126, .7152, .0722][place], 0);
    const stands = (colour, behind) => {
        const [low, high] = [light(colour), light(behind)].sort((a, b) => a - b);
        return (high + .05) / (low + .05) >= 3;
    };
    for (const icon of document.querySelectorAll('svg')) {
        if (!drawn(icon)) continue;
        const shapes = [...icon.querySelectorAll('path, circle, rect, line, polyline, polygon')];
        const paints = (shape) => {
            const style = getComputedStyle(shape);
            return [style.fill, parseFloat(style.strokeWidth) ? style.stroke : 'none']
                .filter((one) => one !== 'none' && one !== 'rgba(0, 0, 0, 0)');
        };
        const seen = shapes.flatMap(paints);
        if (shapes.length && !seen.some((one) => stands(one, canvas))) {
            found.push(`a picture of the colour of the page: ${icon.outerHTML.slice(0, 120)}`);
        }
        const solid = icon.querySelector('.solid'), cut = icon.querySelector('.cut');
        if (solid && cut
            && !stands(getComputedStyle(cut).stroke, getComputedStyle(solid).fill)) {
            found.push(`a sign that is lost in its shape: ${icon.outerHTML.slice(0, 120)}`);
        }
    }
    for (const one of document.querySelectorAll('input:checked')) {
        if (drawn(one) && getComputedStyle(one).appearance === 'none') {
            found.push(`it does not show that it is chosen: ${named(one)}`);
        }
    }
    return [...new Set(found)];
}"""
)
