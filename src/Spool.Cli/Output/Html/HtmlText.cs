using System.Buffers;

namespace Spool.Cli;

/// <summary>Writes HTML that is XML too. Stored text goes through <see cref="Text"/> or <see cref="Attribute"/>, and nothing of it is
/// markup then.</summary>
/// <param name="output">Where to.</param>
sealed class HtmlText(TextWriter output)
{
    static readonly SearchValues<char> Marks = SearchValues.Create("<>&\"'");

    /// <summary>Writes markup, never stored text.</summary>
    public HtmlText Markup(string markup)
    {
        output.Write(markup);
        return this;
    }

    /// <summary>Writes a text of one or more lines; what a terminal would obey and what turns the direction of text is not in it.</summary>
    public HtmlText Text(string text) => Encoded(SafeText.Block(text));

    /// <summary>Writes an attribute with a blank before it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, made one line.</param>
    public HtmlText Attribute(string name, string value)
    {
        output.Write(' ');
        output.Write(name);
        output.Write("=\"");
        Encoded(SafeText.OneLine(value, int.MaxValue));
        output.Write('"');
        return this;
    }

    /// <summary>Writes an attribute whose value holds letters, digits and signs that mean nothing to HTML, however long it is.</summary>
    public HtmlText PlainAttribute(string name, string value)
    {
        output.Write(' ');
        output.Write(name);
        output.Write("=\"");
        output.Write(value);
        output.Write('"');
        return this;
    }

    /// <summary>Writes the end of a line.</summary>
    public void Line() => output.Write('\n');

    /// <summary>Passes on what was written.</summary>
    public void Flush() => output.Flush();

    HtmlText Encoded(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(Marks) is >= 0 and var at)
        {
            output.Write(text[..at]);
            output.Write(
                text[at] switch
                {
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '&' => "&amp;",
                    '"' => "&quot;",
                    _ => "&#39;",
                }
            );
            text = text[(at + 1)..];
        }
        output.Write(text);
        return this;
    }
}
