namespace Spool.Cli;

/// <summary>What is done to a <c>&lt;</c> or a <c>[</c> of a Markdown text so that it means nothing; a later one is the stronger.</summary>
enum MarkdownMark
{
    /// <summary>It is in code, at the beginning of a line: blanks before the line keep it from beginning a block.</summary>
    Blanks,

    /// <summary>It gets a backslash.</summary>
    Backslash,

    /// <summary>It stands behind an address, to which a renderer would count a backslash: what comes after it becomes a reference
    /// (<c>&amp;#115;</c>), by which neither HTML nor a label begins.</summary>
    Reference,

    /// <summary>It begins a picture, which is named.</summary>
    Picture,
}
