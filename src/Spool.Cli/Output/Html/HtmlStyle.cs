namespace Spool.Cli;

/// <summary>The style of a transcript: one column on a phone, contents beside it on a wide screen, light or dark as the reader has
/// it.</summary>
static class HtmlStyle
{
    /// <summary>Gets the style sheet. It has no sign that means something to XML.</summary>
    public const string Text = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1d2025;--dim:#646b76;--line:#e3e6ea;--code:#f5f6f8;--you:#eef3fd;--accent:#2f6bd8;--link:#1d5cc0;--bad:#b3261e;--badbg:#fdeeec;--add:#12612c;--addbg:#e5f6ea;--del:#8c1d18;--delbg:#fdebea;--at:#6b4fc0}
        @media(prefers-color-scheme:dark){:root{--bg:#15171b;--fg:#e3e6ea;--dim:#98a0ac;--line:#2c313a;--code:#1d2127;--you:#1a2436;--accent:#6d9df5;--link:#8bb5fa;--bad:#f58c84;--badbg:#3a1f1f;--add:#8fdca3;--addbg:#142d1c;--del:#f5a8a3;--delbg:#381c1d;--at:#b9a8ff}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
        body{display:grid;grid-template-columns:minmax(0,1fr);max-width:50rem;margin:0 auto;padding:1.5rem 1rem 4rem;background:var(--bg);color:var(--fg);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
        header{order:1}nav{order:2}main{order:3}footer{order:4}
        a{color:var(--link)}
        h1{font-size:clamp(1.35rem,4.5vw,1.7rem);line-height:1.25;margin:0 0 .4rem}
        .by{color:var(--dim);font-size:.9rem;margin:0 0 .6rem}
        .skip{position:absolute;left:-99rem}.skip:focus-within{left:1rem}
        .about{font-size:.9rem}.about summary{color:var(--dim);cursor:pointer}
        table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.25rem .8rem .25rem 0}.about th{font-weight:600;white-space:nowrap;color:var(--dim)}
        nav{border:1px solid var(--line);border-radius:10px;padding:.7rem 1rem;margin:1.2rem 0 0;font-size:.9rem;line-height:1.4;max-height:17rem;overflow:auto}
        nav.one{display:none}
        nav h2{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;color:var(--dim);margin:0 0 .4rem}
        nav ol{margin:0;padding-left:1.8rem}nav li{margin:.3rem 0}nav li::marker{color:var(--dim)}nav a{color:inherit;text-decoration:none}nav a:hover{text-decoration:underline}
        section{margin:2.2rem 0 0}
        section>h2{font-size:.85rem;font-weight:600;margin:0 0 1rem;padding:0 0 .35rem;border-bottom:1px solid var(--line)}
        section>h2 a{color:inherit;text-decoration:none}section>h2 small{color:var(--dim);font-weight:400;font-size:inherit;margin-left:.4rem}
        section:target>h2{color:var(--accent);border-color:var(--accent)}
        .item{margin:0 0 1.1rem}
        .item>h3{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .6rem;margin:0 0 .35rem;font-size:.8rem;font-weight:400;line-height:1.5}
        .item>h3:last-child{margin-bottom:0}
        .role{font-weight:650;font-size:.8rem;color:var(--dim)}
        .user>h3 .role{color:var(--accent)}.agent>h3 .role{color:var(--fg)}
        .how{margin-left:auto;color:var(--dim);font-size:.75rem;white-space:nowrap;font-variant-numeric:tabular-nums}.how>*{margin-left:.5rem}
        .how b{font-weight:600;border-radius:4px;padding:.05rem .4rem;background:var(--code);color:var(--dim)}.how b.bad{background:var(--badbg);color:var(--bad)}
        .thread{margin:.4rem 0}.thread code,.about code,.note code{white-space:pre-wrap}
        .words{white-space:pre-wrap}.tall{max-height:34rem;overflow:auto}
        .user{background:var(--you);border-radius:12px;padding:.7rem 1rem .85rem}
        .problem{border-left:3px solid var(--bad);background:var(--badbg);border-radius:4px;padding:.6rem .9rem}.problem .role,p.problem b{color:var(--bad)}.item.problem p.problem{padding:0;margin:0;border:0}
        p.problem{white-space:pre-wrap;margin:.4rem 0}
        .remark:not(.row){border-left:3px solid var(--line);padding-left:.9rem}
        .plan{border:1px solid var(--line);border-radius:10px;padding:.7rem 1rem}
        .steps{list-style:none;margin:.2rem 0;padding:0}.steps li{display:flex;gap:.6rem;margin:.15rem 0}.steps span{color:var(--dim)}.steps .done{color:var(--dim)}.steps .now{font-weight:600}
        .row{margin:0 0 .3rem;font-size:.875rem}
        .row+:not(.row){margin-top:1.1rem}
        .line{display:grid;grid-template-columns:auto minmax(0,1fr);grid-template-areas:"role how" "title title";gap:0 .6rem;padding:.3rem .6rem .3rem 1.35rem;border-radius:6px;background:var(--code);border-left:3px solid var(--line);line-height:1.45;position:relative}
        summary.line{cursor:pointer;list-style:none}summary.line::-webkit-details-marker{display:none}
        summary.line::before{content:"\25B8";position:absolute;left:.4rem;top:.3rem;color:var(--dim);font-size:.8rem}details[open]>summary.line::before{content:"\25BE"}
        .line .role{grid-area:role}.line .how{grid-area:how;text-align:right}.line .title{grid-area:title;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.line .title:empty{display:none}
        details[open]>.line .title{white-space:normal}
        .title small{color:var(--dim);font-size:inherit}
        .command .title,.input .title,.call .title,.change .title,pre,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;font-size:.8125rem;font-variant-ligatures:none}
        .command .title>span::before{content:"$ ";color:var(--dim)}
        .failed>.line{border-left-color:var(--bad)}
        .inside{padding:.5rem 0 .6rem .9rem;margin-left:.6rem;border-left:1px solid var(--line)}
        .inside>:first-child{margin-top:0}.inside>:last-child{margin-bottom:0}
        .label{margin:.6rem 0 .2rem;font-size:.78rem;color:var(--dim)}.label b{font-weight:600;color:var(--fg)}.count{white-space:nowrap}
        pre{margin:.2rem 0 .7rem;padding:.6rem .8rem;background:var(--code);border-radius:8px;overflow:auto;max-height:34rem;line-height:1.5;overflow-wrap:normal;tab-size:4}
        .inside pre{border:1px solid var(--line);background:none}
        pre.sh{white-space:pre-wrap;overflow-wrap:anywhere}
        pre.diff{padding:.4rem 0}pre.diff span{display:block;padding:0 .8rem;width:max-content;min-width:100%}
        .add{background:var(--addbg);color:var(--add)}.del{background:var(--delbg);color:var(--del)}pre.diff .at{color:var(--at)}
        .long{margin:.3rem 0 .6rem}.long>summary{cursor:pointer;font-size:.8rem;color:var(--dim)}.long small{font-size:inherit;opacity:.85}
        .prose>:first-child{margin-top:0}.prose>:last-child{margin-bottom:0}
        .prose p,.prose ul,.prose ol,.prose blockquote{margin:.7rem 0}.prose ul,.prose ol{padding-left:1.5rem}.prose li{margin:.25rem 0}.prose .task{list-style:none;margin-left:-1.4rem}.prose .label{margin:.7rem 0 -.1rem}
        .prose h4{font-size:1.2rem;margin:1.3rem 0 .5rem;line-height:1.3}.prose h5{font-size:1.05rem;margin:1.2rem 0 .4rem}.prose h6{font-size:.95rem;margin:1.1rem 0 .4rem}
        .prose blockquote{border-left:3px solid var(--line);margin-left:0;padding-left:1rem;color:var(--dim)}
        .prose hr{border:0;border-top:1px solid var(--line);margin:1.4rem 0}
        .prose code,.ref{background:var(--code);border-radius:4px;padding:.1rem .3rem}.prose pre code{padding:0;background:none}.ref{font-size:.95em}.place{color:var(--dim);font-size:.85em}
        .reasoning .prose{color:var(--dim)}
        .wide{overflow-x:auto;margin:.8rem 0}.wide th,.wide td{border:1px solid var(--line);padding:.3rem .7rem;overflow-wrap:normal}@media(max-width:42rem){.wide table{width:max-content}.wide th,.wide td{max-width:60vw;overflow-wrap:anywhere}}.wide th{background:var(--code)}.right{text-align:right}.middle{text-align:center}
        figure{margin:.5rem 0}img{display:block;max-width:100%;max-height:36rem;height:auto;border:1px solid var(--line);border-radius:8px}figcaption,.media{font-size:.8rem;color:var(--dim);margin:.2rem 0}
        dl{margin:.2rem 0;font-size:.85rem}dl>div{display:flex;flex-wrap:wrap;gap:0 .6rem}dt{color:var(--dim);min-width:7rem}dd{margin:0;flex:1 1 14rem;white-space:pre-wrap}
        main>.taken:first-child{margin-top:1.2rem}
        .note{color:var(--dim);font-size:.85rem;font-style:italic;margin:.6rem 0}
        .items{border-left:2px dashed var(--line);padding-left:.8rem}
        footer{color:var(--dim);font-size:.8rem;margin-top:3rem;border-top:1px solid var(--line);padding-top:.6rem}
        @media(min-width:42rem){.line{grid-template-columns:6.2rem minmax(0,1fr) auto;grid-template-areas:"role title how"}}
        @media(min-width:76rem){body{grid-template-columns:17rem minmax(0,50rem);column-gap:3rem;max-width:none;justify-content:center;padding-top:2.5rem}
        header,main,footer{grid-column:2}nav,nav.one{display:block;grid-column:1;grid-row:1/span 3;position:sticky;top:0;align-self:start;max-height:100vh;margin:0;border:0;border-radius:0;padding:0 0 1rem}}
        @media print{nav{max-height:none}pre,.tall{max-height:none;white-space:pre-wrap}}
        """;
}
