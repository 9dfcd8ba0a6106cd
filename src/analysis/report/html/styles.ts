/** Colours by role; the dark page swaps the roles' values and nothing else. Blue and orange differ for every eye. */
const colours = `
:root{color-scheme:light dark;--paper:#f6f7f9;--card:#ffffff;--ink:#1b2129;--soft:#545d68;--line:#d5dbe1;--grid:#e9edf1;
--zero:#8a949e;--blue:#0a57c2;--orange:#b24c06;--bench:#5c6672;--violet:#7a3aa8;--green:#1a7a4c;--tone:.55;--tint-blue:#e5effb;--tint-orange:#fcefe4;--tint-grey:#eef1f4}
@media (prefers-color-scheme:dark){:root{--paper:#0d1218;--card:#141a22;--ink:#e4e9ef;--soft:#a0abb7;--line:#2c3540;
--grid:#212933;--zero:#6c7783;--blue:#6db3ff;--orange:#ffa55c;--bench:#a9b3be;--violet:#c79bf2;--green:#6fd3a0;--tone:.76;--tint-blue:#142a45;--tint-orange:#3a2410;--tint-grey:#1d252f}}
`;

const text = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:3.2rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1,h2,h3,p,figure,dl,dd,ul,pre{margin:0}
h1{font-size:1.6rem;line-height:1.2;letter-spacing:-.01em}
h2{font-size:1.25rem;line-height:1.3;letter-spacing:-.005em}
h3{font-size:1rem;line-height:1.4;margin-top:1.4rem}
a{color:var(--blue)}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px;border-radius:3px}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
code{overflow-wrap:anywhere}
pre{padding:.7rem .9rem;background:var(--tint-grey);border-radius:8px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.aside,figcaption,.none,.hint,.disclaimer{color:var(--soft);font-size:.86rem}
.none{padding:1rem;border:1px dashed var(--line);border-radius:8px}
`;

const layout = `
.page{max-width:1120px;margin:0 auto;padding:1.5rem 1.25rem 3rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem}
.masthead{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline;justify-content:space-between;margin-bottom:1rem}
.masthead .about{color:var(--soft);font-size:.92rem}
.masthead .brand{color:var(--soft);font-size:.85rem;font-weight:600;letter-spacing:.04em}
nav{position:sticky;top:0;z-index:3;background:var(--paper);border-bottom:1px solid var(--line);margin:0 -1.25rem 1.2rem;padding:.45rem 1.25rem}
nav ul{display:flex;gap:.2rem 1.1rem;list-style:none;padding:0;overflow-x:auto;scrollbar-width:thin}
nav a{display:block;padding:.2rem 0;white-space:nowrap;color:var(--soft);text-decoration:none;font-size:.88rem;min-height:24px}
nav a:hover{color:var(--ink);text-decoration:underline}
section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.25rem 1.4rem 1.4rem;margin-bottom:1.2rem}
section>h2{margin-bottom:.8rem}
footer{color:var(--soft);font-size:.85rem;text-align:center}
.beside,.pair{display:grid;gap:0 1.6rem;grid-template-columns:minmax(0,1.25fr) minmax(0,1fr);align-items:start}
.pair{grid-template-columns:repeat(2,minmax(0,1fr))}
.cards{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:.8rem;margin-bottom:1.1rem}
.card{background:var(--tint-grey);border-radius:10px;padding:.8rem 1rem}
.card .name{font-size:.85rem;color:var(--soft)}
.card .big{font-size:1.65rem;font-weight:650;line-height:1.25;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.card .small{font-size:.82rem;color:var(--soft);font-variant-numeric:tabular-nums}
details.folded{border:1px solid var(--line);border-radius:8px;padding:.3rem .9rem;margin-top:.9rem}
details.folded>summary{font-weight:600;padding:.3rem 0}
summary{cursor:pointer;min-height:24px}
`;

const verdict = `
.verdict{border-left-width:6px}
.verdict.refuted{border-left-color:var(--orange)}.verdict.open{border-left-color:var(--zero)}.verdict.supported{border-left-color:var(--blue)}
.verdict h2{font-size:1.4rem;margin:.2rem 0 .5rem}
.verdict .level{font-size:.85rem;font-weight:650;letter-spacing:.02em}
.verdict.refuted .level{color:var(--orange)}.verdict.open .level{color:var(--soft)}.verdict.supported .level{color:var(--blue)}
.verdict .sign{display:inline-block;width:1.45em;height:1.45em;line-height:1.4em;text-align:center;border:1.5px solid currentColor;border-radius:50%}
.verdict ul{padding-left:1.2rem}
.warnings{margin-top:.8rem;padding:.6rem .9rem;background:var(--tint-orange);border-radius:8px}
.facts{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.55rem 1.4rem;margin:1rem 0}
.facts dt{font-size:.8rem;color:var(--soft)}.facts dd{overflow-wrap:anywhere;font-size:.93rem}
.check.failed{font-weight:700;color:var(--orange)}
.ribbon{background:var(--orange);color:var(--card);font-weight:700;text-align:center;padding:.45rem 1rem}
.synthetic .chart::after{content:"SYNTHETIC";position:absolute;inset:0;display:grid;place-items:center;font-size:clamp(2rem,9vw,5.5rem);
font-weight:800;letter-spacing:.08em;color:var(--ink);opacity:.07;transform:rotate(-12deg);pointer-events:none}
`;

const tables = `
.scroll{overflow-x:auto;margin-top:.7rem}
table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.2rem 0 .4rem}
caption.unseen{padding:0}
th,td{padding:.32rem .7rem;text-align:left;border-bottom:1px solid var(--grid);vertical-align:top}
th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:600;border-bottom-color:var(--line);white-space:nowrap}
tbody th{font-weight:500}
.number{text-align:right;white-space:nowrap}
.paper{display:none}
.when{white-space:nowrap}
.convention{color:var(--soft);font-size:.85rem}
#headline tbody td:nth-child(2){font-weight:650}
tbody .interval{display:block;font-weight:400;font-size:.8rem;color:var(--soft)}
.dense{max-height:30rem;overflow:auto}
.dense table{font-size:.81rem}.dense th,.dense td{white-space:nowrap;padding:.24rem .55rem}
.dense thead th{position:sticky;top:0;background:var(--card)}
.heat th,.heat td{padding:.34rem .45rem}
.heat td.won{background:color-mix(in srgb,var(--blue) calc(var(--heat)*42%),var(--card))}
.heat td.lost{background:color-mix(in srgb,var(--orange) calc(var(--heat)*42%),var(--card))}
.heat td{border:1px solid var(--card)}
.heat .whole{font-weight:650}
.funnel tr.stage th{font-weight:650}.funnel tr.loss th{color:var(--soft);padding-left:1.2rem;font-weight:400}
.funnel .share{width:46%}
.funnel .share span{display:block;height:1em;margin-top:.25em;min-width:1px;width:calc(var(--share)*100%);background:var(--blue);border-radius:2px}
.funnel .loss .share span{background:none;border:1px solid var(--zero)}
.twin{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;font-size:.86rem;margin-top:.3rem}
.twin details{min-width:4rem}.twin details[open]{flex:1 1 100%}
.twin summary{color:var(--blue)}
.twin .scroll{max-height:26rem;overflow:auto}
`;

/** One colour for each letter that a strategy may have, a golden angle apart: no two of them are alike. */
const hues = Array.from(
  { length: 52 },
  (_, k) => `.hue-${k}{--hue:${((212 + k * 137.508) % 360).toFixed(0)}}`,
).join("");

const charts = `
figure{margin:.4rem 0 1.3rem;position:relative}.scroll+figure{margin-top:1.5rem}.scroll+.aside{margin-top:.4rem}
figure>h3{margin:.4rem 0 .3rem}
figcaption{margin-top:.35rem;max-width:56rem}
.chart{position:relative;overflow:clip}
.chart svg,.log-still svg{display:block;width:100%;height:auto}
section>:last-child{margin-bottom:0}
.narrow,.live [data-model] .still,.log-still,svg.live{display:none!important}
.live svg.live{display:block!important}
html:not(.live) figure:has(input[value=log]:checked) .log-still{display:block!important}
html:not(.live) figure:has(input[value=log]:checked) .chart .still{display:none!important}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--ink)}
svg .tick{fill:var(--soft);font-size:11.5px;font-variant-numeric:tabular-nums}
svg .axis{fill:var(--soft)}svg .title{font-weight:600}
svg .value{font-size:11.5px;font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:3px}
svg .sample{fill:var(--zero);opacity:.16}svg .plot{fill:none;stroke:var(--line)}svg .grid{fill:none;stroke:var(--grid)}svg .zero{fill:none;stroke:var(--zero)}
svg .line{fill:none;stroke-width:1.6;stroke-linejoin:round}
svg .strategy,svg .exposure{stroke:var(--blue)}svg .benchmark{stroke:var(--bench);stroke-dasharray:5 3.5}
svg .fall,svg .cost{stroke:var(--orange)}svg .line.exposure{stroke-width:.7}
svg .area{stroke:none;opacity:.22}svg .area.fall,svg .area.cost{fill:var(--orange)}svg .area.exposure{fill:var(--blue);opacity:.45}
svg .wick,svg .body{stroke-width:1.1;fill:none}svg .rose{stroke:var(--blue)}svg .fell{stroke:var(--orange)}
svg .body.rose{fill:var(--card)}svg .body.fell{fill:var(--orange)}
svg .trade{stroke:var(--card);stroke-width:.9;fill:var(--ink)}
svg .trade.short{fill:var(--card);stroke:var(--ink);stroke-width:1.3}
svg .line[class*=series-]{stroke-width:1.3}
svg .series-1{stroke:var(--violet)}svg .series-2{stroke:var(--green)}svg .series-3{stroke:var(--bench)}svg .series-4{stroke:var(--ink)}
svg .series-5{stroke:var(--violet);stroke-dasharray:5 3}svg .series-6{stroke:var(--green);stroke-dasharray:5 3}svg .series-7{stroke:var(--bench);stroke-dasharray:5 3}svg .series-8{stroke:var(--ink);stroke-dasharray:5 3}
svg .volume{fill:var(--zero);opacity:.3}
svg .way{fill:none;stroke:var(--ink);stroke-width:2}svg .way.lost{stroke-dasharray:3 3}
svg .value.won{fill:var(--blue)}svg .value.lost{fill:var(--orange)}
svg .line.price{stroke:var(--ink);stroke-width:1.1}
svg .band{stroke:none}svg .share{stroke:none;opacity:.72}
.look-own{fill:oklch(var(--tone) .13 var(--hue))}.look-blue{fill:var(--blue)}.look-orange{fill:var(--orange)}.look-grey{fill:var(--zero)}.look-violet{fill:var(--violet)}.look-faint{fill:var(--line)}
svg .held.long{fill:var(--blue);opacity:.75}svg .held.short{fill:var(--orange);opacity:.85}
svg .note circle{fill:var(--card);stroke:var(--ink);stroke-width:1.2}svg .note text{font-size:11px;font-weight:650}
svg .bar{stroke-width:1.2}svg .bar.won{fill:var(--blue);stroke:var(--blue)}svg .bar.lost{fill:var(--tint-orange);stroke:var(--orange)}
svg .bar.held-year{fill:var(--zero);stroke:var(--zero);opacity:.75}table.dense-heat{font-size:.76rem;table-layout:fixed;min-width:58rem}.dense-heat th,.dense-heat td{padding:.2rem .25rem}.dense-heat .interval{display:block;color:var(--soft);font-size:.9em}
svg .dot.won{fill:var(--blue);opacity:.7}svg .dot.lost{fill:none;stroke:var(--orange);stroke-width:1.2}
svg .point{fill:var(--card);stroke:var(--blue);stroke-width:2}svg .point.own{fill:var(--blue)}
svg .line.benchmark+.point{stroke:var(--bench);stroke-dasharray:none;fill:var(--bench)}
svg .cross{stroke:var(--ink);stroke-width:1;opacity:.55;pointer-events:none}
svg .chosen{fill:var(--blue);opacity:.16;pointer-events:none}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.86rem}#choice tbody th{white-space:nowrap}.legend.lanes{margin-top:.2rem}.legend.lanes .key{white-space:nowrap}.key svg{vertical-align:middle;width:30px!important;display:inline-block!important}
.scale{border:0;padding:0;margin:.2rem 0;display:flex;gap:1rem;font-size:.86rem}
.scale label{min-height:24px}
`;

const tools = `
.tools{margin-bottom:.6rem}.tools[hidden],.why[hidden]{display:none}
.buttons{display:flex;flex-wrap:wrap;gap:.4rem;align-items:center}
button{font:inherit;font-size:.86rem;color:var(--ink);background:var(--tint-grey);border:1px solid var(--line);border-radius:7px;padding:.25rem .7rem;min-height:30px;cursor:pointer}
button:hover{border-color:var(--zero)}
.range{font-size:.86rem;color:var(--soft);margin-left:auto;font-variant-numeric:tabular-nums}
.overview{display:block;width:100%;height:46px;margin-top:.5rem;background:var(--tint-grey);border-radius:6px;touch-action:none;cursor:ew-resize}
.overview .window{fill:var(--blue);opacity:.16}.overview .edge{fill:var(--blue)}
.live svg.live{touch-action:pan-y;cursor:crosshair}
.readout{display:none;font-size:.84rem;color:var(--soft);min-height:1.5em;font-variant-numeric:tabular-nums;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.live .readout{display:block}
.why{margin:.3rem 0 .6rem;padding:.7rem 1rem;border:1px solid var(--line);border-left:4px solid var(--blue);border-radius:8px;background:var(--card);font-size:.9rem}
.why p+p{margin-top:.15rem}
`;

const screens = `
@media screen and (max-width:760px){
.page{padding:1rem .8rem 2rem}nav{margin:0 -.8rem 1rem;padding:.4rem .8rem}section{padding:1rem .85rem 1.1rem;border-radius:10px}
.beside,.pair{grid-template-columns:minmax(0,1fr)}.cards{grid-template-columns:repeat(2,minmax(0,1fr))}.card .big{font-size:1.35rem}
.facts{grid-template-columns:minmax(0,1fr)}.verdict h2{font-size:1.2rem}
.wide{display:none!important}.narrow{display:block!important;max-width:560px;margin:0 auto}.live [data-model] .narrow{display:none!important}
.range{margin-left:0;flex-basis:100%}.hint{display:none}th,td{padding:.32rem .5rem}
#headline .number,#metrics .number{white-space:normal}}
@media print{
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#111;--soft:#444;--line:#bbb;--grid:#e4e4e4;--zero:#888;--blue:#0a57c2;--orange:#b24c06;
--bench:#555;--violet:#7a3aa8;--green:#1a7a4c;--tint-blue:#eef4fc;--tint-orange:#fdf2e9;--tint-grey:#f4f4f4}
body{font-size:10.5pt}nav,.tools,.why,.twin,.skip,.scale{display:none!important}
section{break-inside:auto;border:0;border-top:1px solid var(--line);border-radius:0;padding:.8rem 0;margin:0}
.verdict{border-left:6px solid}figure,table.heat,.card,tr{break-inside:avoid}h2,h3,caption{break-after:avoid}.scroll{overflow:visible;max-height:none!important}
.dense tbody tr:nth-child(n+41){display:none}.paper{display:block!important}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

/** The style sheet of the page: both colour schemes, telephone and print. It loads nothing. */
export const styles = [colours, text, layout, verdict, tables, charts, hues, tools, screens].join("").trim();
