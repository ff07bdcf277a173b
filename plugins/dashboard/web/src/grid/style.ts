// The looks, in one constructable sheet: no inline style that a content security policy would have to allow.
export const rowHeight = 28;
export const headHeight = 30;

const css = `
:host{--l-bg:#fff;--l-fg:#1c2126;--l-mute:#5b6570;--l-line:#d9dee3;--l-band:#f3f5f7;--l-accent:#0b62c4;--l-mark:#d7e8fb;--l-tint:#fff1b8;
--l-good:#1a7f37;--l-bad:#c4212a;--l-warn:#8f5c00;color-scheme:light;
--bg:var(--jp-layout-color0,var(--l-bg));--fg:var(--jp-ui-font-color1,var(--l-fg));--mute:var(--l-mute);--line:var(--jp-border-color2,var(--l-line));
--band:var(--jp-layout-color2,var(--l-band));--accent:var(--l-accent);
display:flex;flex-direction:column;position:relative;height:480px;min-height:160px;min-width:0;overflow:hidden;box-sizing:border-box;
background:var(--bg);color:var(--fg);font:13px/1.4 var(--jp-ui-font-family,system-ui,sans-serif);font-variant-numeric:tabular-nums}
:host([theme=dark]){--l-bg:#15181c;--l-fg:#e4e8ec;--l-mute:#9aa5b1;--l-line:#333a42;--l-band:#1e2329;--l-accent:#6cb2ff;--l-mark:#173a5f;--l-tint:#4d4210;
--l-good:#56c46c;--l-bad:#ff7b74;--l-warn:#e0a63b;color-scheme:dark}
@media(prefers-color-scheme:dark){:host(:not([theme])){--l-bg:#15181c;--l-fg:#e4e8ec;--l-mute:#9aa5b1;--l-line:#333a42;--l-band:#1e2329;--l-accent:#6cb2ff;
--l-mark:#173a5f;--l-tint:#4d4210;--l-good:#56c46c;--l-bad:#ff7b74;--l-warn:#e0a63b;color-scheme:dark}}
:host([hidden]){display:none}
*{box-sizing:border-box}
button,input,select,textarea{font:inherit;color:inherit}
button{background:none;border:1px solid transparent;border-radius:4px;padding:2px 8px;min-height:26px;cursor:pointer}
button:hover:not(:disabled){background:var(--band)}
button:disabled,[aria-disabled=true]{color:var(--mute);cursor:default}
button.do{border-color:var(--line)}
button.main{background:var(--accent);color:var(--bg);border-color:var(--accent)}
button.main:hover{filter:brightness(1.1);background:var(--accent)}
button.bad:not([aria-disabled]){color:var(--l-bad)}button.main.bad{background:var(--l-bad);color:var(--bg);border-color:var(--l-bad)}
input:not([type=checkbox]):not([type=radio]),select,textarea{background:var(--bg);border:1px solid var(--line);border-radius:4px;padding:2px 6px;min-height:26px}
:focus-visible{outline:2px solid var(--accent);outline-offset:-2px}
.bar{display:flex;align-items:center;gap:6px;padding:4px 8px;flex:none;flex-wrap:wrap;border-bottom:1px solid var(--line)}
.bar[hidden],.pill[hidden],.note[hidden],.toast[hidden]{display:none}
.bar input[type=search]{flex:0 1 260px;min-width:90px}
.grow{flex:1}
.bar .line{display:flex;gap:4px;flex-wrap:wrap}
.mute{color:var(--mute)}
.dot{width:8px;height:8px;border-radius:50%;background:var(--mute);display:inline-block;margin-right:4px}
.dot.on{background:var(--l-good)}.dot.off{background:var(--l-warn)}
.chip{display:inline-flex;align-items:center;max-width:280px;border:1px solid var(--line);border-radius:12px;padding:0 2px 0 8px}
.chip>span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.chip button{padding:0 6px;border-radius:12px;min-height:24px;min-width:24px}
.scroll{flex:1;overflow:auto;position:relative;min-height:0;outline:none;overflow-anchor:none}
.head{position:sticky;top:0;z-index:3;display:flex;height:${headHeight}px;background:var(--band);border-bottom:1px solid var(--line);width:max-content;min-width:100%}
.body{position:relative;contain:size layout style}
.row{position:absolute;left:0;top:0;display:flex;height:${rowHeight}px;min-width:100%;background:var(--bg);border-bottom:1px solid color-mix(in srgb,var(--line) 55%,transparent);contain:layout style size}
.row:hover{background:var(--band)}
.row[aria-selected=true]{background:color-mix(in srgb,var(--accent) 16%,var(--bg))}
.row.goal::before{content:"";position:absolute;left:0;top:0;bottom:0;width:3px;background:var(--l-good);z-index:2}
.row.gone{opacity:.45}
.row.old .c{color:var(--mute);text-decoration:line-through}
.c{flex:none;padding:0 8px;line-height:${rowHeight - 1}px;white-space:pre;unicode-bidi:isolate;outline-offset:-2px;cursor:default}
.c.o{overflow:hidden;text-overflow:ellipsis}
.c.n{text-align:right}
.c.p,.h.p{background:inherit}.wide .c.p,.h.p{position:sticky;z-index:1}
.c.last,.h.last{border-right:1px solid var(--line)}
.c.k,.h.k{padding:0;text-align:center}
.c.k input,.h.k input{margin:0;vertical-align:middle;width:15px;height:15px;pointer-events:none}
.c.tint{animation:tint 1s ease-out}
@keyframes tint{from{background:var(--l-tint)}}
@media(prefers-reduced-motion:reduce){.c.tint{animation:none}}
.t{border:1px solid var(--line);border-radius:9px;padding:0 6px;margin-right:3px;font-size:12px}
.s-running{color:var(--accent)}.s-completed,.s-published{color:var(--l-good)}.s-failed{color:var(--l-bad)}.s-aborted{color:var(--l-warn)}.s-draft,.s-pending{color:var(--mute)}
.h{flex:none;display:flex;align-items:center;padding:0 0 0 8px;position:relative;font-weight:600;cursor:pointer;user-select:none;overflow:hidden;line-height:${headHeight - 1}px}
.h .l{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;unicode-bidi:isolate}
.h .x{color:var(--mute);font-weight:400;margin-left:4px;white-space:nowrap}
.h.n{justify-content:flex-end}.h.n .m{margin-left:0}
.h .m{margin-left:auto;padding:0 4px;min-width:24px;opacity:0;flex:none;color:var(--mute);text-align:center}
.h.f .m::before{content:"";display:inline-block;width:10px;height:10px;background:currentColor;clip-path:polygon(0 0,100% 0,60% 50%,60% 100%,40% 80%,40% 50%)}
.h:hover .m,.h:focus .m,.h.f .m{opacity:1}.h.f .m{color:var(--accent)}
.h .e{position:absolute;right:0;top:0;bottom:0;width:7px;cursor:col-resize;z-index:1}
.h .e:hover{background:var(--accent)}
.h.k{justify-content:center}
.h.drop{box-shadow:inset 3px 0 var(--accent)}.h.drag{opacity:.5}
.note{position:absolute;inset:${headHeight}px 0 auto;padding:28px;text-align:center;color:var(--mute);z-index:1;pointer-events:none}.note>*{pointer-events:auto}
.pill{position:absolute;top:${headHeight + 8}px;left:50%;transform:translateX(-50%);z-index:4;background:var(--accent);color:var(--bg);border-radius:14px;box-shadow:0 1px 4px #0004}
.pill:hover:not(:disabled){background:var(--accent);filter:brightness(1.1)}
.mid{position:relative;flex:1;display:flex;flex-direction:column;min-height:0}
.pop{position:fixed;inset:auto;margin:0;padding:4px;min-width:180px;max-width:min(420px,95vw);max-height:min(70vh,460px);overflow:auto;background:var(--bg);color:var(--fg);border:1px solid var(--line);border-radius:6px;box-shadow:0 4px 16px #0005;z-index:10}
.pop [role^=menuitem]{display:flex;width:100%;gap:12px;text-align:left;align-items:baseline}
.pop [role^=menuitem] .mute{margin-left:auto;font-size:12px;white-space:nowrap}
.pop .why{display:block;color:var(--mute);font-size:12px;white-space:normal}
.pop hr{border:0;border-top:1px solid var(--line);margin:4px 0}
.pop h3{font-size:12px;margin:6px 8px 2px;color:var(--mute);font-weight:600}
.pop .line{display:flex;gap:6px;align-items:center;padding:2px 6px;flex-wrap:wrap}
.pop .list{max-height:250px;overflow:auto}
.pop label.v{display:flex;gap:6px;align-items:center;padding:0 6px;min-height:26px;border-radius:4px}
.pop label.v:hover{background:var(--band)}
.pop label.v>span:first-of-type{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;unicode-bidi:isolate}
.pop label.v .mute{margin-left:auto}
.tri{width:100%;display:flex;gap:8px;text-align:left}.tri .b{width:16px;height:16px;line-height:14px;border:1px solid var(--mute);border-radius:3px;text-align:center;flex:none;align-self:center}
.tri>span:nth-child(2){overflow:hidden;text-overflow:ellipsis;white-space:nowrap;unicode-bidi:isolate}
.tri .mute{margin-left:auto}
dialog{background:var(--bg);color:var(--fg);border:1px solid var(--line);border-radius:8px;padding:16px;width:min(460px,92vw);max-height:85vh;overflow:auto}
dialog::backdrop{background:#0006}
dialog h2{font-size:16px;margin:0 0 8px}
dialog .f{display:block;margin:8px 0}dialog .f>span{display:block;font-weight:600}dialog .f small{display:block;color:var(--mute)}
dialog .f input:not([type=checkbox]),dialog .f select,dialog .f textarea{width:100%}
dialog .line{display:flex;gap:8px;justify-content:flex-end;margin-top:12px}
dialog ul{margin:4px 0;padding-left:20px}
.err{color:var(--l-bad);overflow-wrap:anywhere}
.toast{position:absolute;bottom:8px;left:50%;transform:translateX(-50%);z-index:6;max-width:90%;background:var(--fg);color:var(--bg);border-radius:6px;padding:6px 10px;display:flex;gap:10px;align-items:center;box-shadow:0 2px 8px #0005;overflow-wrap:anywhere}
.toast button{color:inherit;text-decoration:underline}.toast button:hover:not(:disabled){background:none}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
kbd{border:1px solid var(--line);border-radius:3px;padding:0 4px;font:12px ui-monospace,monospace}
dialog table td{padding:1px 8px 1px 0;vertical-align:top}
`;

let sheet: CSSStyleSheet | undefined;

export function styles(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
